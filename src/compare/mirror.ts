import { metricKey } from '../record/metrics.ts';
import type { Metric } from '../record/schema.ts';
import type { GateOptions } from './options.ts';

/** A success rate beside an error rate says the same thing twice: the errors are gated. */
export function isMirror(metric: Metric, metrics: readonly Metric[]): boolean {
  return metric.id === 'success.rate' && metrics.some((other) => metricKey(other) === metricKey({ ...metric, id: 'errors.rate' }));
}

/** The options with this metric for information only. */
export function ungated({ id }: Metric, options: GateOptions): GateOptions {
  return { ...options, metrics: { ...options.metrics, [id]: { ...options.metrics[id], gate: false } } };
}
