import { seededRandom, type Random } from '../../random.ts';
import { normalQuantile, normalTail } from './normal.ts';
import { EXACT_UP_TO, untiedCounts } from './signed-rank.ts';

/** Up to here samples are followed; beyond it Noether's approximation is used, with what it lacks there, which falls as 1/n. */
const FOLLOWED_UP_TO = 60;
const SAMPLES = 600;
/** Efficiency of the signed-rank test beside the t test for normal differences: 3/π. Hollander & Wolfe, 3.11. */
const EFFICIENCY = 3 / Math.PI;

const known = new Map<string, number>();

/**
 * The smallest shift, in standard deviations of normal differences, that the one-sided signed-rank test of `n` differences finds
 * with the given power at level alpha. Infinity where n differences, all of one sign, still have a p-value above alpha.
 *
 * A sample shifted by s is significant exactly if its `critical`-th largest Walsh average lies above −s (Hollander & Wolfe, 3.2: the
 * statistic counts positive Walsh averages), so that the shift each sample needs can be read off it, and the shift for a power is
 * a quantile of those: 600 seeded samples. The normal approximation alone (Noether, JASA 82, 1987) promises far too much where few
 * pairs meet a small alpha (59 % in place of 95 % at 11 pairs and 0.0005), and still a little at 60.
 */
export function neededShift(n: number, alpha: number, power: number): number {
  if (0.5 ** n > alpha) return Number.POSITIVE_INFINITY;
  const noether = (count: number): number => (normalQuantile(1 - alpha) + normalQuantile(power)) / Math.sqrt(count * EFFICIENCY);
  if (n > FOLLOWED_UP_TO) return noether(n) * (1 + Math.max(0, neededShift(FOLLOWED_UP_TO, alpha, power) / noether(FOLLOWED_UP_TO) - 1) * (FOLLOWED_UP_TO / n));
  const key = `${n} ${alpha} ${power}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const critical = criticalSum(n, alpha);
  const random = seededRandom(n);
  const needed = Array.from({ length: SAMPLES }, () => shiftNeededBy(Array.from({ length: n }, () => normalDraw(random)), critical)).sort((a, b) => a - b);
  const shift = needed[Math.min(SAMPLES - 1, Math.ceil(power * SAMPLES))] ?? Number.POSITIVE_INFINITY;
  known.set(key, shift);
  return shift;
}

/** Box & Muller, 1958. */
const normalDraw = (random: Random): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** The smallest sum of positive ranks with a p-value of at most alpha. */
function criticalSum(n: number, alpha: number): number {
  const highest = (n * (n + 1)) / 2;
  if (n > EXACT_UP_TO) {
    const spread = Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24);
    let sum = highest;
    while (sum > 0 && normalTail((sum - 1 - highest / 2 - 0.5) / spread) <= alpha) sum -= 1;
    return sum;
  }
  const counts = untiedCounts(n);
  let [sum, tail] = [highest, counts[2 * highest] ?? 1];
  while (sum > 0 && (tail + (counts[2 * (sum - 1)] ?? 0)) / 2 ** n <= alpha) {
    sum -= 1;
    tail += counts[2 * sum] ?? 0;
  }
  return sum;
}

/** By how much a sample must be moved up for its sum to reach `critical`. */
function shiftNeededBy(sample: readonly number[], critical: number): number {
  const averages = new Float64Array((sample.length * (sample.length + 1)) / 2);
  let at = 0;
  for (let one = 0; one < sample.length; one += 1) for (let other = one; other < sample.length; other += 1) averages[at++] = ((sample[one] ?? 0) + (sample[other] ?? 0)) / 2;
  return -(averages.sort()[averages.length - critical] ?? Number.NEGATIVE_INFINITY);
}
