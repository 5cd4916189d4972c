import { statusOf, withSuccess } from '../judge/validity.ts';
import { judgeSla } from '../judge/sla.ts';
import { SCHEMA_VERSION, type ControlRecord, type Environment, type RunRecord, type ScenarioRecord, type Verdict, type WorkloadRecord } from '../record/schema.ts';
import type { ReadyScenario } from './preflight.ts';
import type { Lane } from './rounds.ts';

/** What is known of a run before anything is measured. */
export interface RunFacts {
  run: Omit<RunRecord['run'], 'status' | 'endedAt' | 'durationMs'>;
  environment: Environment;
  control: ControlRecord | null;
}

/** How far the run is. */
export interface RunProgress {
  status: RunRecord['run']['status'];
  endedAt: Date | null;
  durationMs: number;
  verdict: Verdict;
  exitCode: number;
}

/** The record of a run as it stands: facts, what each workload has measured, and the verdict so far. */
export function assemble({ run, environment, control }: RunFacts, progress: RunProgress, scenarios: readonly ScenarioRecord[]): RunRecord {
  return {
    schemaVersion: SCHEMA_VERSION,
    run: { ...run, status: progress.status, endedAt: progress.endedAt?.toISOString() ?? null, durationMs: progress.durationMs },
    ...(control === null ? {} : { control }),
    environment,
    verdict: progress.verdict,
    exitCode: progress.exitCode,
    scenarios: [...scenarios],
  };
}

/** A scenario's part of the record: measured and held against its limits, not yet compared. */
export function scenarioRecord({ scenario, target, lanes, host }: ReadyScenario, interrupted: boolean): ScenarioRecord {
  return {
    name: scenario.name,
    file: scenario.file,
    sha256: scenario.sha256,
    target: target?.label ?? null,
    source: scenario.source,
    ...(host === null ? {} : { host: host.record() }),
    workloads: lanes.map((lane): WorkloadRecord => {
      const measured = lane.prepared.measurement();
      const measurement = { ...measured, validity: withSuccess(measured, lane.limits) };
      return {
        name: lane.workload,
        kind: lane.kind,
        status: statusOf(measurement, interrupted),
        ...measurement,
        ...(lane.against === null ? {} : { against: otherSide(lane.against) }),
        ...(lane.confirmation === null ? {} : { confirmation: lane.confirmation }),
        sla: judgeSla(lane.limits, measurement),
        comparison: [],
      };
    }),
  };
}

function otherSide({ label, prepared }: NonNullable<Lane['against']>): NonNullable<WorkloadRecord['against']> {
  const { validity, metrics } = prepared.measurement();
  return { label, validity, metrics };
}
