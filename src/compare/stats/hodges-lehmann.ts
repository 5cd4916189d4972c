import { median } from 'simple-statistics';
import { normalQuantile } from './normal.ts';
import { EXACT_UP_TO, signedRankCounts } from './signed-rank.ts';

/** A shift and the interval each end of which holds with probability `confidence` by itself; null where n is too small for one. */
export interface Shift {
  estimate: number;
  low: number | null;
  high: number | null;
}

/** Products beyond this make the exact count slow and the normal approximation good. */
const EXACT_PAIRS = 400;

/**
 * One sample (or paired differences): median of the Walsh averages (x_i + x_j)/2, i <= j, with the interval that inverts
 * the signed-rank test. Hollander & Wolfe, Nonparametric Statistical Methods, 3.2 and 3.3.
 */
export function oneSampleShift(values: readonly number[], confidence: number): Shift {
  const averages = values.flatMap((x, i) => values.slice(i).map((y) => (x + y) / 2)).sort((a, b) => a - b);
  const n = values.length;
  const mean = (n * (n + 1)) / 4;
  const sd = Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24);
  const cut = n <= EXACT_UP_TO ? exactCut(halved(signedRankCounts(values.map((_, i) => i + 1))), 1 - confidence) : normalCut(mean, sd, confidence);
  return shiftOf(averages, cut);
}

/**
 * Two samples: median of all differences `to` − `from`, with the interval that inverts the Mann-Whitney test.
 * Hollander & Wolfe, 4.2 and 4.3.
 */
export function twoSampleShift(from: readonly number[], to: readonly number[], confidence: number): Shift {
  const differences = to.flatMap((y) => from.map((x) => y - x)).sort((a, b) => a - b);
  const [n, m] = [from.length, to.length];
  const sd = Math.sqrt((n * m * (n + m + 1)) / 12);
  const cut = n * m <= EXACT_PAIRS ? exactCut(mannWhitneyCounts(n, m), 1 - confidence) : normalCut((n * m) / 2, sd, confidence);
  return shiftOf(differences, cut);
}

/** How many arrangements of n and m values give each Mann-Whitney sum U = 0 … n·m. Mann & Whitney's recurrence, 1947. */
export function mannWhitneyCounts(n: number, m: number): number[] {
  let rows: number[][] = Array.from({ length: m + 1 }, () => [1]);
  for (let i = 1; i <= n; i += 1) {
    const next: number[][] = [[1]];
    for (let j = 1; j <= m; j += 1) {
      // U(i, j) = U(i − 1, j) shifted by j, plus U(i, j − 1): the largest value is of the first sample or of the second.
      const counts = new Array<number>(i * j + 1).fill(0);
      rows[j]?.forEach((count, u) => { counts[u + j] = (counts[u + j] ?? 0) + count; });
      next[j - 1]?.forEach((count, u) => { counts[u] = (counts[u] ?? 0) + count; });
      next.push(counts);
    }
    rows = next;
  }
  return rows[m] ?? [1];
}

/** Counts by doubled sums of whole ranks → counts by sums. */
function halved(counts: readonly number[]): number[] {
  return counts.filter((_, index) => index % 2 === 0);
}

/** How many of the ordered values lie outside on each side: the largest c with P(statistic <= c − 1) <= alpha. */
function exactCut(counts: readonly number[], alpha: number): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  let below = 0;
  for (let c = 0; c < counts.length; c += 1) {
    below += counts[c] ?? 0;
    if (below / total > alpha) return c;
  }
  return counts.length;
}

function normalCut(mean: number, sd: number, confidence: number): number {
  return Math.max(0, Math.floor(mean - normalQuantile(confidence) * sd));
}

/** The c-th value from below and from above; c = 0 means that no value bounds it. */
function shiftOf(sorted: readonly number[], cut: number): Shift {
  if (sorted.length === 0) throw new RangeError('a shift needs at least one value on each side');
  return { estimate: median([...sorted]), low: sorted[cut - 1] ?? null, high: sorted[sorted.length - cut] ?? null };
}
