import { METRICS, metricKey } from '../record/metrics.ts';
import type { ComparisonResult, ComparisonVerdict, Metric } from '../record/schema.ts';
import type { Figure } from './figure.ts';
import { BETWEEN } from './options.ts';
import type { Tested } from './tested.ts';

type Figures = Pick<ComparisonResult, 'metric' | 'unit' | 'baseline' | 'current' | 'change' | 'interval'>;

/** What a test says of a metric, as the record holds it. */
export function figuresOf(metric: Metric, { baseline, current, change, interval }: Pick<Tested, 'baseline' | 'current' | 'change' | 'interval'>): Figures {
  return { metric: metricKey(metric), unit: metric.unit, baseline, current, change, interval: interval === null ? null : { ...interval, confidence: BETWEEN } };
}

/** A metric about which nothing can be said, and why. */
export function undecided(metric: Metric, verdict: Extract<ComparisonVerdict, 'no-baseline' | 'not-comparable'>, sentence: string): ComparisonResult {
  return untested({ metric: metricKey(metric), unit: metric.unit, verdict, baseline: null, current: metric.value, sentence });
}

/** A metric that the baseline holds and this run does not. */
export function notMeasured(key: string, { unit, value }: Figure): ComparisonResult {
  const id = key.split('{')[0] ?? key;
  return untested({ metric: key, unit, verdict: 'not-measured', baseline: value, current: null, sentence: `${METRICS[id]?.title ?? id} was not measured this time; the baseline has it` });
}

function untested(known: Pick<ComparisonResult, 'metric' | 'unit' | 'verdict' | 'baseline' | 'current' | 'sentence'>): ComparisonResult {
  return {
    ...known,
    change: null,
    interval: null,
    pValue: null,
    suspected: false,
    smallestDetectable: null,
    sessions: 0,
  };
}
