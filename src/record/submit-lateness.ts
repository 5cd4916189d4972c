import type { JobRun } from './schema.ts';

/** How late the submits of one second were sent. */
export interface LateSecond {
  second: number;
  submits: number;
  /** 99th percentile. */
  lateP99Ms: number;
}

/** How late jobs were submitted, second by second; those that were not due at a time (jobs at a concurrency) are left out. Pure. */
export function latenessBySecond(jobs: readonly Pick<JobRun, 'submittedMs' | 'submitLateMs'>[]): LateSecond[] {
  const seconds = new Map<number, number[]>();
  for (const { submittedMs, submitLateMs } of jobs) {
    if (submitLateMs === undefined || submitLateMs === null) continue;
    const second = Math.floor(submittedMs / 1_000);
    seconds.set(second, [...(seconds.get(second) ?? []), submitLateMs]);
  }
  return [...seconds].map(([second, late]) => ({ second, submits: late.length, lateP99Ms: late.sort((a, b) => a - b)[Math.ceil(0.99 * late.length) - 1] ?? 0 }));
}
