import { normalTail } from './normal.ts';
import { midRanks, tieSizes } from './ranks.ts';

/** Up to here the null distribution is counted out; beyond it the normal approximation is good to a few thousandths. */
export const EXACT_UP_TO = 25;

export interface SignedRank {
  /** Sum of the ranks of the positive differences. */
  statistic: number;
  /** Differences that are not zero. */
  n: number;
  /** P(a sum as large or larger), had the differences been symmetric around zero. */
  pGreater: number;
  method: 'exact' | 'normal';
}

/**
 * Wilcoxon's signed-rank test, one-sided (positive differences). Zeros are dropped; ties share ranks.
 * Exact for up to 25 differences: the distribution of the sum over all 2^n sign patterns, counted by dynamic programming
 * over doubled ranks, so that ties stay exact. Beyond: normal with tie and continuity correction (Hollander & Wolfe, 3.1).
 */
export function signedRank(differences: readonly number[]): SignedRank {
  const kept = differences.filter((difference) => difference !== 0);
  const n = kept.length;
  const sizes = kept.map(Math.abs);
  const ranks = midRanks(sizes);
  const statistic = ranks.reduce((sum, rank, index) => sum + ((kept[index] ?? 0) > 0 ? rank : 0), 0);
  if (n === 0) return { statistic, n, pGreater: 1, method: 'exact' };
  if (n <= EXACT_UP_TO) return { statistic, n, pGreater: upperTail(signedRankCounts(ranks), 2 * statistic), method: 'exact' };
  const ties = tieSizes(sizes).reduce((sum, t) => sum + t ** 3 - t, 0);
  const variance = (n * (n + 1) * (2 * n + 1)) / 24 - ties / 48;
  return { statistic, n, pGreater: normalTail((statistic - (n * (n + 1)) / 4 - 0.5) / Math.sqrt(variance)), method: 'normal' };
}

/** How many of the 2^n sign patterns give each doubled sum; index is the doubled sum. */
export function signedRankCounts(ranks: readonly number[]): number[] {
  let counts = [1];
  for (const rank of ranks) {
    const doubled = Math.round(2 * rank);
    const next = new Array<number>(counts.length + doubled).fill(0);
    counts.forEach((count, sum) => {
      next[sum] = (next[sum] ?? 0) + count;
      next[sum + doubled] = (next[sum + doubled] ?? 0) + count;
    });
    counts = next;
  }
  return counts;
}

function upperTail(counts: readonly number[], from: number): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.slice(Math.round(from)).reduce((sum, count) => sum + count, 0) / total;
}
