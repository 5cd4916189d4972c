import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BenchError, EXIT, reasonOf } from '../errors.ts';
import { CAPACITY_FILE, capacityRecord, type CapacityRecord } from './capacity.ts';
import { readJson, readRecord } from './read.ts';
import { SCALING_FILE, scalingRecord, type ScalingRecord } from './scaling.ts';
import type { RunRecord } from './schema.ts';
import { RESULT_FILE } from './store.ts';

/** One folder under reports/, by what was measured in it. */
export type Stored = { kind: 'run'; record: RunRecord } | { kind: 'search'; record: CapacityRecord } | { kind: 'scaling'; record: ScalingRecord };

const HINT = 'it must be as bench wrote it';

/** What a folder holds; null where it is no folder of a run, a search or a scaling. Throws a BenchError (2) for a file that cannot be read. */
export async function readStored(dir: string): Promise<Stored | null> {
  const has = async (name: string): Promise<boolean> => stat(join(dir, name)).then((found) => found.isFile(), () => false);
  if (await has(RESULT_FILE)) return { kind: 'run', record: await readRecord(join(dir, RESULT_FILE)) };
  if (await has(CAPACITY_FILE)) return { kind: 'search', record: await readJson(join(dir, CAPACITY_FILE), capacityRecord, HINT) };
  if (await has(SCALING_FILE)) return { kind: 'scaling', record: await readJson(join(dir, SCALING_FILE), scalingRecord, HINT) };
  return null;
}

/** The folder that a person means: a path, or a run id under reports/. Throws a BenchError (2). */
export async function findStored(reportsDir: string, wanted: string): Promise<Stored> {
  for (const dir of [wanted, join(reportsDir, wanted)]) {
    const stored = await readStored(dir);
    if (stored !== null) return stored;
  }
  throw new BenchError(EXIT.usage, `there is no run, search or scaling "${wanted}"`, { hint: `Name the folder, or a run id under ${reportsDir}.` });
}

/** A folder that holds something which cannot be read. */
export interface Unreadable {
  kind: 'unreadable';
  reason: string;
}

/** All of them under reports/, one after the other, for they are large; in no order that means anything. */
export async function* allStored(reportsDir: string): AsyncGenerator<Stored | Unreadable> {
  const entries = await readdir(reportsDir, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const stored = entry.isDirectory() ? await readStored(join(reportsDir, entry.name)).catch((error: unknown): Unreadable => ({ kind: 'unreadable', reason: reasonOf(error) })) : null;
    if (stored !== null) yield stored;
  }
}
