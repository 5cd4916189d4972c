import type { SlaLimit } from '../../record/limits.ts';
import type { HttpWorkload } from './schema.ts';

/** The `sla` sections as limits, in the units of the metrics: ms, shares of one, per second. Those of a request of the mix name it. */
export function limitsOf({ sla, http: { mix } }: HttpWorkload): SlaLimit[] {
  return [...limits(sla, {}), ...(mix ?? []).flatMap((entry) => limits(entry.sla, { request: entry.name }))];
}

function limits(sla: HttpWorkload['sla'], labels: SlaLimit['labels']): SlaLimit[] {
  const all: SlaLimit[] = [];
  const add = (id: string, operator: SlaLimit['operator'], limit: number | undefined): void => {
    if (limit !== undefined) all.push({ id, labels, operator, limit, severity: 'critical' });
  };
  for (const percentile of ['p50', 'p90', 'p95', 'p99'] as const) add(`latency.${percentile}`, '<=', sla.latency?.[percentile]);
  for (const percentile of ['p50', 'p90', 'p95', 'p99'] as const) add(`service.${percentile}`, '<=', sla.service?.[percentile]);
  add('errors.rate', '<=', sla.errorRate);
  add('success.rate', '>=', sla.successRate);
  add('throughput', '>=', sla.throughput);
  return all;
}
