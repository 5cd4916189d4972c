import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { BenchError, EXIT, reasonOf } from '../errors.ts';
import { writeAtomic } from '../record/atomic.ts';
import { readJson } from '../record/read.ts';
import { approvals, BASELINE_VERSION, FOLDER_NAME, session, type Approvals, type Session } from './session.ts';

/**
 * Baselines on disk: `<dir>/<scenario>/<machine hash>/sessions/<run id>.json`, one file a session, and `approved.json` beside
 * them. Session files are only ever added, each under a name of its own, so that neither two writers nor a crash can lose one.
 */

/** The baselines of one scenario on one machine. */
export interface MachineBaseline {
  scenario: string;
  /** Of the machine's hard fingerprint. */
  hash: string;
  dir: string;
  /** Oldest first. */
  sessions: readonly Session[];
  approvals: Approvals;
}

const HINT = 'restore the file (git checkout), or remove the baseline with bench baseline remove and approve a run again';

export function machineDir(dir: string, scenario: string, hash: string): string {
  return join(scenarioDir(dir, scenario), hash);
}

function scenarioDir(dir: string, scenario: string): string {
  if (!FOLDER_NAME.test(scenario)) throw new BenchError(EXIT.usage, `"${scenario}" is no name of a scenario`, { hint: 'bench baseline list shows those that have baselines' });
  return join(dir, scenario);
}

export function sessionFile(dir: string, { scenario, machine, runId }: Session): string {
  return join(machineDir(dir, scenario, machine.hash), 'sessions', `${runId}.json`);
}

export function approvalsFile(dir: string, scenario: string, hash: string): string {
  return join(machineDir(dir, scenario, hash), 'approved.json');
}

/** Names of the scenarios that have baselines. */
export function storedScenarios(dir: string): Promise<string[]> {
  return foldersIn(dir);
}

/** The baselines of a scenario on every machine. Throws a BenchError (2) with file and field where a file is wrong. */
export async function readBaselines(dir: string, scenario: string): Promise<MachineBaseline[]> {
  const hashes = await foldersIn(scenarioDir(dir, scenario));
  return Promise.all(hashes.map((hash) => readMachine(dir, scenario, hash)));
}

async function readMachine(dir: string, scenario: string, hash: string): Promise<MachineBaseline> {
  const own = machineDir(dir, scenario, hash);
  const files = (await filesIn(join(own, 'sessions'))).filter((name) => name.endsWith('.json')).sort();
  const sessions: Session[] = [];
  for (const name of files) sessions.push(await readSession(join(own, 'sessions', name), { scenario, hash }));
  const approved = (await filesIn(own)).includes('approved.json') ? await readApprovals(approvalsFile(dir, scenario, hash), sessions) : { version: BASELINE_VERSION, approved: {} } as const;
  return { scenario, hash, dir: own, sessions, approvals: approved };
}

async function readSession(file: string, place: { scenario: string; hash: string }): Promise<Session> {
  const found = await readJson(file, session, HINT);
  const wrong = (field: string, value: string, expected: string): BenchError =>
    new BenchError(EXIT.usage, `${file} is not what it should be:\n  ${field}: "${value}" does not fit its place, which says "${expected}"`, { hint: HINT });
  const runId = basename(file, '.json');
  if (found.runId !== runId) throw wrong('runId', found.runId, runId);
  if (found.scenario !== place.scenario) throw wrong('scenario', found.scenario, place.scenario);
  if (found.machine.hash !== place.hash) throw wrong('machine.hash', found.machine.hash, place.hash);
  return found;
}

async function readApprovals(file: string, sessions: readonly Session[]): Promise<Approvals> {
  const found = await readJson(file, approvals, HINT);
  for (const [sha256, { metricsFrom, metrics }] of Object.entries(found.approved)) {
    const named = [...(metricsFrom === null ? [] : [['metricsFrom', metricsFrom] as const]), ...Object.entries(metrics).map(([key, each]) => [`metrics.${key}`, each] as const)];
    for (const [field, { runId }] of named) {
      if (sessions.some((each) => each.runId === runId && each.sha256 === sha256)) continue;
      throw new BenchError(EXIT.usage, `${file} is not what it should be:\n  approved.${sha256}.${field}.runId: no session "${runId}" of that sha256 is stored`, { hint: HINT });
    }
  }
  return found;
}

/** Adds a session; one that is there already stays as it is. */
export async function addSession(dir: string, added: Session): Promise<string> {
  const file = sessionFile(dir, added);
  const there = await filesIn(join(machineDir(dir, added.scenario, added.machine.hash), 'sessions'));
  if (!there.includes(basename(file))) await writeSorted(file, session.parse(added));
  return file;
}

export async function writeApprovals(dir: string, scenario: string, hash: string, changed: Approvals): Promise<string> {
  const file = approvalsFile(dir, scenario, hash);
  await writeSorted(file, approvals.parse(changed));
  return file;
}

/** Keys sorted and a figure's rounds on one line, so that a change reads well in a pull request. */
function writeSorted(file: string, value: unknown): Promise<void> {
  const text = JSON.stringify(sorted(value), null, 2).replaceAll(/\[\s+([^[\]{}"]*?)\s+\]/g, (_, inner: string) => `[${inner.split(/,\s+/).join(', ')}]`);
  return writeAtomic(file, `${text}\n`);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sorted(inner)]));
}

async function foldersIn(dir: string): Promise<string[]> {
  const entries = await entriesOf(dir);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name).sort();
}

async function filesIn(dir: string): Promise<string[]> {
  const entries = await entriesOf(dir);
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

/** A folder that is not there holds nothing; one that cannot be read is a BenchError (2). */
function entriesOf(dir: string) {
  return readdir(dir, { withFileTypes: true }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    const file = error instanceof Error && 'code' in error && error.code === 'ENOTDIR';
    throw new BenchError(EXIT.usage, file ? `${dir} is not a folder: baselines are kept in one` : `the baselines in ${dir} cannot be read: ${reasonOf(error)}`, {
      hint: 'name a folder with --baselines DIR; one that is not there yet is made by the first run',
      cause: error,
    });
  });
}
