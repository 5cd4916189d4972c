import { Worker } from 'node:worker_threads';
import { builtEntry } from '../paths.ts';
import type { LoadHooks } from './hooks.ts';
import { mergeResults } from './merge.ts';
import type { FromThread, ToThread } from './messages.ts';
import type { LoadPlan } from './plan.ts';
import type { LoadProgress, LoadResult } from './result.ts';
import { sharesOf } from './share.ts';

/** Between being told to stop and handing over what was measured. */
const STOP_GRACE_MS = 5_000;
/** From the moment all threads are warm: enough for the word to reach each of them. */
const START_DELAY_MS = 5;

/**
 * Runs a load in a thread of its own, or in as many as it asks for, that begin at the same moment. Resolves with what
 * was measured, also after an abort; rejects only where the generator itself breaks.
 */
export async function runLoad(plan: LoadPlan, { signal, onProgress }: LoadHooks = {}): Promise<LoadResult> {
  const threads = sharesOf(plan).map((share, index) => new LoadThread(share, index === 0 ? onProgress : undefined));
  const abort = (): void => threads.forEach((thread) => thread.abort());
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted === true) abort();
  try {
    await Promise.all(threads.map(({ ready }) => ready));
    const atMs = performance.timeOrigin + performance.now() + START_DELAY_MS;
    threads.forEach((thread) => thread.start(atMs));
    const merged = mergeResults(await Promise.all(threads.map(({ result }) => result)));
    return { ...merged, measuredFromMs: atMs + plan.warmupMs };
  } catch (error) {
    await Promise.all(threads.map((thread) => thread.end()));
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

class LoadThread {
  readonly #worker: Worker;
  #grace: NodeJS.Timeout | undefined;
  readonly ready: Promise<void>;
  readonly result: Promise<LoadResult>;

  constructor(plan: LoadPlan, onProgress: ((progress: LoadProgress) => void) | undefined) {
    const worker = new Worker(builtEntry('load/worker'), { workerData: plan, name: 'load' });
    this.#worker = worker;
    let done: LoadResult | undefined;
    let failure: Error | undefined;
    const ended = new Promise<LoadResult>((resolve, reject) => {
      worker.on('error', (error) => (failure = error instanceof Error ? error : new Error(String(error))));
      worker.on('exit', () => {
        clearTimeout(this.#grace);
        if (done === undefined) reject(failure ?? new Error('the load generator ended without a result'));
        else resolve(done);
      });
    });
    // Each is awaited in its turn; until then a failure must not count as unhandled.
    ended.catch(() => undefined);
    this.result = ended;
    const warm = new Promise<void>((resolve) => {
      worker.on('message', (message: FromThread) => {
        if (message.type === 'ready') resolve();
        else if (message.type === 'done') done = message.result;
        else onProgress?.(message.progress);
      });
    });
    this.ready = Promise.race([warm, ended.then(() => undefined)]);
  }

  start(atMs: number): void {
    this.#worker.postMessage({ type: 'start', atMs } satisfies ToThread);
  }

  abort(): void {
    this.#worker.postMessage({ type: 'abort' } satisfies ToThread);
    this.#grace = setTimeout(() => void this.#worker.terminate(), STOP_GRACE_MS);
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
