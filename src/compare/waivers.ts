import type { Environment, ScenarioRecord, WorkloadRecord } from '../record/schema.ts';
import type { MachineBaseline } from './baseline-files.ts';
import type { Waiver } from './decisions.ts';

/**
 * Marks the regressions and breaches that a person accepts for now; where a waiver is over, the fault counts again and its sentence
 * says so. `on` is the day of the run in UTC, `2026-01-31`. Pure.
 */
export function withWaivers(scenario: ScenarioRecord, baselines: readonly MachineBaseline[], { hash }: Pick<Environment, 'hash'>, on: string): ScenarioRecord {
  const waivers = baselines.filter((baseline) => baseline.hash === hash).flatMap(({ decided }) => decided.waivers).filter(({ sha256 }) => sha256 === scenario.sha256);
  return waivers.length === 0 ? scenario : { ...scenario, workloads: scenario.workloads.map((workload) => waivedIn(workload, waivers, on)) };
}

function waivedIn(workload: WorkloadRecord, waivers: readonly Waiver[], on: string): WorkloadRecord {
  const marked = <Result extends { metric: string; sentence: string }>(result: Result, faulty: boolean): Result => {
    const waiver = faulty ? waivers.find(({ metric }) => metric === `${workload.name}/${result.metric}`) : undefined;
    if (waiver === undefined) return result;
    const { until, reason } = waiver;
    return until < on ? { ...result, sentence: `${result.sentence} (its waiver ended on ${until}: ${reason})` } : { ...result, sentence: `${result.sentence} (waived until ${until}: ${reason})`, waived: { until, reason } };
  };
  return {
    ...workload,
    sla: workload.sla.map((result) => marked(result, result.verdict === 'breach')),
    comparison: workload.comparison.map((result) => marked(result, result.verdict === 'regression')),
  };
}
