import { SEVERITIES, type Severity, type SlaLimit } from '../../record/limits.ts';
import type { HttpWorkload, Limits, Sla } from './schema.ts';

const PERCENTILES = ['p50', 'p90', 'p95', 'p99'] as const;

/** The `sla` sections as limits, in the units of the metrics: ms, shares of one, per second. Those of a request or a step name it. */
export function limitsOf({ sla, http: { mix = [], flow } }: HttpWorkload): SlaLimit[] {
  return SEVERITIES.flatMap((severity) => [
    ...limits(part(sla, severity), {}, severity),
    ...mix.flatMap((entry) => limits(part(entry.sla, severity), { request: entry.name }, severity)),
    ...(flow?.steps ?? []).flatMap((step) => limits(part(step.sla, severity), { step: step.name }, severity)),
    ...iterationLimits(part(sla, severity), severity),
  ]);
}

/** What stands in the section itself is critical. */
const part = (sla: Sla & { warning?: Limits | undefined; info?: Limits | undefined }, severity: Severity): Limits => (severity === 'critical' ? sla : (sla[severity] ?? {}));

type Make = (id: string, operator: SlaLimit['operator'], value: number | undefined) => SlaLimit[];

const maker = (labels: SlaLimit['labels'], severity: Severity): Make => (id, operator, limit) => (limit === undefined ? [] : [{ id, labels, operator, limit, severity }]);

function limits(sla: Sla, labels: SlaLimit['labels'], severity: Severity): SlaLimit[] {
  const limit = maker(labels, severity);
  return [
    ...PERCENTILES.flatMap((percentile) => limit(`latency.${percentile}`, '<=', sla.latency?.[percentile])),
    ...PERCENTILES.flatMap((percentile) => limit(`service.${percentile}`, '<=', sla.service?.[percentile])),
    ...limit('errors.rate', '<=', sla.errorRate),
    ...limit('success.rate', '>=', sla.successRate),
    ...limit('throughput', '>=', sla.throughput),
  ];
}

function iterationLimits({ iteration }: Limits, severity: Severity): SlaLimit[] {
  const limit = maker({}, severity);
  return [
    ...PERCENTILES.flatMap((percentile) => limit(`iteration.${percentile}`, '<=', iteration?.latency?.[percentile])),
    ...limit('iteration.errors.rate', '<=', iteration?.errorRate),
    ...limit('iteration.throughput', '>=', iteration?.throughput),
  ];
}
