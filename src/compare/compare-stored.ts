import type { ControlRecord, Finding, ScenarioRecord } from '../record/schema.ts';
import { annotate, type Annotated } from './annotate.ts';
import { compareRun, type ToCompare } from './compare-run.ts';
import { disturbances, storedControl, underDisturbance } from './environment.ts';

/** What the gate needs to know of a run beside its figures. */
export interface ComparedRun extends Annotated {
  control: Omit<ControlRecord, 'findings'> | null;
}

/** Compared scenarios, and what disturbed the environment while they were measured. */
export interface Compared {
  scenarios: ScenarioRecord[];
  disturbed: Finding[];
}

/** A run against stored sessions: the gate over all its metrics at once, waivers and notes, and what the control says of the environment. Pure. */
export function compareStored(run: ComparedRun, parts: readonly ToCompare[]): Compared {
  const { runId, environment, control } = run;
  const before = parts.flatMap(({ scenario, baselines }) => storedControl({ runId, environment, scenario }, baselines));
  const disturbed = control === null ? [] : disturbances(control, before);
  const scenarios = compareRun(run, parts).map((scenario, index) => underDisturbance(annotate(scenario, parts[index]?.baselines ?? [], run, parts[index]?.options), disturbed));
  return { scenarios, disturbed };
}
