import { median } from 'simple-statistics';
import type { MetricKind } from '../record/metrics.ts';
import { failing, type Failures } from './failures.ts';
import { CONFIDENCE, POWER, type MetricRule } from './options.ts';
import { smallestSeen } from './paired-power.ts';
import { shareInterval } from './stats/binomial.ts';
import { bisect } from './stats/bisect.ts';
import { oneSampleShift } from './stats/hodges-lehmann.ts';
import { signedRank } from './stats/signed-rank.ts';
import { variance } from './stats/spread.ts';
import type { Tested } from './tested.ts';

/**
 * A share of failures of two sides, on the difference of every round: requests of one round share its bursts, so that the round is the
 * replicate, as for every other metric. Signed-rank test and Hodges-Lehmann estimate of the differences in points; a change counts
 * from the floor on. Success rates are judged by their failures. `rounds` are those in which both sides were measured.
 */
export function testSharePairs(rounds: readonly { now: number; other: number }[], { now, other }: { now: Failures; other: Failures }, kind: MetricKind, { floor }: MetricRule): Tested | null {
  if (rounds.length === 0) return null;
  // Without the last bits, which would make ties of equal counts differ.
  const differences = rounds.map((each) => Number((failing(each.now, kind) - failing(each.other, kind)).toFixed(12)));
  const shift = oneSampleShift(differences, CONFIDENCE);
  const { pGreater, pLess } = signedRank(differences);
  const rate = other.trials === 0 ? 0 : other.events / other.trials;
  const [baseline, current] = [failing(rate, kind), now.trials === 0 ? median(rounds.map((each) => each.now)) : failing(now.events / now.trials, kind)];
  const spreadWith = spreadOf(differences, rate, now.trialsPerRound);
  return {
    baseline,
    current,
    change: baseline === 0 ? null : current / baseline - 1,
    interval: null,
    screenP: pGreater,
    worseP: pGreater,
    betterP: pLess,
    effect: shift.estimate >= floor ? 'worse' : -shift.estimate >= floor ? 'better' : 'small',
    // No difference in few trials is no proof that there is none.
    boundedBelowEffect: shift.high !== null && shift.high < floor && now.trials > 0 && shareInterval(now.events, now.trials, CONFIDENCE).high - rate < floor,
    detectable: (alpha, power = POWER) => {
      const beyond = (points: number): number => points - smallestSeen(differences.length, spreadWith(points), { threshold: floor, alpha, power });
      return { share: null, points: beyond(1 - rate) < 0 ? Number.POSITIVE_INFINITY : bisect(beyond, 0, 1 - rate) };
    },
  };
}

/** Standard deviation of the differences were one side worse by so many points: what was seen, and what chance adds at a higher rate, in bursts as far as there were any. */
function spreadOf(differences: readonly number[], rate: number, trials: number): (points: number) => number {
  const seen = variance(differences);
  const chance = (share: number): number => (share * (1 - share)) / Math.max(1, trials);
  const bursts = Math.max(1, rate > 0 && rate < 1 ? seen / (2 * chance(rate)) : 1);
  return (points) => Math.sqrt(seen + bursts * Math.max(0, chance(Math.min(1, rate + points)) - chance(rate)));
}
