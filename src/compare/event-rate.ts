import type { MetricKind } from '../record/metrics.ts';
import { roundDispersion, sessionDispersion, withDoubt, type Dispersion } from './dispersion.ts';
import { failing, failuresOf, type Failures } from './failures.ts';
import type { Figure } from './figure.ts';
import { CONFIDENCE, POWER, type MetricRule } from './options.ts';
import { binomialCdf, shareInterval } from './stats/binomial.ts';
import { bisect } from './stats/bisect.ts';
import { fisherGreater } from './stats/fisher.ts';
import { normalQuantile } from './stats/normal.ts';
import type { Tested } from './tested.ts';

interface Counts {
  events: number;
  trials: number;
}

/**
 * A share of failures against stored sessions, by counts, since rates of 0 have no logarithm: Fisher's exact test of the failures now
 * against those of all sessions. Requests are no replicates, rounds and sessions are: both counts are deflated by how much more rounds
 * and sessions vary than chance would make them (Rao & Scott, Biometrics 48, 1992), with a t in place of the normal for the doubt about
 * that. Worse means that three rounds of four, not only the sum, lie a floor above the baseline: failures of one bad moment are no
 * regression. Success rates are judged by their failures.
 */
export function testEventRate(current: Figure, sessions: readonly Figure[], kind: MetricKind, rule: MetricRule, { lightTails }: { lightTails: boolean }): Tested {
  const now = failuresOf(current, kind);
  const stored = sessions.map((figure) => failuresOf(figure, kind));
  const before: Counts = { events: sum(stored.map(({ events }) => events)), trials: sum(stored.map(({ trials }) => trials)) };
  const rate = before.trials === 0 ? 0 : before.events / before.trials;
  const test = testWith(now, before, larger(roundDispersion([now, ...stored]), sessionDispersion(stored, rate, lightTails).at(now.trials)));
  const rounds = now.rounds.length === 0 ? [failing(current.value, kind)] : [...now.rounds].sort((a, b) => a - b);
  const [low, high] = [rounds[spared(rounds.length)] ?? 0, rounds[rounds.length - 1 - spared(rounds.length)] ?? 0];
  const worseP = test.worseP(test.now.events);
  const shown = failing(rate, kind);
  return {
    baseline: shown,
    current: current.value,
    change: shown === 0 ? null : current.value / shown - 1,
    interval: null,
    screenP: worseP,
    worseP,
    betterP: withDoubt(fisherGreater(test.before.events, test.before.trials, test.now.events, test.now.trials), test.dispersion),
    effect: low - rate >= rule.floor ? 'worse' : rate - high >= rule.floor ? 'better' : 'small',
    boundedBelowEffect: test.now.trials > 0 && shareInterval(test.now.events, test.now.trials, CONFIDENCE).high - rate < rule.floor,
    detectable: (alpha, power = POWER) => {
      // Of rounds without a failure nobody knows how they would scatter with some: as chance has it.
      const assumed = testWith(now, before, larger(roundDispersion([now, ...stored], now), sessionDispersion(stored, rate, lightTails).at(now.trials)));
      // Two things must come true: each may fail half as often as both together.
      const each = (1 + power) / 2;
      return { share: null, points: Math.max(rateTested(assumed, alpha, each), rateAbove(rate + rule.floor, now, assumed.dispersion, each)) - rate };
    },
  };
}

const larger = (one: Dispersion, other: Dispersion): Dispersion => (other.factor > one.factor ? other : one);

function testWith(now: Counts, before: Counts, dispersion: Dispersion): { now: Counts; before: Counts; dispersion: Dispersion; worseP: (events: number) => number } {
  const deflated = ({ events, trials }: Counts): Counts => ({ events: Math.round(events / dispersion.factor), trials: Math.round(trials / dispersion.factor) });
  const [fewerNow, fewerBefore] = [deflated(now), deflated(before)];
  return { now: fewerNow, before: fewerBefore, dispersion, worseP: (events) => withDoubt(fisherGreater(events, fewerNow.trials, fewerBefore.events, fewerBefore.trials), dispersion) };
}

/** The rate with which the test finds a difference with the given power; 1 where none would. */
function rateTested({ now: { trials }, worseP }: ReturnType<typeof testWith>, alpha: number, power: number): number {
  let [low, high] = [0, trials + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (middle <= trials && worseP(middle) > alpha) low = middle + 1;
    else high = middle;
  }
  return low > trials ? 1 : bisect((rate) => 1 - binomialCdf(low - 1, trials, rate) - power, 0, 1);
}

/** How many rounds may lie outside: one of four. */
const spared = (rounds: number): number => Math.floor(Math.max(0, rounds - 1) / 4);

/** The rate with which all rounds but those spared reach `least` with the given power. */
function rateAbove(least: number, { rounds, trialsPerRound }: Failures, { factor }: Dispersion, power: number): number {
  if (least >= 1) return 1;
  const n = Math.max(1, rounds.length);
  // Of n rounds at most so many may fail to: what each of them must do by itself.
  const each = bisect((p) => binomialCdf(spared(n), n, 1 - p) - power, 0, 1);
  const doubt = normalQuantile(each) * Math.sqrt(factor / Math.max(1, trialsPerRound));
  return bisect((rate) => rate - doubt * Math.sqrt(rate * (1 - rate)) - least, least, 1);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
