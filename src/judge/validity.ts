import type { Finding, WorkloadRecord } from '../record/schema.ts';

type Validity = WorkloadRecord['validity'];

/** A workload's validity with more findings (of the environment, of a control): the worst of them decides. */
export function withFindings(validity: Validity, findings: readonly Finding[]): Validity {
  const all = [...validity.findings, ...findings];
  if (validity.status === 'invalid' || all.some(({ severity }) => severity === 'invalid')) return { status: 'invalid', findings: all };
  return { status: all.length > 0 ? 'suspect' : validity.status, findings: all };
}

/** How far a workload came. Nothing at all is never `measured`. */
export function statusOf(measured: Pick<WorkloadRecord, 'metrics' | 'notMeasured'>, interrupted: boolean): WorkloadRecord['status'] {
  if (measured.metrics.length === 0) return interrupted ? 'interrupted' : 'not-measured';
  if (interrupted) return 'interrupted';
  return measured.notMeasured.length > 0 ? 'partly-measured' : 'measured';
}
