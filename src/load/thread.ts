import { Worker } from 'node:worker_threads';
import type { FromThread, ToThread } from './messages.ts';
import type { LoadHooks } from './hooks.ts';
import type { LoadPlan } from './plan.ts';
import type { LoadResult } from './result.ts';

const WORKER_FILE = new URL('../../dist/load/worker.js', import.meta.url);
/** Between being told to stop and handing over what was measured. */
const STOP_GRACE_MS = 5_000;

/**
 * Runs a load in a thread of its own. Resolves with what was measured, also after an abort; rejects only where the
 * generator itself breaks.
 */
export function runLoad(plan: LoadPlan, { signal, onProgress }: LoadHooks = {}): Promise<LoadResult> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(WORKER_FILE, { workerData: plan, name: 'load' });
    let result: LoadResult | undefined;
    let failure: Error | undefined;
    let grace: NodeJS.Timeout | undefined;
    const abort = (): void => {
      worker.postMessage({ type: 'abort' } satisfies ToThread);
      grace = setTimeout(() => void worker.terminate(), STOP_GRACE_MS);
    };
    worker.on('message', (message: FromThread) => {
      if (message.type === 'done') result = message.result;
      else onProgress?.(message.progress);
    });
    worker.on('error', (error) => (failure = error instanceof Error ? error : new Error(String(error))));
    worker.on('exit', () => {
      clearTimeout(grace);
      signal?.removeEventListener('abort', abort);
      if (result !== undefined) resolve(result);
      else reject(failure ?? new Error('the load generator ended without a result'));
    });
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted === true) abort();
  });
}
