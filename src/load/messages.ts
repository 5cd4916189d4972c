import type { LoadProgress, LoadResult } from './result.ts';

/** What the load thread is told. */
export type ToThread = { type: 'abort' };

/** What the load thread tells. */
export type FromThread = { type: 'progress'; progress: LoadProgress } | { type: 'done'; result: LoadResult };
