import { metricKind } from '../record/metrics.ts';
import type { Metric } from '../record/schema.ts';
import { sessionValue, type Figure } from './figure.ts';
import { PRIOR_WORTH, WINDOW } from './options.ts';
import { correlation, standardised } from './stats/correlation.ts';
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
 * one metric cannot tell; those of twenty metrics can, as far as each has luck of its own. Only history is looked at, never the
 * run that is judged.
 */
export function hasLightTails(histories: readonly History[]): boolean {
  const series = histories
    .filter(({ metric, figures }) => figures.length >= ENOUGH_SESSIONS && metric.unit !== 'share' && metricKind(metric.id).nature !== 'advisory')
    .map(({ figures }) => figures.map((figure) => Math.log(sessionValue(figure))))
    .filter((values) => values.every(Number.isFinite) && kurtosis(values) !== null);
  if (series.length === 0) return false;
  const mean = series.reduce((sum, values) => sum + (kurtosis(values) ?? 0), 0) / series.length;
  return mean + (1.64 * KURTOSIS_SD) / Math.sqrt(independentOf(series)) < HEAVY_KURTOSIS;
}

/**
 * How many independent series these are worth for their mean kurtosis. Kurtoses of two normal series with correlation ρ are correlated
 * by ρ⁴ (Mardia, Biometrika 57, 1970): a bad day of the whole machine is one piece of evidence, not twenty.
 */
function independentOf(series: readonly (readonly number[])[]): number {
  const common = Math.min(...series.map(({ length }) => length));
  const scaled = series.flatMap((values) => { const own = standardised(values.slice(-common)); return own === null ? [] : [own]; });
  let shared = 0;
  for (let one = 0; one < scaled.length; one += 1) for (let other = one + 1; other < scaled.length; other += 1) shared += 2 * correlation(scaled[one] ?? [], scaled[other] ?? []) ** 4;
  return series.length ** 2 / (series.length + shared);
}

/** Degrees of freedom of the prediction limit of a metric with so many sessions: between those of the prior and those of the data. */
export function tailDf(sessions: number, light: boolean, prior = priorWorth(sessions)): number {
  const measured = sessions - 1;
  return (prior + measured) / (prior / PRIOR_DF + measured / (light ? LIGHT_DF : HEAVY_DF));
}
