import { bisect } from './bisect.ts';
import { incompleteBeta } from './special.ts';

/** P(X <= k) for X ~ Binomial(n, p). Abramowitz & Stegun 26.5.24. */
export function binomialCdf(k: number, n: number, p: number): number {
  if (k < 0) return 0;
  if (k >= n) return 1;
  return incompleteBeta(1 - p, n - k, k + 1);
}

/**
 * Clopper & Pearson's interval (Biometrika 26, 1934) for a share of which `k` of `n` were seen: each end holds with
 * probability `confidence` by itself, so that a limit can be judged against one of them.
 */
export function shareInterval(k: number, n: number, confidence: number): { low: number; high: number } {
  const alpha = 1 - confidence;
  return {
    low: k <= 0 ? 0 : bisect((p) => 1 - binomialCdf(k - 1, n, p) - alpha, 0, 1),
    high: k >= n ? 1 : bisect((p) => alpha - binomialCdf(k, n, p), 0, 1),
  };
}
