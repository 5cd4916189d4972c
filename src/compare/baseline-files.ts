import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { BenchError, EXIT, reasonOf } from '../errors.ts';
import { writeAtomic } from '../record/atomic.ts';
import { readJson, wrongFields } from '../record/read.ts';
import { decidedBy, decision, type Decided, type Decision } from './decisions.ts';
import { FOLDER_NAME, session, withReferencesOnly, type Session } from './session.ts';

/**
 * Baselines on disk: `<dir>/<scenario>/<machine hash>/sessions/<run id>.json`, one file a session, and `decisions/<date>-<kind>-….json`,
 * one file for everything a person decided. Files are only ever added, each under a name of its own, so that neither two writers nor
 * a crash can lose one. Only a removal takes sessions away, and leaves a decision that says why.
 */

/** The baselines of one scenario on one machine. */
export interface MachineBaseline {
  scenario: string;
  /** Of the machine's hard fingerprint. */
  hash: string;
  dir: string;
  /** Oldest first. */
  sessions: readonly Session[];
  decided: Decided;
}

const HINT = 'restore the file (git checkout), or delete it, with the decisions on its run where it has any, and approve a run again';

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
  if ((await filesIn(own)).includes('approved.json')) {
    throw new BenchError(EXIT.usage, `${join(own, 'approved.json')} is of an earlier version: approvals are files of their own in decisions/ now`, { hint: 'remove that file and approve the run again' });
  }
  // Decisions first: a session that is approved meanwhile is written before its approval.
  const decisions = await readDecisions(own);
  const decided = decidedBy(decisions.map(({ value }) => value));
  const sessions: Session[] = [];
  for (const name of await jsonFilesIn(join(own, 'sessions'))) {
    if (!decided.removed.has(basename(name, '.json'))) sessions.push(await readSession(join(own, 'sessions', name), { scenario, hash }));
  }
  checkDecisions(decisions, decided, sessions);
  return { scenario, hash, dir: own, sessions, decided };
}

interface DecisionFile {
  file: string;
  value: Decision;
}

/** In the order in which they were made: their names begin with the date. */
async function readDecisions(own: string): Promise<DecisionFile[]> {
  const files: DecisionFile[] = [];
  for (const name of await jsonFilesIn(join(own, 'decisions'))) {
    const file = join(own, 'decisions', name);
    const value = await readJson(file, decision, HINT);
    // Files are taken in the order of their names, so a name must say what the file says.
    if (!name.startsWith(decisionName(value))) throw wrong(file, `date, kind: a file with these is named ${decisionName(value)}….json, because names give the order`);
    files.push({ file, value });
  }
  return files;
}

const decisionName = ({ date, kind }: Decision): string => `${date.replaceAll(/[-:]/g, '')}-${kind}-`;

const wrong = (file: string, problem: string): BenchError => new BenchError(EXIT.usage, `${file} is not what it should be:\n  ${problem}`, { hint: HINT });
const misplaced = (file: string, field: string, value: string, expected: string): BenchError => wrong(file, `${field}: "${value}" does not fit its place, which says "${expected}"`);

/** A decision that still counts must be about a session that is there. */
function checkDecisions(decisions: readonly DecisionFile[], decided: Decided, sessions: readonly Session[]): void {
  const inForce = new Set([...Object.values(decided.approved).flatMap(({ metricsFrom, metrics }) => [...(metricsFrom === null ? [] : [metricsFrom]), ...Object.values(metrics)]), ...Object.values(decided.anchors)].map(({ runId, date }) => `${runId} ${date}`));
  for (const { file, value } of decisions) {
    if ((value.kind !== 'approve' && value.kind !== 'anchor') || !inForce.has(`${value.runId} ${value.date}`)) continue;
    const meant = sessions.find(({ runId, sha256 }) => runId === value.runId && sha256 === value.sha256);
    if (meant === undefined) throw wrong(file, `runId: no session "${value.runId}" of sha256 ${value.sha256.slice(0, 12)}… is stored`);
    if (value.kind === 'anchor' || value.metrics === null) continue;
    const at = value.metrics.findIndex((metric) => !holds(meant, metric));
    if (at >= 0) throw wrong(file, `metrics.${at}: session "${value.runId}" has no "${value.metrics[at]}"`);
  }
}

async function readSession(file: string, place: { scenario: string; hash: string }): Promise<Session> {
  const found = await readJson(file, session, HINT);
  const runId = basename(file, '.json');
  if (found.runId !== runId) throw misplaced(file, 'runId', found.runId, runId);
  if (found.scenario !== place.scenario) throw misplaced(file, 'scenario', found.scenario, place.scenario);
  if (found.machine.hash !== place.hash) throw misplaced(file, 'machine.hash', found.machine.hash, place.hash);
  return found;
}

/** Whether a session has the metric (`workload/metric key`). */
function holds({ workloads }: Session, metric: string): boolean {
  const at = metric.indexOf('/');
  return Object.hasOwn(workloads[metric.slice(0, at)] ?? {}, metric.slice(at + 1));
}

/** Adds a session; one that is there already stays as it is, unless it is to be replaced. */
export async function addSession(dir: string, added: Session, { replace = false }: { replace?: boolean } = {}): Promise<string> {
  const file = sessionFile(dir, added);
  const there = await filesIn(join(machineDir(dir, added.scenario, added.machine.hash), 'sessions'));
  if (replace || !there.includes(basename(file))) await writeSorted(file, session.parse(withReferencesOnly(added)));
  return file;
}

/** Adds a decision under a name that no other has: `20260201T000000.000Z-approve-9f3c21.json`. */
export async function addDecision(dir: string, scenario: string, hash: string, added: Decision): Promise<string> {
  const name = `${decisionName(added)}${randomBytes(3).toString('hex')}.json`;
  const own = machineDir(dir, scenario, hash);
  await filesIn(own);
  const file = join(own, 'decisions', name);
  const { data, error } = decision.safeParse(added);
  if (error !== undefined) throw new BenchError(EXIT.usage, `this can be no decision on ${scenario}:\n  ${wrongFields(error)}`, { hint: 'name a run whose result.json is as bench wrote it' });
  await writeSorted(file, data);
  return file;
}

/** Keys sorted and a figure's rounds on one line, so that a change reads well in a pull request. */
async function writeSorted(file: string, value: unknown): Promise<void> {
  const text = JSON.stringify(sorted(value), null, 2).replaceAll(/\[\s+([^[\]{}"]*?)\s+\]/g, (_, inner: string) => `[${inner.split(/,\s+/).join(', ')}]`);
  try {
    await writeAtomic(file, `${text}\n`);
  } catch (error) {
    throw new BenchError(EXIT.usage, `${file} cannot be written: ${reasonOf(error)}`, { hint: 'name a folder that can be written with --baselines DIR', cause: error });
  }
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

async function jsonFilesIn(dir: string): Promise<string[]> {
  return (await filesIn(dir)).filter((name) => name.endsWith('.json')).sort();
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
