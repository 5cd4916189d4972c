import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { BenchError, EXIT, reasonOf } from '../errors.ts';
import { readLatest } from './latest.ts';
import { readRecord } from './read.ts';
import type { RunRecord } from './schema.ts';
import { RESULT_FILE } from './store.ts';

/** A run that is stored: its record, or why it cannot be read. */
export type StoredRun =
  | { state: 'readable'; id: string; file: string; record: RunRecord }
  | { state: 'unreadable'; id: string; file: string; reason: string };

/** Every run under `reportsDir`, newest first. A record that cannot be read is listed as such. */
export async function listRuns(reportsDir: string): Promise<StoredRun[]> {
  const runs: StoredRun[] = [];
  for await (const run of readRuns(reportsDir, Number.POSITIVE_INFINITY)) runs.push(run);
  return runs.sort((a, b) => (a.id < b.id ? 1 : -1));
}

/** The runs under `reportsDir` one after the other, the newest folders first and at most so many: records are large, and need not be held all at once. */
export async function* readRuns(reportsDir: string, most: number): AsyncGenerator<StoredRun> {
  for (const folder of (await idsUnder(reportsDir)).slice(0, most)) {
    const file = join(reportsDir, folder, RESULT_FILE);
    try {
      const record = await readRecord(file);
      yield { state: 'readable', id: record.run.id, file, record };
    } catch (error) {
      yield { state: 'unreadable', id: folder, file, reason: reasonOf(error) };
    }
  }
}

/**
 * The stored run a person means: `latest`, a run folder, a result.json, a run id or the unique beginning of one.
 * Throws a BenchError (2) that lists what there is.
 */
export async function findRun(reportsDir: string, wanted: string): Promise<{ file: string; record: RunRecord }> {
  if (wanted === 'latest') return latestRun(reportsDir);
  const file = await fileOf(wanted);
  if (file !== null) return { file, record: await readRecord(file) };
  const ids = await idsUnder(reportsDir);
  const matches = ids.includes(wanted) ? [wanted] : ids.filter((id) => id.startsWith(wanted));
  const [first] = matches;
  if (first === undefined || wanted === '') {
    const newest = ids.slice(0, 3).join(', ');
    throw new BenchError(EXIT.usage, `no run "${wanted}" in ${reportsDir}, and no such folder or file`, {
      hint: newest === '' ? 'start one with: bench run' : `the newest are ${newest}; "latest" is the newest complete one`,
    });
  }
  if (matches.length > 1) {
    throw new BenchError(EXIT.usage, `"${wanted}" is the beginning of ${matches.length} runs`, { hint: `write more of it: ${matches.slice(0, 5).join(', ')}` });
  }
  const found = join(reportsDir, first, RESULT_FILE);
  return { file: found, record: await readRecord(found) };
}

async function latestRun(reportsDir: string): Promise<{ file: string; record: RunRecord }> {
  const dir = await readLatest(reportsDir);
  const file = dir === null ? null : await fileOf(dir);
  if (file !== null) return { file, record: await readRecord(file) };
  const newest = (await listRuns(reportsDir)).find((run) => run.state === 'readable' && run.record.run.status === 'complete');
  if (newest?.state === 'readable') return { file: newest.file, record: newest.record };
  throw new BenchError(EXIT.usage, `no complete run in ${reportsDir}`, { hint: 'start one with: bench run' });
}

async function fileOf(path: string): Promise<string | null> {
  if (path === '') return null;
  if (await isFile(path)) return resolve(path);
  const inside = resolve(path, RESULT_FILE);
  return (await isFile(inside)) ? inside : null;
}

/** Newest first. */
async function idsUnder(reportsDir: string): Promise<string[]> {
  const entries = await readdir(reportsDir, { withFileTypes: true }).catch(() => []);
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => basename(entry.name));
  const ids: string[] = [];
  for (const folder of folders) if (await isFile(join(reportsDir, folder, RESULT_FILE))) ids.push(folder);
  return ids.sort().reverse();
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then((found) => found.isFile(), () => false);
}
