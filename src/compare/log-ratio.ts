import { median } from 'simple-statistics';
import type { MetricKind } from '../record/metrics.ts';
import { roundsOf, sessionValue, type Figure } from './figure.ts';
import { CONFIDENCE, POWER, PRIOR_WORTH, priorSpread, TAIL_DF, WINDOW, type MetricRule } from './options.ts';
import { predict, predictionTail, smallestDetectable, type Prediction } from './stats/prediction.ts';
import { madSpread, medianVariance, variance, varianceWithin, widestSpread } from './stats/spread.ts';
import { tQuantile } from './stats/student-t.ts';
import type { Tested } from './tested.ts';

/**
 * A positive figure against stored sessions, on d = ±ln(current / baseline), d > 0 is worse. The session is the replicate: its
 * value is the median of its rounds, the baseline is the median of the sessions, and the current one must lie beyond a t
 * prediction limit. The spread is pooled from a prior, which fades as the window fills, and what is stored; it is never taken
 * to be less than what the widest session or the scatter of the rounds alone would make it. The limit is that of t with 8
 * degrees of freedom however many sessions there are: sessions have heavier tails than the normal.
 * Null where a figure is not positive and so has no logarithm.
 */
export function testLogRatio(current: Figure, sessions: readonly Figure[], kind: MetricKind, rule: MetricRule): Tested | null {
  const values = [...sessions.map(sessionValue), sessionValue(current)];
  if (values.some((value) => value <= 0 || !Number.isFinite(value))) return null;
  const sign = kind.better === 'lower' ? 1 : -1;
  const stored = values.slice(0, -1).map((value) => sign * Math.log(value));
  const now = sign * Math.log(values.at(-1) ?? Number.NaN);
  const center = median(stored);
  const floorOfSpread = spreadOfRounds([...sessions, current]);
  const predictionWith = (storedVariance: number): Prediction => {
    const prior = PRIOR_WORTH * Math.max(0, 1 - (stored.length - 1) / (WINDOW - 1));
    const pooled = (prior * priorSpread(kind) ** 2 + (stored.length - 1) * storedVariance) / (prior + stored.length - 1);
    return predict(center, Math.sqrt(Math.max(pooled, floorOfSpread)), TAIL_DF, medianVariance(stored.length));
  };
  const screen = predictionWith(madSpread(stored) ** 2);
  const gate = predictionWith(Math.max(variance(stored), widestSpread(stored) ** 2));
  const worse = now - center;
  const margin = tQuantile(CONFIDENCE, gate.df) * gate.error;
  const baseline = unlogged(sign * center);
  const threshold = Math.max(Math.log1p(rule.minEffect), floorAsLog(rule.floor, baseline, sign));
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
    detectable: (alpha) => {
      const d = Math.max(threshold, smallestDetectable(gate, alpha, POWER));
      return { share: Math.abs(share(d)), points: null };
    },
  };
}

/** The figure behind a logarithm, without the last bits that taking it and undoing it leave. */
function unlogged(log: number): number {
  return Number(Math.exp(log).toPrecision(12));
}

/** Variance that the scatter of rounds alone gives a median of rounds. */
function spreadOfRounds(figures: readonly Figure[]): number {
  const groups = figures.map((figure) => roundsOf(figure).filter((each) => each > 0).map(Math.log));
  const sizes = groups.map((group) => group.length).filter((size) => size > 0);
  return varianceWithin(groups).variance * medianVariance(sizes.length === 0 ? 1 : Math.min(...sizes));
}

/** The absolute floor as a worsening in logarithms; more than everything where the floor is the whole figure. */
function floorAsLog(floor: number, baseline: number, sign: number): number {
  const ratio = sign > 0 ? 1 + floor / baseline : 1 - floor / baseline;
  return ratio <= 0 ? Number.POSITIVE_INFINITY : sign * Math.log(ratio);
}
