import { bisect } from './bisect.ts';
import { incompleteBeta } from './special.ts';

/** P(T > t) for Student's t with `df` > 0 degrees of freedom, which need not be whole. Abramowitz & Stegun 26.7.1. */
export function tTail(t: number, df: number): number {
  const half = incompleteBeta(df / (df + t * t), df / 2, 0.5) / 2;
  return t >= 0 ? half : 1 - half;
}

const quantiles = new Map<string, number>();

/** t with P(T <= t) = p, 0 < p < 1. Remembered: a run asks for the same few of every metric. */
export function tQuantile(p: number, df: number): number {
  const key = `${p}/${df}`;
  const known = quantiles.get(key) ?? findQuantile(p, df);
  if (quantiles.size < 10_000) quantiles.set(key, known);
  return known;
}

function findQuantile(p: number, df: number): number {
  if (p === 0.5) return 0;
  if (p < 0.5) return -findQuantile(1 - p, df);
  let high = 1;
  while (tTail(high, df) > 1 - p) high *= 2;
  return bisect((t) => 1 - p - tTail(t, df), 0, high);
}
