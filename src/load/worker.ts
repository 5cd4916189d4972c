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
const started = new Promise<number>((resolve) => {
  port.on('message', (message: ToThread) => {
    if (message.type === 'abort') stop.abort();
    else resolve(message.atMs - performance.timeOrigin);
  });
});

await warmUpGenerator(plan, runPlan, stop.signal);
tell({ type: 'ready' });
const startMs = await started;
const result = await runPlan(plan, { signal: stop.signal, startMs, onProgress: (progress) => tell({ type: 'progress', progress }) });
tell({ type: 'done', result });
port.close();
