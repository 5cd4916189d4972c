import type { SlaLimit } from '../record/limits.ts';
import type { Finding, Metric, WorkloadRecord } from '../record/schema.ts';

type Validity = WorkloadRecord['validity'];

/** A workload's validity with more findings (of the environment, of a control): the worst of them decides. */
export function withFindings(validity: Validity, findings: readonly Finding[]): Validity {
  const all = [...validity.findings, ...findings];
  if (validity.status === 'invalid' || all.some(({ severity }) => severity === 'invalid')) return { status: 'invalid', findings: all };
  return { status: all.length > 0 ? 'suspect' : validity.status, findings: all };
}

/** Limits that say how many may fail: where one is critical, its verdict says what there is to say. */
const ON_FAILURES: ReadonlySet<string> = new Set(['success.rate', 'errors.rate', 'timeouts.rate', 'iteration.errors.rate']);

/**
 * A workload's validity, where it matters that something succeeded: of requests, jobs or encodes that all failed there are no figures, so
 * that no limit on a time could be broken. Without a critical limit on failures that makes the measurement invalid.
 */
export function withSuccess({ validity, metrics }: Pick<WorkloadRecord, 'validity' | 'metrics'>, limits: readonly SlaLimit[]): Validity {
  if (validity.status === 'invalid') return validity;
  const told = ({ labels }: Metric): boolean => limits.some((limit) => limit.severity === 'critical' && ON_FAILURES.has(limit.id) && Object.entries(limit.labels).every(([key, value]) => labels[key] === value));
  const failed = metrics.filter((metric) => metric.id === 'success.rate' && metric.n > 0 && metric.value === 0 && !told(metric));
  return withFindings(
    validity,
    failed.map(({ labels, n }) => ({
      severity: 'invalid',
      code: 'nothing-succeeded',
      message: `None of ${n}${Object.keys(labels).length === 0 ? '' : ` (${Object.values(labels).join(', ')})`} succeeded, so there is nothing to hold against limits or baselines.`,
      remedy: 'Look at what came back, and correct the scenario or the target; a limit on failures (errorRate, successRate) turns it into a verdict.',
    })),
  );
}

/** How far a workload came. Nothing at all is never `measured`. */
export function statusOf(measured: Pick<WorkloadRecord, 'metrics' | 'notMeasured'>, interrupted: boolean): WorkloadRecord['status'] {
  if (measured.metrics.length === 0) return interrupted ? 'interrupted' : 'not-measured';
  if (interrupted) return 'interrupted';
  return measured.notMeasured.length > 0 ? 'partly-measured' : 'measured';
}
