import { metricKey } from '../record/metrics.ts';
import type { ComparisonResult, ComparisonVerdict, Metric } from '../record/schema.ts';
import { BETWEEN } from './options.ts';
import type { Tested } from './tested.ts';

type Figures = Pick<ComparisonResult, 'metric' | 'unit' | 'baseline' | 'current' | 'change' | 'interval'>;

/** What a test says of a metric, as the record holds it. */
export function figuresOf(metric: Metric, { baseline, current, change, interval }: Pick<Tested, 'baseline' | 'current' | 'change' | 'interval'>): Figures {
  return { metric: metricKey(metric), unit: metric.unit, baseline, current, change, interval: interval === null ? null : { ...interval, confidence: BETWEEN } };
}

/** A metric about which nothing can be said, and why. */
export function undecided(metric: Metric, verdict: Extract<ComparisonVerdict, 'no-baseline' | 'not-comparable'>, sentence: string): ComparisonResult {
  return {
    metric: metricKey(metric),
    verdict,
    unit: metric.unit,
    baseline: null,
    current: metric.value,
    change: null,
    interval: null,
    pValue: null,
    suspected: false,
    smallestDetectable: null,
    sessions: 0,
    sentence,
  };
}
