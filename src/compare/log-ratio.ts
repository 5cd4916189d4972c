import { median } from 'simple-statistics';
import type { MetricKind } from '../record/metrics.ts';
import { roundsOf, sessionValue, type Figure } from './figure.ts';
import { CONFIDENCE, POWER, smallestThatCounts, type MetricRule } from './options.ts';
import { predictionTail, smallestDetectable, type Prediction } from './stats/prediction.ts';
import { madSpread, medianVariance, variance, varianceWithin, widestSpread } from './stats/spread.ts';
import { tQuantile } from './stats/student-t.ts';
import { priorWorth, tailDf } from './tails.ts';
import type { Tested } from './tested.ts';

/** What is known of how a metric varies between sessions, beside the sessions themselves. */
export interface Between {
  /** Standard deviation of logarithms to begin with. */
  prior: number;
  /** How many sessions the prior counts as; without it what `priorWorth` says. */
  worth?: number;
  lightTails: boolean;
}

/**
 * A positive figure against stored sessions, on d = ±ln(current / baseline), d > 0 is worse. The session is the replicate: its
 * value is the median of its rounds, the baseline is the median of the sessions, and the current one must lie beyond a t
 * prediction limit. The spread is pooled from a prior, which fades as the window fills, and what is stored; it is never taken
 * to be less than what the widest session or the scatter of the rounds alone would make it. Degrees of freedom do not grow
 * with the window: sessions have heavier tails than the normal (tails.ts).
 * Null where a figure is not positive and so has no logarithm.
 */
export function testLogRatio(current: Figure, sessions: readonly Figure[], kind: MetricKind, rule: MetricRule, { prior: priorSpread, worth, lightTails }: Between): Tested | null {
  const values = [...sessions.map(sessionValue), sessionValue(current)];
  if (values.some((value) => value <= 0 || !Number.isFinite(value))) return null;
  const sign = kind.better === 'lower' ? 1 : -1;
  const stored = values.slice(0, -1).map((value) => sign * Math.log(value));
  const now = sign * Math.log(values.at(-1) ?? Number.NaN);
  const center = median(stored);
  const scatter = scatterOfRounds([...sessions, current]);
  const prior = worth ?? priorWorth(stored.length);
  const df = tailDf(stored.length, lightTails, prior);
  const predictionWith = (storedVariance: number): Prediction => {
    const pooled = (prior * priorSpread ** 2 + (stored.length - 1) * storedVariance) / (prior + stored.length - 1);
    return { center, error: errorBetween({ pooled, scatter, own: countOf(current), theirs: Math.min(...sessions.map(countOf)), sessions: stored.length }), df };
  };
  const screen = predictionWith(madSpread(stored) ** 2);
  const gate = predictionWith(Math.max(variance(stored), widestSpread(stored) ** 2));
  const worse = now - center;
  const margin = tQuantile(CONFIDENCE, gate.df) * gate.error;
  const baseline = unlogged(sign * center);
  const threshold = smallestThatCounts(rule, baseline, sign);
  const share = (d: number): number => Number(Math.expm1(sign * d).toPrecision(9));
  const [one, other] = [share(worse - margin), share(worse + margin)];
  return {
    baseline,
    current: values.at(-1) ?? Number.NaN,
    change: share(worse),
    interval: { low: Math.min(one, other), high: Math.max(one, other) },
    screenP: predictionTail(screen, now),
    worseP: predictionTail(gate, now),
    betterP: predictionTail({ ...gate, center: -gate.center }, -now),
    effect: worse >= threshold ? 'worse' : -worse >= threshold ? 'better' : 'small',
    boundedBelowEffect: worse + margin < threshold,
    detectable: (alpha, power = POWER) => ({ share: Math.abs(share(smallestDetectable(gate, alpha, power, threshold))), points: null }),
  };
}

/**
 * Standard error of (new session − median of the stored ones), from the variance between sessions and that of single rounds. The new one
 * may rest on more rounds than the stored ones, or on fewer.
 */
export function errorBetween({ pooled, scatter, own, theirs, sessions }: { pooled: number; scatter: number; own: number; theirs: number; sessions: number }): number {
  return Math.sqrt(Math.max(pooled, scatter * medianVariance(own)) + Math.max(pooled, scatter * medianVariance(theirs)) * medianVariance(sessions));
}

/** The figure behind a logarithm, without the last bits that taking it and undoing it leave. */
function unlogged(log: number): number {
  return Number(Math.exp(log).toPrecision(12));
}

/** Variance of a single round around its session's value, pooled over all sessions. */
function scatterOfRounds(figures: readonly Figure[]): number {
  return varianceWithin(figures.map((figure) => roundsOf(figure).filter((each) => each > 0).map(Math.log))).variance;
}

const countOf = (figure: Figure): number => Math.max(1, roundsOf(figure).length);
