import { median } from 'simple-statistics';
import type { MetricKind } from '../record/metrics.ts';
import { CONFIDENCE, POWER, smallestThatCounts, type MetricRule } from './options.ts';
import { smallestSeen } from './paired-power.ts';
import { oneSampleShift } from './stats/hodges-lehmann.ts';
import { signedRank } from './stats/signed-rank.ts';
import { variance } from './stats/spread.ts';
import type { Tested } from './tested.ts';

/** A round in which one side fell to 0 has no ratio, and is no round to leave out: it counts as a millionfold. */
const FALL = Math.log(1e6);

/**
 * A figure of two sides on d = ±ln(now / other) of every round, d > 0 is worse: signed-rank test over the rounds, estimate and interval
 * by Hodges-Lehmann. Null where neither side has a figure above 0.
 */
export function testPairs(rounds: readonly { now: number; other: number }[], kind: MetricKind, rule: MetricRule): Tested | null {
  if (rounds.every(({ now, other }) => now <= 0 && other <= 0)) return null;
  const sign = kind.better === 'lower' ? 1 : -1;
  const differences = rounds.map((round) => sign * logRatio(round));
  const shift = oneSampleShift(differences, CONFIDENCE);
  const [baseline, current] = [median(rounds.map(({ other }) => other)), median(rounds.map(({ now }) => now))];
  const threshold = baseline > 0 ? smallestThatCounts(rule, baseline, sign) : current >= rule.floor ? Math.log1p(rule.minEffect) : Number.POSITIVE_INFINITY;
  const share = (d: number): number => Number(Math.expm1(sign * d).toPrecision(9));
  const ends = shift.low === null || shift.high === null || baseline <= 0 ? null : [share(shift.low), share(shift.high)];
  const { pGreater, pLess } = signedRank(differences);
  const spread = Math.sqrt(variance(differences));
  return {
    baseline,
    current,
    change: baseline > 0 ? share(shift.estimate) : null,
    interval: ends === null ? null : { low: Math.min(...ends), high: Math.max(...ends) },
    screenP: pGreater,
    worseP: pGreater,
    betterP: pLess,
    effect: shift.estimate >= threshold ? 'worse' : -shift.estimate >= threshold ? 'better' : 'small',
    boundedBelowEffect: shift.high !== null && shift.high < threshold,
    detectable: (alpha, power = POWER) => ({ share: Math.abs(share(smallestSeen(rounds.length, spread, { threshold, alpha, power }))), points: null }),
  };
}

function logRatio({ now, other }: { now: number; other: number }): number {
  if (now > 0 && other > 0) return Math.log(now / other);
  return now > 0 ? FALL : other > 0 ? -FALL : 0;
}
