import { dayOf } from '../compare/annotate.ts';
import { keepSessions } from '../compare/baselines.ts';
import { readBaselines, type MachineBaseline } from '../compare/baseline-files.ts';
import { readCalibration, type Calibration } from '../compare/calibration-file.ts';
import { recorded } from '../compare/calibrate.ts';
import { comparePaired } from '../compare/compare-paired.ts';
import { compareStored, type Compared, type ComparedRun } from '../compare/compare-stored.ts';
import { disturbances, underDisturbance } from '../compare/environment.ts';
import { DEFAULT_GATE, type GateOptions } from '../compare/options.ts';
import { withWaivers } from '../compare/waivers.ts';
import { BenchError, reasonOf } from '../errors.ts';
import type { RunRecord, ScenarioRecord } from '../record/schema.ts';
import type { ChosenScenario } from './choose.ts';
import { gateWith } from './gate-options.ts';
import type { RunRequest } from './request.ts';

/** Stored baselines by scenario name. */
type Stored = ReadonlyMap<string, readonly MachineBaseline[]>;

/** What the run will be compared with. What is stored counts in any case: a waiver holds however a run is compared. */
export interface Comparison {
  kind: 'none' | 'paired' | 'history';
  stored: Stored;
  calibrations: ReadonlyMap<string, Calibration>;
}

/** Reads the stored baselines before anything is measured: one that was edited into nonsense is a BenchError (2) then, and costs no run. */
export async function openComparison({ compare, against, baselinesDir }: Pick<RunRequest, 'compare' | 'against' | 'baselinesDir'>, scenarios: readonly ChosenScenario[], machine: string): Promise<Comparison> {
  const stored = new Map<string, readonly MachineBaseline[]>();
  for (const { name } of scenarios) stored.set(name, await readBaselines(baselinesDir, name));
  const calibrations = new Map<string, Calibration>();
  // `bench calibrate` itself compares nothing, and mends a calibration that cannot be read.
  for (const { name, sha256 } of compare || against !== null ? scenarios : []) {
    const found = await readCalibration(baselinesDir, name, machine, sha256);
    if (found !== null) calibrations.set(name, found);
  }
  return { kind: against !== null ? 'paired' : compare ? 'history' : 'none', stored, calibrations };
}

export type { Compared };

/**
 * Holds every metric of the run against what is stored, all scenarios at once (the gate's false-alarm rate is that of the whole
 * run), or both sides of a paired run against each other. Then the environment, waivers and notes. Pure.
 */
export function compareMeasured(comparison: Comparison, all: readonly ScenarioRecord[], chosen: readonly ChosenScenario[], run: ComparedRun): Compared {
  const optionsOf = (name: string): GateOptions => gateOf(chosen.find((scenario) => scenario.name === name));
  const measured = all.map((scenario) => {
    const known = comparison.calibrations.get(scenario.name);
    return known === undefined ? scenario : { ...scenario, calibration: recorded(known) };
  });
  const baselinesOf = (name: string): readonly MachineBaseline[] => comparison.stored.get(name) ?? [];
  if (comparison.kind !== 'history') {
    const judged = comparison.kind === 'paired' ? comparePaired(measured, optionsOf) : measured;
    const disturbed = run.control === null ? [] : disturbances(run.control, []);
    // Neighbours hit both sides of a pair, but not in every round alike: no more than elsewhere may they accuse a service.
    return { scenarios: judged.map((scenario) => underDisturbance(withWaivers(scenario, baselinesOf(scenario.name), run.environment, dayOf(run)), disturbed)), disturbed };
  }
  return compareStored(run, measured.map((scenario) => ({ scenario, baselines: baselinesOf(scenario.name), options: optionsOf(scenario.name), calibration: comparison.calibrations.get(scenario.name) ?? null })));
}

function gateOf(scenario: Pick<ChosenScenario, 'gate' | 'observe'> | undefined): GateOptions {
  return scenario === undefined ? DEFAULT_GATE : gateWith(scenario.gate, scenario.observe);
}

/** Adds the run to the stored sessions where it may join them. Yields what a person should know: the verdict stands whether or not it could be stored. */
export async function storeSessions(baselinesDir: string, record: RunRecord): Promise<string[]> {
  try {
    await keepSessions(baselinesDir, record);
    return [];
  } catch (thrown) {
    const why = thrown instanceof BenchError ? [thrown.message, thrown.hint ?? []].flat().join('; ') : reasonOf(thrown);
    return [`the run could not be added to the baselines in ${baselinesDir}: ${why}`];
  }
}
