import type { Labels } from './schema.ts';

/** One SLA limit as data: `latency.p95 <= 100 ms`. What a workload's `sla` section becomes, and what judge/ decides. */
export interface SlaLimit {
  id: string;
  /** A limit without labels holds for every metric of that id in the workload, one verdict each. */
  labels: Labels;
  operator: '<=' | '>=';
  limit: number;
  severity: 'critical' | 'warning' | 'info';
}
