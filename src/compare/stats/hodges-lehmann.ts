import { normalQuantile } from './normal.ts';
import { EXACT_UP_TO, untiedCounts } from './signed-rank.ts';

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
  const n = values.length;
  const averages = new Float64Array((n * (n + 1)) / 2);
  let at = 0;
  for (let one = 0; one < n; one += 1) for (let other = one; other < n; other += 1) averages[at++] = ((values[one] ?? 0) + (values[other] ?? 0)) / 2;
  return shiftOf(averages.sort(), oneSampleCut(n, confidence));
}

const cuts = new Map<string, number>();

/** Remembered: a run asks for the same few of every metric. */
function oneSampleCut(n: number, confidence: number): number {
  const key = `${n} ${confidence}`;
  const sd = Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24);
  const cut = cuts.get(key) ?? (n <= EXACT_UP_TO ? exactCut(halved(untiedCounts(n)), 1 - confidence) : normalCut((n * (n + 1)) / 4, sd, confidence));
  cuts.set(key, cut);
  return cut;
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
function halved(counts: Float64Array): Float64Array {
  return counts.filter((_, index) => index % 2 === 0);
}

/** How many of the ordered values lie outside on each side: the largest c with P(statistic <= c − 1) <= alpha. */
function exactCut(counts: ArrayLike<number>, alpha: number): number {
  let total = 0;
  for (let c = 0; c < counts.length; c += 1) total += counts[c] ?? 0;
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
function shiftOf(sorted: ArrayLike<number>, cut: number): Shift {
  if (sorted.length === 0) throw new RangeError('a shift needs at least one value on each side');
  const middle = sorted.length / 2;
  return { estimate: ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2, low: sorted[cut - 1] ?? null, high: sorted[sorted.length - cut] ?? null };
}
