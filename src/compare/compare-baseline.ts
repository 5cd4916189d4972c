import type { RunRecord } from '../record/schema.ts';
import type { MachineBaseline } from './baseline-files.ts';
import type { Calibration } from './calibration-file.ts';
import { judged, type RecordComparison } from './judged.ts';
import type { GateOptions } from './options.ts';

/** What is stored of one scenario. */
export interface StoredScenario {
  baselines: readonly MachineBaseline[];
  calibration: Calibration | null;
}

/**
 * A stored run against the baselines, as the run itself was held against them: the same gate, window, decisions and waivers, as they
 * are now. Its own session is left out. Pure.
 * @param gates the `gate` sections of the scenarios, by name
 */
export function compareWithBaseline(record: RunRecord, stored: ReadonlyMap<string, StoredScenario>, gates: ReadonlyMap<string, GateOptions> = new Map()): RecordComparison {
  const known = record.scenarios.filter(({ name }) => stored.has(name));
  const parts = known.map((scenario) => {
    const { baselines, calibration } = stored.get(scenario.name) ?? { baselines: [], calibration: null };
    const options = gates.get(scenario.name);
    return { scenario, baselines, calibration, ...(options === undefined ? {} : { options }) };
  });
  const { scenarios, noVerdict } = judged(record, record.run.id, parts);
  const missing = record.scenarios.filter((scenario) => !known.includes(scenario)).map(({ name }) => `${name} is not in the baseline`);
  return { scenarios, noVerdict, notes: [...missing, ...scenarios.flatMap(({ notes = [] }) => notes.map(({ sentence }) => sentence))] };
}
