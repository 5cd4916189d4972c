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
export function undecided(metric: Metric, verdict: Extract<ComparisonVerdict, 'no-baseline' | 'not-comparable' | 'advisory'>, sentence: string): ComparisonResult {
  return untested({ metric: metricKey(metric), unit: metric.unit, verdict, baseline: null, current: metric.value, sentence });
}

/** A metric that the baseline (or the other side) has and this run does not; one that would not have been gated is for information. */
export function notMeasured(key: string, { unit, value }: Pick<Figure, 'unit' | 'value'>, { gated, has = 'the baseline' }: { gated: boolean; has?: string }): ComparisonResult {
  const id = key.split('{')[0] ?? key;
  return untested({ metric: key, unit, verdict: gated ? 'not-measured' : 'advisory', baseline: value, current: null, sentence: `${METRICS[id]?.title ?? id} was not measured this time; ${has} has it` });
}

/** The smallest change that would have been seen, as the record holds it: null where there is none. */
export function seenFrom({ share, points }: ReturnType<Tested['detectable']>): number | null {
  const seen = share ?? points;
  return Number.isFinite(seen) ? seen : null;
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
