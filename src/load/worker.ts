import { parentPort, workerData } from 'node:worker_threads';
import type { FromThread, ToThread } from './messages.ts';
import type { LoadPlan } from './plan.ts';
import { runPlan } from './run-plan.ts';
import { warmUpGenerator } from './warm-up.ts';

/** The load thread: nothing else runs in it, so that drawing and reporting never delay a request. */
const port = parentPort;
if (port === null) throw new Error('this file runs as a worker thread');

const plan = workerData as LoadPlan;
const stop = new AbortController();
const tell = (message: FromThread): void => port.postMessage(message);
port.on('message', (message: ToThread) => {
  if (message.type === 'abort') stop.abort();
});

await warmUpGenerator(plan, runPlan, stop.signal);
const hooks = { signal: stop.signal, onProgress: (progress: Parameters<typeof report>[0]) => report(progress) };
const result = await runPlan(plan, hooks);
tell({ type: 'done', result });
port.close();

function report(progress: (FromThread & { type: 'progress' })['progress']): void {
  tell({ type: 'progress', progress });
}
