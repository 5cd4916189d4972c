import { normalQuantile } from './stats/normal.ts';
import { neededShift } from './stats/signed-rank-power.ts';

/**
 * The smallest shift of paired differences with standard deviation `spread` that a paired run of `n` pairs calls a change with the given
 * power: the signed-rank test must find it at level alpha, and the Hodges-Lehmann estimate, of variance spread² · π/3n (Hollander &
 * Wolfe, 3.11), must reach `threshold`. Infinity where n pairs, all of one sign, still have a p-value above alpha.
 */
export function smallestSeen(n: number, spread: number, { threshold, alpha, power }: { threshold: number; alpha: number; power: number }): number {
  return Math.max(spread * neededShift(n, alpha, power), threshold + normalQuantile(power) * spread * Math.sqrt(Math.PI / (3 * n)));
}
