import { parentPort } from 'node:worker_threads';
import type { FromThread, ToThread } from './messages.ts';
import type { LoadPlan } from './plan.ts';
import { runPlan } from './run-plan.ts';
import { warmUpGenerator } from './warm-up.ts';

/** The load thread: nothing else runs in it, so that drawing and reporting never delay a request. One load after the other. */
const port = parentPort;
if (port === null) throw new Error('this file runs as a worker thread');

const tell = (message: FromThread): void => port.postMessage(message);
/** Engines whose code has been compiled. */
const warm = new Set<string>();
let stop = new AbortController();
let start: (atMs: number) => void = () => undefined;

port.on('message', (message: ToThread) => {
  switch (message.type) {
    case 'load':
      stop = new AbortController();
      void serve(message.plan, stop.signal);
      break;
    case 'start':
      start(message.atMs);
      break;
    case 'abort':
      stop.abort();
  }
});

async function serve(plan: LoadPlan, signal: AbortSignal): Promise<void> {
  const started = new Promise<number>((resolve) => (start = resolve));
  const engine = plan.model === 'open' ? 'open' : plan.engine;
  if (!warm.has(engine)) await warmUpGenerator(plan, runPlan, signal);
  if (!signal.aborted) warm.add(engine);
  tell({ type: 'ready' });
  const startMs = (await started) - performance.timeOrigin;
  tell({ type: 'done', result: await runPlan(plan, { signal, startMs, onProgress: (progress) => tell({ type: 'progress', progress }) }) });
}
