import type { TrialLength } from './search.ts';

export interface TrialDuration {
  /** Sent before the trial counts: a queue near its limit takes long to fill. */
  warmupMs: number;
  durationMs: number;
}

/** What a profile asks of a trial. */
export interface TrialSpec {
  /** Requests in a trial at least, as far as `mostMs` allows; five in any case. */
  requests: Record<TrialLength, number>;
  leastMs: number;
  mostMs: Record<TrialLength, number>;
  /** The whole search ends within this, with a wider gap where it must; null: it takes what it takes. */
  budgetMs: number | null;
}

/** Requests, or jobs, in any trial: with fewer no queue could show, whatever the longest trial is to be. */
const FEWEST = 5;

/** The warm-up as a share of the trial, and its least length where the trial is not shorter. */
const WARM_UP = { share: 0.3, leastMs: 1_000 };

/**
 * How long a rate is held: a percentile of a service near its limit swings slowly, so a trial needs requests and not seconds.
 * With fewer, short trials miss the rare long queues and the capacity comes out too high; `npm run perf:capacity search` says by how
 * much for each profile, in docs/capacity.md.
 */
export function trialDuration(ratePerSecond: number, length: TrialLength, { requests, leastMs, mostMs }: Omit<TrialSpec, 'budgetMs'>): TrialDuration {
  const within = Math.min(mostMs[length], Math.max(leastMs, (requests[length] * 1_000) / ratePerSecond));
  const durationMs = Math.round(Math.max(within, (FEWEST * 1_000) / ratePerSecond));
  return { durationMs, warmupMs: Math.round(Math.max(Math.min(WARM_UP.leastMs, durationMs), WARM_UP.share * durationMs)) };
}

/** Quick: a search ends within four minutes, and is coarse where less than 300/s are served; the others are for a night. */
export const TRIAL_SPECS = {
  quick: { requests: { short: 300, long: 3_000 }, leastMs: 2_000, mostMs: { short: 5_000, long: 10_000 }, budgetMs: 230_000 },
  thorough: { requests: { short: 1_000, long: 5_000 }, leastMs: 10_000, mostMs: { short: 120_000, long: 120_000 }, budgetMs: null },
} as const satisfies Record<string, TrialSpec>;
