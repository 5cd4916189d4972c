import type { LoadProgress } from './result.ts';

/** How often a load tells how far it is. */
export const PROGRESS_MS = 250;

export interface LoadHooks {
  /** Stops the load at once; what was measured is kept, what was under way is not counted. */
  signal?: AbortSignal;
  /** When it begins, on its clock; without it, now. Open loops begin together. */
  startMs?: number;
  onProgress?: (progress: LoadProgress) => void;
}
