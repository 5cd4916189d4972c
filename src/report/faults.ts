import type { Reason, RunRecord } from '../record/schema.ts';

/** What fails a run, for reports that machines read: they must say the same as the exit code. */

/** Whether the verdict counts this against the run. What `--fail-on` leaves out, or a waiver, is no failure. */
export function fails({ verdict }: RunRecord, fault: Pick<Reason, 'kind' | 'scenario' | 'workload' | 'metric'>): boolean {
  return verdict.reasons.some(({ kind, scenario, workload, metric }) => kind === fault.kind && scenario === fault.scenario && workload === fault.workload && metric === fault.metric);
}

/** The reasons that are not about one workload: the run could not start, was interrupted, has no baseline. */
export function reasonsOfTheRun({ verdict, scenarios }: RunRecord): Reason[] {
  const places = new Set(scenarios.flatMap(({ name, workloads }) => workloads.map((workload) => JSON.stringify([name, workload.name]))));
  return verdict.reasons.filter(({ scenario, workload }) => !places.has(JSON.stringify([scenario, workload])));
}

/** A kind of reason as a title. */
export const FAULT_TITLES: Readonly<Record<Reason['kind'], string>> = {
  internal: 'internal error',
  usage: 'wrong scenario or command',
  'tool-missing': 'tool missing',
  unreachable: 'target unreachable',
  invalid: 'invalid run',
  sla: 'SLA breach',
  regression: 'regression',
  'no-baseline': 'no baseline',
  'not-measured': 'not measured',
  interrupted: 'interrupted',
};
