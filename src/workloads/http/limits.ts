import type { SlaLimit } from '../../record/limits.ts';
import type { HttpWorkload } from './schema.ts';

/** The `sla` section as limits, in the units of the metrics: ms, shares of one, per second. */
export function limitsOf({ sla }: HttpWorkload): SlaLimit[] {
  const limits: SlaLimit[] = [];
  const add = (id: string, operator: SlaLimit['operator'], limit: number | undefined): void => {
    if (limit !== undefined) limits.push({ id, labels: {}, operator, limit, severity: 'critical' });
  };
  for (const percentile of ['p50', 'p90', 'p95', 'p99'] as const) add(`latency.${percentile}`, '<=', sla.latency?.[percentile]);
  for (const percentile of ['p50', 'p90', 'p95', 'p99'] as const) add(`service.${percentile}`, '<=', sla.service?.[percentile]);
  add('errors.rate', '<=', sla.errorRate);
  add('success.rate', '>=', sla.successRate);
  add('throughput', '>=', sla.throughput);
  return limits;
}
