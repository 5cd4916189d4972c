import type { SlaLimit } from '../../record/limits.ts';
import type { HttpWorkload, Sla } from './schema.ts';

const PERCENTILES = ['p50', 'p90', 'p95', 'p99'] as const;

/** The `sla` sections as limits, in the units of the metrics: ms, shares of one, per second. Those of a request or a step name it. */
export function limitsOf({ sla, http: { mix = [], flow } }: HttpWorkload): SlaLimit[] {
  const { iteration } = sla;
  return [
    ...limits(sla, {}),
    ...mix.flatMap((entry) => limits(entry.sla, { request: entry.name })),
    ...(flow?.steps ?? []).flatMap((step) => limits(step.sla, { step: step.name })),
    ...PERCENTILES.flatMap((percentile) => limit(`iteration.${percentile}`, {}, '<=', iteration?.latency?.[percentile])),
    ...limit('iteration.errors.rate', {}, '<=', iteration?.errorRate),
    ...limit('iteration.throughput', {}, '>=', iteration?.throughput),
  ];
}

function limits(sla: Sla, labels: SlaLimit['labels']): SlaLimit[] {
  return [
    ...PERCENTILES.flatMap((percentile) => limit(`latency.${percentile}`, labels, '<=', sla.latency?.[percentile])),
    ...PERCENTILES.flatMap((percentile) => limit(`service.${percentile}`, labels, '<=', sla.service?.[percentile])),
    ...limit('errors.rate', labels, '<=', sla.errorRate),
    ...limit('success.rate', labels, '>=', sla.successRate),
    ...limit('throughput', labels, '>=', sla.throughput),
  ];
}

function limit(id: string, labels: SlaLimit['labels'], operator: SlaLimit['operator'], value: number | undefined): SlaLimit[] {
  return value === undefined ? [] : [{ id, labels, operator, limit: value, severity: 'critical' }];
}
