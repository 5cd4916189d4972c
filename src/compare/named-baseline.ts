import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { BenchError, EXIT } from '../errors.ts';
import { readBaselines, storedScenarios, type MachineBaseline } from './baseline-files.ts';
import { asOnlySession } from './only-session.ts';
import { FOLDER_NAME } from './session.ts';

/** A baseline as a person names it. */
export interface NamedBaseline {
  label: string;
  /** The folder of all baselines. */
  dir: string;
  /** By name of the scenario. */
  stored: ReadonlyMap<string, readonly MachineBaseline[]>;
}

/**
 * What a person means by a session file (`baselines/api/<machine>/sessions/<run id>.json`), the folder of a scenario, a folder of
 * baselines, or the name of a scenario in `dir`; null where it is none of these. Throws a BenchError (2) where a file is wrong.
 */
export async function findBaseline(named: string, dir: string): Promise<NamedBaseline | null> {
  if (named.endsWith('.json')) return basename(dirname(resolve(named))) === 'sessions' ? oneSession(named) : null;
  if (await isFolder(named)) {
    const found = (await ofScenario(dirname(resolve(named)), basename(resolve(named)), named)) ?? (await ofAll(named));
    if (found === null) throw new BenchError(EXIT.usage, `${named} holds neither a run nor baselines`, { hint: 'name the folder of a run, a folder of baselines, or a scenario in one' });
    return found;
  }
  return ofScenario(dir, named, `the baseline of ${named}`);
}

async function oneSession(file: string): Promise<NamedBaseline> {
  const machine = dirname(dirname(resolve(file)));
  const [dir, scenario, hash, run] = [dirname(dirname(machine)), basename(dirname(machine)), basename(machine), basename(file, '.json')];
  const found = (await readBaselines(dir, scenario)).find((each) => each.hash === hash)?.sessions.find(({ runId }) => runId === run);
  if (found === undefined) throw new BenchError(EXIT.usage, `${file} is no stored session`, { hint: `bench baseline show ${scenario} lists them` });
  return { label: `the session ${run}`, dir, stored: new Map([[scenario, [asOnlySession(found)]]]) };
}

async function ofScenario(dir: string, scenario: string, label: string): Promise<NamedBaseline | null> {
  if (!FOLDER_NAME.test(scenario)) return null;
  const baselines = await readBaselines(dir, scenario);
  return baselines.some(({ sessions }) => sessions.length > 0) ? { label, dir, stored: new Map([[scenario, baselines]]) } : null;
}

async function ofAll(dir: string): Promise<NamedBaseline | null> {
  const stored = new Map<string, readonly MachineBaseline[]>();
  for (const scenario of await storedScenarios(dir)) {
    const found = await ofScenario(dir, scenario, scenario);
    if (found !== null) stored.set(scenario, found.stored.get(scenario) ?? []);
  }
  return stored.size === 0 ? null : { label: dir, dir, stored };
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then((found) => found.isDirectory(), () => false);
}
