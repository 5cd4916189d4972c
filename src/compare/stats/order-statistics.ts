import { binomialCdf } from './binomial.ts';

/** Ranks (1 is the smallest sample) between which a quantile lies; null where the samples set no bound on that side. */
export interface RankInterval {
  low: number | null;
  high: number | null;
}

/**
 * Distribution-free interval for the quantile `q` from `n` samples: each end holds with probability `confidence` by itself.
 * David & Nagaraja, Order Statistics, 3rd ed., section 7.1: the number of samples below the quantile is Binomial(n, q).
 * Assumes independent samples; latencies of one run are not quite, so it is the least uncertainty there is.
 */
export function quantileRanks(n: number, q: number, confidence: number): RankInterval {
  const alpha = 1 - confidence;
  // Largest l with P(Bin <= l - 1) <= alpha, smallest u with P(Bin >= u) <= alpha.
  const low = firstTrue(0, n, (below) => binomialCdf(below, n, q) > alpha);
  const high = 1 + firstTrue(0, n, (below) => 1 - binomialCdf(below, n, q) <= alpha);
  return { low: low === 0 ? null : low, high: high > n ? null : high };
}

/** Samples with which a quantile can be shown to be under a limit when not one lies above it: 59 for p95, 299 for p99 at 95 %. */
export function samplesForQuantile(q: number, confidence: number): number {
  return Math.ceil(Math.log(1 - confidence) / Math.log(q) - 1e-9);
}

/** The first whole number in [from, to) for which `test` holds, or `to`; `test` must not go back to false. */
function firstTrue(from: number, to: number, test: (value: number) => boolean): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (test(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
