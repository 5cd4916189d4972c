import type { SlaLimit } from '../../record/limits.ts';
import { metricIds } from './metric-ids.ts';
import type { K6Workload } from './schema.ts';

/** The `sla` section as limits, in the units of the metrics: ms, shares of one, per second. */
export function limitsOf({ sla }: K6Workload): SlaLimit[] {
  return Object.entries(sla).flatMap(([key, { p50, p90, p95, p99, atMost, atLeast, perSecond }]) => {
    const ids = metricIds(key);
    const limit = (id: string, operator: SlaLimit['operator'], value: number | undefined): SlaLimit[] => (value === undefined ? [] : [{ id, labels: { metric: key }, operator, limit: value, severity: 'critical' }]);
    return [
      ...limit(`${ids.trend}.p50`, '<=', p50),
      ...limit(`${ids.trend}.p90`, '<=', p90),
      ...limit(`${ids.trend}.p95`, '<=', p95),
      ...limit(`${ids.trend}.p99`, '<=', p99),
      ...limit(ids.rate, '<=', atMost),
      ...limit(ids.rate, '>=', atLeast),
      ...limit(ids.counter, '>=', perSecond),
    ];
  });
}
