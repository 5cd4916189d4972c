import { median } from 'simple-statistics';
import { metricKind, type MetricKind } from '../record/metrics.ts';
import type { Metric } from '../record/schema.ts';
import { roundsOf, type Figure } from './figure.ts';
import { CONFIDENCE, type MetricRule } from './options.ts';
import { shareInterval } from './stats/binomial.ts';
import { fisherGreater } from './stats/fisher.ts';
import type { Tested } from './tested.ts';

/** Whether a metric is a share of trials; one that was read from a service is a figure as any other. */
export const isEventRate = ({ id, unit }: Pick<Metric, 'id' | 'unit'>): boolean => unit === 'share' && metricKind(id).observed !== true;

interface Counts {
  events: number;
  trials: number;
}

/**
 * A share of failures against stored sessions, by counts, since rates of 0 have no logarithm: Fisher's exact test of the
 * failures now against those of all sessions, both deflated by how much more the sessions vary than chance would make them
 * (Rao & Scott, Biometrics 48, 1992). Worse means that the middle round, not only the sum, lies a floor above the baseline:
 * failures of one bad moment are no regression. Success rates are judged by their failures.
 */
export function testEventRate(current: Figure, sessions: readonly Figure[], kind: MetricKind, rule: MetricRule): Tested {
  const failing = (share: number): number => (kind.better === 'lower' ? share : 1 - share);
  const countsOf = (figure: Figure): Counts => ({ events: Math.round(failing(figure.value) * figure.n), trials: figure.n });
  const now = countsOf(current);
  const stored = sessions.map(countsOf);
  const before: Counts = { events: sum(stored.map(({ events }) => events)), trials: sum(stored.map(({ trials }) => trials)) };
  const rate = before.trials === 0 ? 0 : before.events / before.trials;
  const dispersion = dispersionOf(stored, rate);
  const [fewerNow, fewerBefore] = [deflated(now, dispersion), deflated(before, dispersion)];
  const rounds = roundsOf(current).map(failing);
  const middle = rounds.length === 0 ? failing(current.value) : median(rounds);
  const worseP = fisherGreater(fewerNow.events, fewerNow.trials, fewerBefore.events, fewerBefore.trials);
  const shown = (share: number): number => (kind.better === 'lower' ? share : 1 - share);
  return {
    baseline: shown(rate),
    current: current.value,
    change: shown(rate) === 0 ? null : current.value / shown(rate) - 1,
    interval: null,
    screenP: worseP,
    worseP,
    betterP: fisherGreater(fewerBefore.events, fewerBefore.trials, fewerNow.events, fewerNow.trials),
    effect: middle - rate >= rule.floor ? 'worse' : rate - middle >= rule.floor ? 'better' : 'small',
    boundedBelowEffect: fewerNow.trials > 0 && shareInterval(fewerNow.events, fewerNow.trials, CONFIDENCE).high - rate < rule.floor,
    detectable: (alpha) => ({ share: null, points: Math.max(rule.floor, smallestRate(fewerNow.trials, fewerBefore, alpha) - rate) }),
  };
}

/** How many times more the sessions' rates vary than the same chance in every trial would make them; at least 1. */
function dispersionOf(sessions: readonly Counts[], rate: number): number {
  if (sessions.length < 2 || rate <= 0 || rate >= 1) return 1;
  const chi = sum(sessions.map(({ events, trials }) => (trials === 0 ? 0 : (events - trials * rate) ** 2 / (trials * rate * (1 - rate)))));
  return Math.max(1, chi / (sessions.length - 1));
}

const deflated = ({ events, trials }: Counts, dispersion: number): Counts => ({ events: Math.round(events / dispersion), trials: Math.round(trials / dispersion) });

/** The rate at which the test would just find a difference; 1 where none would. */
function smallestRate(trials: number, before: Counts, alpha: number): number {
  let [low, high] = [0, trials + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (middle <= trials && fisherGreater(middle, trials, before.events, before.trials) > alpha) low = middle + 1;
    else high = middle;
  }
  return trials === 0 ? 1 : Math.min(1, low / trials);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
