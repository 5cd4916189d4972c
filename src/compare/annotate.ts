import type { RunTools, ScenarioRecord } from '../record/schema.ts';
import type { MachineBaseline } from './baseline-files.ts';
import type { Measurer } from './compare-run.ts';
import { driftSince } from './drift.ts';
import { DEFAULT_GATE, type GateOptions } from './options.ts';
import { changesSince } from './reference.ts';
import { subjectsOf } from './session.ts';
import { withWaivers } from './waivers.ts';

/** The run as far as waivers and notes depend on it. */
export interface Annotated extends Measurer {
  tools: RunTools;
  startedAt: Date;
}

/** The day of a run, in UTC: what a waiver's end is held against. */
export const dayOf = ({ startedAt }: Pick<Annotated, 'startedAt'>): string => startedAt.toISOString().slice(0, 10);

/** A compared scenario with what a person accepted for now, what changed around the figures, and what has drifted. Pure. */
export function annotate(scenario: ScenarioRecord, baselines: readonly MachineBaseline[], run: Annotated, options: GateOptions = DEFAULT_GATE): ScenarioRecord {
  const { runId, environment, tools } = run;
  const now = { runId, environment, scenario };
  const changes = changesSince({ ...now, subjects: subjectsOf(tools) }, baselines);
  const workloads = scenario.workloads.filter(({ validity, status }) => validity.status !== 'invalid' && status !== 'interrupted');
  return {
    ...withWaivers(scenario, baselines, environment, dayOf(run)),
    notes: [...changes.map((sentence) => ({ kind: 'changed' as const, workload: null, metric: null, sentence })), ...driftSince({ ...now, workloads }, baselines, options)],
  };
}
