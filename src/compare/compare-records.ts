import type { RunRecord, ScenarioRecord } from '../record/schema.ts';
import type { MachineBaseline } from './baseline-files.ts';
import { compareRun } from './compare-run.ts';
import { UNDECIDED } from './decisions.ts';
import type { GateOptions } from './options.ts';
import { differences } from './reference.ts';
import { sessionOf, unfit } from './session.ts';

/** What a reader must know before the figures: other machine, other scenario, other tools. */
export interface RecordComparison {
  notes: string[];
  /** The scenarios of `b`, compared with those of `a`. */
  scenarios: ScenarioRecord[];
}

/**
 * Two runs: `b` against `a`, as if `a` were the one approved session of its machine. On another machine only portable metrics
 * compare; a scenario that measures something else does not compare at all. Pure.
 */
export function compareRecords(a: RunRecord, b: RunRecord, gates: ReadonlyMap<string, GateOptions> = new Map()): RecordComparison {
  const notes: string[] = [];
  if (a.environment.hash !== b.environment.hash) notes.push(`the runs come from two machines, so only what does not depend on the machine is compared: ${differences(b.environment.hard, a.environment.hard)}`);
  notes.push(...toolNotes(a, b));
  const parts = b.scenarios.map((scenario) => {
    const before = a.scenarios.find(({ name }) => name === scenario.name);
    if (before === undefined) notes.push(`${scenario.name} is not in ${a.run.id}`);
    else if (before.sha256 !== scenario.sha256) notes.push(`${scenario.name} measures something else in the two runs (another profile, or changed workloads)`);
    else if (unfit(a, before) !== null) notes.push(`${scenario.name} in ${a.run.id} is no fair reference: ${unfit(a, before)}`);
    const options = gates.get(scenario.name);
    return { scenario, baselines: before === undefined ? [] : [asBaseline(a, before)], ...(options === undefined ? {} : { options }) };
  });
  // A run may be compared with itself here: no run id is left out.
  const compared = compareRun({ runId: '', environment: b.environment }, parts);
  return { notes, scenarios: compared.map((scenario) => withoutBaselines(scenario, whyNot(a, b, scenario))) };
}

function whyNot(a: RunRecord, b: RunRecord, scenario: ScenarioRecord): string {
  const before = a.scenarios.find(({ name }) => name === scenario.name);
  if (before === undefined) return 'the scenario is in one of the runs only';
  if (before.sha256 !== scenario.sha256) return 'the scenario measured something else in the other run';
  return a.environment.hash === b.environment.hash ? 'the other run does not have it' : 'figures of another machine do not compare';
}

/** Two records have no baseline between them: what cannot be compared says so. */
function withoutBaselines(scenario: ScenarioRecord, why: string): ScenarioRecord {
  return {
    ...scenario,
    workloads: scenario.workloads.map((workload) => ({
      ...workload,
      comparison: workload.comparison.map((result) => (result.verdict === 'no-baseline' ? { ...result, verdict: 'not-comparable', sentence: why } : result)),
    })),
  };
}

function asBaseline(record: RunRecord, scenario: ScenarioRecord): MachineBaseline {
  const session = sessionOf(record, scenario);
  const metricsFrom = { runId: session.runId, reason: 'compared by hand', date: record.run.startedAt };
  return {
    scenario: scenario.name,
    hash: record.environment.hash,
    dir: '',
    sessions: [session],
    decided: { ...UNDECIDED, approved: { [scenario.sha256]: { metricsFrom, metrics: {} } } },
  };
}

function toolNotes(a: RunRecord, b: RunRecord): string[] {
  const versions = ({ run: { tools } }: RunRecord): Record<string, string> => ({ readybench: tools.readybench, node: tools.node, ffmpeg: tools.ffmpeg?.version ?? 'none' });
  const [before, after] = [versions(a), versions(b)];
  return Object.keys(after).filter((tool) => before[tool] !== after[tool]).map((tool) => `${tool}: ${before[tool]} then, ${after[tool]} now`);
}
