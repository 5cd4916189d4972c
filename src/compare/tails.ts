import { metricKind } from '../record/metrics.ts';
import type { Metric } from '../record/schema.ts';
import { sessionValue, type Figure } from './figure.ts';
import { PRIOR_WORTH, WINDOW } from './options.ts';
import { kurtosis } from './stats/spread.ts';

/** Degrees of freedom of a prediction limit whose spread is the prior, which is wide already, and of one whose spread is measured. */
const PRIOR_DF = 7;
const HEAVY_DF = 3;
const LIGHT_DF = 8;

/** From this many stored sessions on, a window shows whether its tails are heavy. */
const ENOUGH_SESSIONS = 18;
/** Kurtosis of windows drawn from t with 3 degrees of freedom is 5 on average, of normal ones 2.7. */
const HEAVY_KURTOSIS = 3.4;
/** Standard deviation of the kurtosis of one normal window of 20. */
const KURTOSIS_SD = 0.8;

/** How many sessions a prior counts as while `sessions` are stored; it fades to nothing as the window fills. */
export function priorWorth(sessions: number): number {
  return PRIOR_WORTH * Math.max(0, 1 - (sessions - 1) / (WINDOW - 1));
}

/** The history of one metric, for what it says of the shape of all. */
export interface History {
  metric: Metric;
  figures: readonly Figure[];
}

/**
 * Whether the stored sessions of a run's metrics, taken together, show that luck on this machine has no heavier tails than the
 * normal: their mean kurtosis, with 1.6 standard errors of doubt on top, lies under what heavy tails give. Twenty sessions of
 * one metric cannot tell; those of twenty metrics can. Only history is looked at, never the run that is judged.
 */
export function hasLightTails(histories: readonly History[]): boolean {
  const found = histories
    .filter(({ metric, figures }) => figures.length >= ENOUGH_SESSIONS && metric.unit !== 'share' && metricKind(metric.id).nature !== 'advisory')
    .flatMap(({ figures }) => kurtosis(figures.map((figure) => Math.log(sessionValue(figure)))) ?? [])
    .filter(Number.isFinite);
  if (found.length === 0) return false;
  const mean = found.reduce((sum, each) => sum + each, 0) / found.length;
  return mean + (1.64 * KURTOSIS_SD) / Math.sqrt(found.length) < HEAVY_KURTOSIS;
}

/** Degrees of freedom of the prediction limit of a metric with so many sessions: between those of the prior and those of the data. */
export function tailDf(sessions: number, light: boolean): number {
  const prior = priorWorth(sessions);
  const measured = sessions - 1;
  return (prior + measured) / (prior / PRIOR_DF + measured / (light ? LIGHT_DF : HEAVY_DF));
}
