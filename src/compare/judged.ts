import type { RunRecord, ScenarioRecord } from '../record/schema.ts';
import type { ToCompare } from './compare-run.ts';
import { compareStored } from './compare-stored.ts';
import { unfit } from './session.ts';

/** A stored run held against something by hand. */
export interface RecordComparison {
  /** What a reader must know before the figures: another machine, another scenario, other tools, a disturbed environment. */
  notes: string[];
  /** Why there is no verdict, neither that it got slower nor that it did not; empty where there is one. */
  noVerdict: string[];
  /** The scenarios, with `comparison` filled. */
  scenarios: ScenarioRecord[];
}

/**
 * The scenarios of a stored run against sessions, as a run is held against its own: the gate over all metrics at once, waivers,
 * and what the control says of the environment. `runId` is the run whose session is left out; empty for none. Pure.
 */
export function judged(record: RunRecord, runId: string, parts: readonly ToCompare[]): Pick<RecordComparison, 'noVerdict' | 'scenarios'> {
  const { environment, control = null, run } = record;
  const { scenarios } = compareStored({ runId, environment, tools: run.tools, startedAt: new Date(run.startedAt), control }, parts);
  return { scenarios, noVerdict: scenarios.flatMap((scenario) => unusable(record, scenario)) };
}

/** Why a scenario of a run decides nothing: it was not measured to the end, or not validly. */
function unusable(record: RunRecord, scenario: ScenarioRecord): string[] {
  const why = unfit(record, scenario);
  const findings = scenario.workloads.flatMap(({ validity }) => validity.findings.filter(({ severity }) => severity === 'invalid').map(({ message }) => message));
  return why === null ? [] : [`${scenario.name} in ${record.run.id}: ${[why, ...new Set(findings)].join('; ')}`];
}
