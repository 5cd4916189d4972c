import { SEVERITIES, type Severity, type SlaLimit } from '../../record/limits.ts';
import type { JobLimits, JobWorkload } from './schema.ts';

const PERCENTILES = ['p50', 'p90', 'p95', 'p99'] as const;

/** The `sla` section as limits, in the units of the metrics: ms, per hour, shares of one. */
export function limitsOf({ sla }: JobWorkload): SlaLimit[] {
  return SEVERITIES.flatMap((severity) => limits(severity === 'critical' ? sla : (sla[severity] ?? {}), severity));
}

function limits(sla: JobLimits, severity: Severity): SlaLimit[] {
  const limit = (id: string, labels: SlaLimit['labels'], operator: SlaLimit['operator'], value: number | undefined): SlaLimit[] => (value === undefined ? [] : [{ id, labels, operator, limit: value, severity }]);
  const of = (id: string, labels: SlaLimit['labels'], quantiles: JobLimits['completion']): SlaLimit[] => PERCENTILES.flatMap((each) => limit(`${id}.${each}`, labels, '<=', quantiles?.[each]));
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
