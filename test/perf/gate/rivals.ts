import { mean, median, sampleStandardDeviation } from 'simple-statistics';
import { midRanks, tieSizes } from '../../../src/compare/stats/ranks.ts';
import { normalTail } from '../../../src/compare/stats/normal.ts';
import { tTail } from '../../../src/compare/stats/student-t.ts';

/** One metric as other tools would see it: values of which more is worse, of stored runs (oldest first) and of this one. */
export interface Seen {
  stored: readonly (readonly number[])[];
  now: readonly number[];
}

/** Rules as their documentation states them, reduced to the decision: does this metric fail the run. */
export const RIVALS: Readonly<Record<string, { rule: string; fails: (seen: Seen) => boolean }>> = {
  'github-action-benchmark': { rule: 'value above 200 % of the previous run', fails: ({ stored, now }) => mean([...now]) > 2 * mean([...(stored.at(-1) ?? [])]) },
  CodSpeed: { rule: '10 % above the previous run', fails: ({ stored, now }) => mean([...now]) > 1.1 * mean([...(stored.at(-1) ?? [])]) },
  'plain threshold': { rule: 'median 10 % above the median of the stored runs', fails: ({ stored, now }) => median([...now]) > 1.1 * median(stored.map((each) => median([...each]))) },
  benchstat: { rule: 'Mann-Whitney against the previous run, two-sided p < 0.05, worse', fails: ({ stored, now }) => median([...now]) > median([...(stored.at(-1) ?? [])]) && mannWhitney(stored.at(-1) ?? [], now) < 0.05 },
  criterion: { rule: "t test against the previous run, p < 0.05, change above 1 %", fails: ({ stored, now }) => mean([...now]) > 1.01 * mean([...(stored.at(-1) ?? [])]) && welch(stored.at(-1) ?? [], now) < 0.05 },
};

/** Two-sided p of Mann and Whitney's test: normal with tie and continuity correction, benchstat's own beyond 50 values. Hollander & Wolfe, 4.1. */
export function mannWhitney(before: readonly number[], after: readonly number[]): number {
  const [n, m] = [before.length, after.length];
  const all = [...before, ...after];
  const ranks = midRanks(all);
  const u = ranks.slice(n).reduce((sum, rank) => sum + rank, 0) - (m * (m + 1)) / 2;
  const ties = tieSizes(all).reduce((sum, t) => sum + t ** 3 - t, 0) / ((n + m) * (n + m - 1));
  const sd = Math.sqrt(((n * m) / 12) * (n + m + 1 - ties));
  return sd === 0 ? 1 : Math.min(1, 2 * normalTail(Math.max(0, Math.abs(u - (n * m) / 2) - 0.5) / sd));
}

/** Two-sided p of Welch's t test. */
export function welch(before: readonly number[], after: readonly number[]): number {
  const [a, b] = [before, after].map((values) => sampleStandardDeviation([...values]) ** 2 / values.length);
  if (a === undefined || b === undefined || a + b === 0) return 1;
  const df = (a + b) ** 2 / (a ** 2 / (before.length - 1) + b ** 2 / (after.length - 1));
  return 2 * tTail(Math.abs(mean([...after]) - mean([...before])) / Math.sqrt(a + b), df);
}
