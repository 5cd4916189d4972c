import { bisect } from './bisect.ts';

const density = (x: number): number => Math.exp(-(x * x) / 2) / Math.sqrt(2 * Math.PI);

/**
 * P(Z > x) for a standard normal Z, with full relative precision in the tail.
 * Series of Marsaglia, "Evaluating the normal distribution", J. Stat. Software 11(4), 2004; beyond 3, Laplace's continued fraction.
 */
export function normalTail(x: number): number {
  if (x < 0) return 1 - normalTail(-x);
  if (x > 3) {
    let fraction = x;
    for (let k = 160; k >= 1; k -= 1) fraction = x + k / fraction;
    return density(x) / fraction;
  }
  let [sum, term] = [x, x];
  for (let i = 3; sum !== sum + term; i += 2) {
    term *= (x * x) / i;
    sum += term;
  }
  return 0.5 - sum * density(x);
}

const quantiles = new Map<number, number>();

/** z with P(Z <= z) = p, 0 < p < 1. Remembered: a run asks for the same few of every metric. */
export function normalQuantile(p: number): number {
  if (p > 0.5) return -normalQuantile(1 - p);
  const known = quantiles.get(p) ?? bisect((x) => normalTail(-x) - p, -40, 0);
  if (quantiles.size < 10_000) quantiles.set(p, known);
  return known;
}
