import { annotate, type Annotated } from '../compare/annotate.ts';
import { keepSessions } from '../compare/baselines.ts';
import { readBaselines, type MachineBaseline } from '../compare/baseline-files.ts';
import { compareRun } from '../compare/compare-run.ts';
import { DEFAULT_GATE } from '../compare/options.ts';
import { reasonOf } from '../errors.ts';
import type { RunRecord, ScenarioRecord } from '../record/schema.ts';
import type { ChosenScenario } from './choose.ts';

/** What the run will be compared with, by scenario name. */
export type Stored = ReadonlyMap<string, readonly MachineBaseline[]>;

/** Reads the stored baselines before anything is measured: one that was edited into nonsense is a BenchError (2) then, and costs no run. */
export async function readStored(baselinesDir: string, scenarios: readonly ChosenScenario[]): Promise<Stored> {
  const stored = new Map<string, readonly MachineBaseline[]>();
  for (const { name } of scenarios) stored.set(name, await readBaselines(baselinesDir, name));
  return stored;
}

/** Holds every metric of the run against what is stored, all scenarios at once: the gate's false-alarm rate is that of the whole run. Then waivers and notes. Pure. */
export function compareWith(stored: Stored, measured: readonly ScenarioRecord[], chosen: readonly ChosenScenario[], run: Annotated): ScenarioRecord[] {
  const optionsOf = (name: string) => chosen.find((scenario) => scenario.name === name)?.gate ?? DEFAULT_GATE;
  const baselinesOf = (name: string) => stored.get(name) ?? [];
  const compared = compareRun(run, measured.map((scenario) => ({ scenario, baselines: baselinesOf(scenario.name), options: optionsOf(scenario.name) })));
  return compared.map((scenario) => annotate(scenario, baselinesOf(scenario.name), run, optionsOf(scenario.name)));
}

/** Adds the run to the stored sessions where it may join them. Yields what a person should know: the verdict stands whether or not it could be stored. */
export async function storeSessions(baselinesDir: string, record: RunRecord): Promise<string[]> {
  try {
    await keepSessions(baselinesDir, record);
    return [];
  } catch (thrown) {
    return [`the run could not be added to the baselines in ${baselinesDir}: ${reasonOf(thrown)}`];
  }
}
