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
 * Sends loads from a thread of its own, or from as many as a load asks for, that begin at the same moment. Threads are kept for the
 * next load: to start one and warm it up takes most of a second. One load at a time.
 */
export class LoadGenerator {
  #threads: LoadThread[] = [];

  /** Resolves with what was measured, also after an abort; rejects only where the generator itself breaks. */
  async run(plan: LoadPlan, { signal, onProgress }: LoadHooks = {}): Promise<LoadResult> {
    const shares = sharesOf(plan);
    while (this.#threads.length < shares.length) this.#threads.push(new LoadThread());
    const loads = shares.flatMap((share, index) => this.#threads[index]?.load(share, index === 0 ? onProgress : undefined) ?? []);
    const abort = (): void => loads.forEach((load) => load.abort());
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted === true) abort();
    try {
      await Promise.all(loads.map(({ ready }) => ready));
      const atMs = performance.timeOrigin + performance.now() + START_DELAY_MS;
      loads.forEach((load) => load.start(atMs));
      const merged = mergeResults(await Promise.all(loads.map(({ result }) => result)));
      return { ...merged, measuredFromMs: atMs + plan.warmupMs };
    } catch (error) {
      await this.close();
      throw error;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Ends the threads; a later load starts new ones. */
  async close(): Promise<void> {
    const threads = this.#threads;
    this.#threads = [];
    await Promise.all(threads.map((thread) => thread.end()));
  }
}

/** One load, from threads that are gone afterwards. */
export async function runLoad(plan: LoadPlan, hooks?: LoadHooks): Promise<LoadResult> {
  const generator = new LoadGenerator();
  try {
    return await generator.run(plan, hooks);
  } finally {
    await generator.close();
  }
}

/** A thread's part of one load. */
interface ThreadLoad {
  ready: Promise<void>;
  result: Promise<LoadResult>;
  start(atMs: number): void;
  abort(): void;
}

class LoadThread {
  readonly #worker = new Worker(builtEntry('load/worker'), { name: 'load' });
  readonly #gone: Promise<never>;

  constructor() {
    let failure: Error | undefined;
    this.#worker.on('error', (error) => (failure = error instanceof Error ? error : new Error(String(error))));
    this.#gone = new Promise((_, reject) => this.#worker.on('exit', () => reject(failure ?? new Error('the load generator ended without a result'))));
    // Awaited with each load; in between, that a thread has ended is no failure.
    this.#gone.catch(() => undefined);
  }

  load(plan: LoadPlan, onProgress: ((progress: LoadProgress) => void) | undefined): ThreadLoad {
    const worker = this.#worker;
    const tell = (message: ToThread): void => worker.postMessage(message);
    let grace: NodeJS.Timeout | undefined;
    let isReady = (): void => undefined;
    let isDone: (result: LoadResult) => void = () => undefined;
    const ready = new Promise<void>((resolve) => (isReady = resolve));
    const done = new Promise<LoadResult>((resolve) => (isDone = resolve));
    const listen = (message: FromThread): void => {
      if (message.type === 'ready') isReady();
      else if (message.type === 'done') isDone(message.result);
      else onProgress?.(message.progress);
    };
    worker.on('message', listen);
    const result = Promise.race([done, this.#gone]).finally(() => {
      clearTimeout(grace);
      worker.off('message', listen);
    });
    // Awaited in its turn; until then a failure must not count as unhandled.
    result.catch(() => undefined);
    tell({ type: 'load', plan });
    return {
      ready: Promise.race([ready, this.#gone]),
      result,
      start: (atMs) => tell({ type: 'start', atMs }),
      abort: () => {
        tell({ type: 'abort' });
        grace = setTimeout(() => void worker.terminate(), STOP_GRACE_MS);
      },
    };
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
