import type { RunRecord, ScenarioRecord } from '../record/schema.ts';
import { judged, type RecordComparison } from './judged.ts';
import { asOnlySession } from './only-session.ts';
import type { GateOptions } from './options.ts';
import { differences } from './reference.ts';
import { sessionOf, unfit } from './session.ts';

/**
 * Two runs: `b` against `a`, as if `a` were the one approved session of its machine. On another machine only portable metrics
 * compare; a scenario that measures something else, and one that in `a` is no fair reference, do not compare at all. Pure.
 * @param gates the `gate` sections of the scenarios, by name
 */
export function compareRecords(a: RunRecord, b: RunRecord, gates: ReadonlyMap<string, GateOptions> = new Map()): RecordComparison {
  const notes: string[] = [];
  const unfair: string[] = [];
  if (a.environment.hash !== b.environment.hash) notes.push(`the runs come from two machines, so only what does not depend on the machine is compared: ${differences(b.environment.hard, a.environment.hard)}`);
  notes.push(...toolNotes(a, b), ...(a.control?.findings ?? []).map(({ message }) => `${a.run.id} was measured in a disturbed environment, which may hide what is slower now: ${message}`));
  const parts = b.scenarios.map((scenario) => {
    const before = a.scenarios.find(({ name }) => name === scenario.name);
    const why = before === undefined ? null : unfit(a, before);
    if (before === undefined) notes.push(`${scenario.name} is not in ${a.run.id}`);
    else if (before.sha256 !== scenario.sha256) notes.push(`${scenario.name} measures something else in the two runs (another profile, or changed workloads)`);
    else if (why !== null) unfair.push(`${scenario.name} in ${a.run.id} is no fair reference: ${why}`);
    const options = gates.get(scenario.name);
    return { scenario, baselines: before === undefined || why !== null ? [] : [asOnlySession(sessionOf(a, before))], ...(options === undefined ? {} : { options }) };
  });
  // A run may be compared with itself here: no run id is left out.
  const { scenarios, noVerdict } = judged(b, '', parts);
  return { notes, noVerdict: [...unfair, ...noVerdict], scenarios: scenarios.map((scenario) => withoutBaselines(scenario, whyNot(a, b, scenario))) };
}

function whyNot(a: RunRecord, b: RunRecord, scenario: ScenarioRecord): string {
  const before = a.scenarios.find(({ name }) => name === scenario.name);
  if (before === undefined) return 'the scenario is in one of the runs only';
  if (before.sha256 !== scenario.sha256) return 'the scenario measured something else in the other run';
  const why = unfit(a, before);
  if (why !== null) return `the other run is no fair reference: ${why}`;
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

function toolNotes(a: RunRecord, b: RunRecord): string[] {
  const versions = ({ run: { tools } }: RunRecord): Record<string, string> => ({ readybench: tools.readybench, node: tools.node, ffmpeg: tools.ffmpeg?.version ?? 'none' });
  const [before, after] = [versions(a), versions(b)];
  return Object.keys(after).filter((tool) => before[tool] !== after[tool]).map((tool) => `${tool}: ${before[tool]} then, ${after[tool]} now`);
}
