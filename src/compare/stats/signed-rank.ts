import { normalTail } from './normal.ts';
import { midRanks, tieSizes } from './ranks.ts';

/** Up to here the null distribution is counted out (2^50 patterns are whole numbers of a double); beyond it the normal approximation is good to a few thousandths. */
export const EXACT_UP_TO = 50;

export interface SignedRank {
  /** Sum of the ranks of the positive differences. */
  statistic: number;
  /** Differences that are not zero. */
  n: number;
  /** P(a sum as large or larger), had the differences been symmetric around zero. */
  pGreater: number;
  /** P(a sum as small or smaller). */
  pLess: number;
  method: 'exact' | 'normal';
}

/**
 * Wilcoxon's signed-rank test, one-sided each way. Zeros are dropped; ties share ranks.
 * Exact for up to 50 differences: the distribution of the sum over all 2^n sign patterns, counted by dynamic programming
 * over doubled ranks, so that ties stay exact. Beyond: normal with tie and continuity correction (Hollander & Wolfe, 3.1).
 */
export function signedRank(differences: readonly number[]): SignedRank {
  const kept = differences.filter((difference) => difference !== 0);
  const n = kept.length;
  const sizes = kept.map(Math.abs);
  const ranks = midRanks(sizes);
  const statistic = ranks.reduce((sum, rank, index) => sum + ((kept[index] ?? 0) > 0 ? rank : 0), 0);
  if (n === 0) return { statistic, n, pGreater: 1, pLess: 1, method: 'exact' };
  const tied = tieSizes(sizes);
  if (n <= EXACT_UP_TO) {
    const counts = tied.length === n ? untiedCounts(n) : signedRankCounts(ranks);
    const at = Math.round(2 * statistic);
    return { statistic, n, pGreater: sumOf(counts.subarray(at)) / 2 ** n, pLess: sumOf(counts.subarray(0, at + 1)) / 2 ** n, method: 'exact' };
  }
  const ties = tied.reduce((sum, t) => sum + t ** 3 - t, 0);
  const sd = Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24 - ties / 48);
  const beyond = statistic - (n * (n + 1)) / 4;
  return { statistic, n, pGreater: normalTail((beyond - 0.5) / sd), pLess: normalTail((-beyond - 0.5) / sd), method: 'normal' };
}

/** How many of the 2^n sign patterns give each doubled sum; index is the doubled sum. */
export function signedRankCounts(ranks: readonly number[]): Float64Array {
  const doubled = ranks.map((rank) => Math.round(2 * rank));
  const counts = new Float64Array(1 + doubled.reduce((sum, each) => sum + each, 0));
  counts[0] = 1;
  let highest = 0;
  for (const step of doubled) {
    for (let sum = highest; sum >= 0; sum -= 1) counts[sum + step] = (counts[sum + step] ?? 0) + (counts[sum] ?? 0);
    highest += step;
  }
  return counts;
}

const known = new Map<number, Float64Array>();

/** The counts for ranks 1 … n. Remembered: a run asks for the same few of every metric. */
export function untiedCounts(n: number): Float64Array {
  const counts = known.get(n) ?? signedRankCounts(Array.from({ length: n }, (_, index) => index + 1));
  known.set(n, counts);
  return counts;
}

function sumOf(counts: Float64Array): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
