import type { LoadPlan } from './plan.ts';
import type { LoadProgress, LoadResult } from './result.ts';

/** What a load thread is told. `atMs`: on the clock all threads share, `performance.timeOrigin + performance.now()`. */
export type ToThread = { type: 'load'; plan: LoadPlan } | { type: 'start'; atMs: number } | { type: 'abort' };

/** What a load thread tells of its load. `ready`: it is warm and waits for its start. */
export type FromThread = { type: 'ready' } | { type: 'progress'; progress: LoadProgress } | { type: 'done'; result: LoadResult };
