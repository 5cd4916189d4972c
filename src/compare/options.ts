import { metricKey, metricKind, type MetricKind } from '../record/metrics.ts';
import type { Labels } from '../record/schema.ts';

/** How a scenario wants its metrics gated: its `gate` section. */
export interface GateOptions {
  /** Smallest change that counts, as a share; without it the default of the metric's nature. */
  minEffect?: number | undefined;
  /** Exceptions, by metric id, or by metric key for one that has labels. */
  metrics: Readonly<Record<string, { minEffect?: number | undefined; floor?: number | undefined; gate: boolean } | undefined>>;
}

export const DEFAULT_GATE: GateOptions = { metrics: {} };

/** Chance that a metric is flagged for a closer look though nothing changed. */
export const SCREEN_ALPHA = 0.1;
/** Chance that any metric of a run is called a regression though nothing changed. */
export const GATE_ALPHA = 0.01;
/** The same of a paired run: half, because nothing but the exact test stands between its noise and a verdict, and improvements are tested as well. */
export const PAIRED_ALPHA = 0.005;
/** `smallestDetectable` is found with this probability. */
export const POWER = 0.8;
/** What `bench calibrate` says is seen, is seen with this one. */
export const CALIBRATED_POWER = 0.95;
/** Each end of the interval of a change holds with this probability by itself. */
export const CONFIDENCE = 0.95;
/** With what probability both ends hold at once. */
export const BETWEEN = 0.9;

/** A tail is gated only with this many samples beyond its percentile, in all and in a round. */
export const TAIL_SAMPLES = { arm: 50, round: 5 } as const;

/**
 * What the spread of a figure from session to session is taken to be until enough sessions are stored, as a standard deviation
 * of logarithms. Deliberately wide: quiet machines measure 5-10 % for encode wall time, busy ones 22 %; CPU seconds 3.5-6 %.
 */
export function priorSpread({ nature, quantile }: MetricKind): number {
  if (quantile !== undefined) return quantile > 0.5 ? 0.25 : 0.2;
  switch (nature) {
    case 'cpu':
      return 0.05;
    case 'portable':
      return 0.02;
    case 'time':
    case 'rate':
    case 'advisory':
      return 0.1;
  }
}

/** How many sessions the prior counts as while one is stored; it fades to nothing as the window fills. */
export const PRIOR_WORTH = 8;

/** Sessions a metric is compared with at most. */
export const WINDOW = 20;

/**
 * How the 1 % of false alarms is shared out between metrics, fixed before anything is measured: CPU seconds vary least and so
 * can make the most of it; rates mostly follow from times.
 */
export function weightOf({ nature }: MetricKind): number {
  switch (nature) {
    case 'cpu':
      return 6;
    case 'time':
      return 1;
    case 'rate':
    case 'portable':
    case 'advisory':
      return 0.5;
  }
}

/** What the gate asks of one metric. */
export interface MetricRule {
  /** Smallest change that counts, as a share. */
  minEffect: number;
  /** Smallest change that counts, in the metric's unit. */
  floor: number;
  gated: boolean;
}

/** Where neither the scenario nor one of its metrics says: what stored history can tell of times is coarser than what pairs can. */
const DEFAULT_EFFECT = { cpu: 0.03, other: 0.05, paired: 0.03 } as const;

export function ruleFor({ id, labels }: { id: string; labels: Labels }, options: GateOptions, comparison: 'history' | 'paired' = 'history'): MetricRule {
  const kind = metricKind(id);
  const own = options.metrics[metricKey({ id, labels })] ?? options.metrics[id];
  const usual = comparison === 'paired' ? DEFAULT_EFFECT.paired : kind.nature === 'cpu' ? DEFAULT_EFFECT.cpu : DEFAULT_EFFECT.other;
  return {
    minEffect: own?.minEffect ?? options.minEffect ?? usual,
    floor: own?.floor ?? kind.absoluteFloor,
    gated: kind.observed === true ? own?.gate === true : kind.nature !== 'advisory' && own?.gate !== false,
  };
}

/** The smallest worsening that counts, relative and absolute, as a difference of logarithms; `sign` is 1 where more is worse. */
export function smallestThatCounts({ minEffect, floor }: MetricRule, baseline: number, sign: 1 | -1): number {
  return Math.max(Math.log1p(minEffect), floorAsLog(floor, baseline, sign));
}

/** The absolute floor as a worsening in logarithms; more than everything where the floor is the whole figure. */
function floorAsLog(floor: number, baseline: number, sign: number): number {
  const ratio = sign > 0 ? 1 + floor / baseline : 1 - floor / baseline;
  return ratio <= 0 ? Number.POSITIVE_INFINITY : sign * Math.log(ratio);
}
