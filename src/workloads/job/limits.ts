import type { SlaLimit } from '../../record/limits.ts';
import type { JobWorkload } from './schema.ts';

const PERCENTILES = ['p50', 'p90', 'p95', 'p99'] as const;

/** The `sla` section as limits, in the units of the metrics: ms, per hour, shares of one. */
export function limitsOf({ sla }: JobWorkload): SlaLimit[] {
  const of = (id: string, labels: SlaLimit['labels'], quantiles: JobWorkload['sla']['completion']): SlaLimit[] => PERCENTILES.flatMap((each) => limit(`${id}.${each}`, labels, '<=', quantiles?.[each]));
  return [
    ...of('completion', {}, sla.completion),
    ...of('queueWait', {}, sla.queueWait),
    ...of('processing', {}, sla.processing),
    ...of('latency', { step: 'submit' }, sla.submit),
    ...of('latency', { step: 'poll' }, sla.poll),
    ...limit('batch.makespan', {}, '<=', sla.makespan),
    ...limit('batch.videosPerHour', {}, '>=', sla.videosPerHour),
    ...limit('success.rate', {}, '>=', sla.successRate),
    ...limit('timeouts.rate', {}, '<=', sla.timeoutRate),
  ];
}

function limit(id: string, labels: SlaLimit['labels'], operator: SlaLimit['operator'], value: number | undefined): SlaLimit[] {
  return value === undefined ? [] : [{ id, labels, operator, limit: value, severity: 'critical' }];
}
