import type { Labels } from './schema.ts';

/** How much a broken limit matters, worst first: a critical one fails the run, a warning warns, info is shown. `--fail-on` may ask for more. */
export const SEVERITIES = ['critical', 'warning', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** One SLA limit as data: `latency.p95 <= 100 ms`. What a workload's `sla` section becomes, and what judge/ decides. */
export interface SlaLimit {
  id: string;
  /** A limit without labels holds for every metric of that id in the workload, one verdict each. */
  labels: Labels;
  operator: '<=' | '>=';
  limit: number;
  severity: Severity;
}

const NAMED_SEVERITY = new RegExp(`^(.*):(${SEVERITIES.join('|')})$`);

/** `host.cpu:warning` → the limits on `host.cpu` that are warnings; without a severity: all of them. */
export function splitSeverity(reference: string): { what: string; severity: Severity | null } {
  const [, what = reference, word] = NAMED_SEVERITY.exec(reference) ?? [];
  return { what, severity: SEVERITIES.find((each) => each === word) ?? null };
}
