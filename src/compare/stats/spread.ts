import { median, medianAbsoluteDeviation } from 'simple-statistics';
import { normalQuantile } from './normal.ts';

/** 1 / Φ⁻¹(3/4): makes the median absolute deviation estimate the standard deviation of normal values. */
const MAD_TO_SD = 1.482602218505602;

/** Standard deviation estimated from the median absolute deviation: one wild value does not move it. 0 for fewer than two. */
export function madSpread(values: readonly number[]): number {
  return values.length < 2 ? 0 : MAD_TO_SD * medianAbsoluteDeviation([...values]);
}

/**
 * Standard deviation that would make the value furthest from the median an ordinary one among so many: larger than the others
 * where one value is wild. Expected largest of n normal distances by Blom's approximation (1958). 0 for fewer than three.
 */
export function widestSpread(values: readonly number[]): number {
  const n = values.length;
  if (n < 3) return 0;
  const center = median([...values]);
  const widest = Math.max(...values.map((value) => Math.abs(value - center)));
  return widest / largestOf(n);
}

const largest = new Map<number, number>();

/** Expected largest distance of `n` normal values from their center. Remembered: a run asks for the same few of every metric. */
function largestOf(n: number): number {
  const known = largest.get(n) ?? normalQuantile((1 + (n - 0.375) / (n + 0.25)) / 2);
  largest.set(n, known);
  return known;
}

/** Sample kurtosis m4 / m2², 3 for the normal in large samples; null where the values do not vary. Joanes & Gill, The Statistician 47, 1998. */
export function kurtosis(values: readonly number[]): number | null {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const [second, fourth] = [2, 4].map((power) => values.reduce((sum, value) => sum + (value - mean) ** power, 0) / n);
  return second === undefined || fourth === undefined || second === 0 ? null : fourth / second ** 2;
}

/** Sample variance around the mean, n − 1 below; 0 for fewer than two. */
export function variance(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}

/** Pooled variance within groups, and its degrees of freedom. */
export function varianceWithin(groups: readonly (readonly number[])[]): { variance: number; df: number } {
  let [squares, df] = [0, 0];
  for (const group of groups) {
    if (group.length < 2) continue;
    squares += variance(group) * (group.length - 1);
    df += group.length - 1;
  }
  return { variance: df === 0 ? 0 : squares / df, df };
}

/** Variance of the median of `n` independent normal values of variance 1; exact for small n (Hojo 1931; Sarhan & Greenberg 1956), π/2n beyond. */
export function medianVariance(n: number): number {
  const exact = [1, 1, 0.5, 0.4487, 0.2982, 0.2868, 0.2147, 0.2104, 0.1682, 0.1661, 0.1383];
  return exact[n] ?? Math.PI / (2 * n);
}
