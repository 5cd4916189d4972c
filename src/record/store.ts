import { mkdir, readFile, rename, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { BenchError, EXIT, reasonOf } from '../errors.ts';
import { writeAtomic } from './atomic.ts';
import { cannotMake, isCode, makeFolder } from './folder.ts';
import { pointLatest } from './latest.ts';
import { newRunId } from './run-id.ts';
import type { RunRecord } from './schema.ts';

export const RESULT_FILE = 'result.json';

/** The record could not be written (full disk, no rights). `json` is the whole record, so that the caller can print it instead. */
export class RecordNotWritten extends BenchError {
  readonly json: string;

  constructor(file: string, json: string, cause: unknown, next = 'free some space or choose another folder with --out') {
    super(EXIT.internal, `the record could not be written to ${file}: ${reasonOf(cause)}`, {
      hint: `the record follows on standard output; ${next}`,
      cause,
    });
    this.name = 'RecordNotWritten';
    this.json = json;
  }
}

/**
 * Replaces a record after every step of what is measured; whatever ends it, `resume` goes on from the last state that was written.
 * Throws RecordNotWritten.
 */
export function recordWriter(dir: string, name: string, resume: string): (record: object) => Promise<void> {
  const file = join(dir, name);
  let written = false;
  return async (record) => {
    const json = `${JSON.stringify(record, null, 1)}\n`;
    try {
      await writeAtomic(file, json);
    } catch (error) {
      throw new RecordNotWritten(file, json, error, written ? `what was measured before it is kept there: free some space, then go on with ${resume} --resume ${dir}` : undefined);
    }
    written = true;
  };
}

/** One run's folder while the run lasts. */
export interface RunFolder {
  id: string;
  dir: string;
  /** Replaces result.json. Call after every step: whatever ends the process, the last state written stays readable. Throws RecordNotWritten. */
  write(record: RunRecord): Promise<void>;
  /** Points reports/latest here; for complete runs, after the last write. Yields a sentence where that failed, else null. */
  publish(): Promise<string | null>;
}

export interface RunFolderOptions {
  /** Where runs are kept and `latest` lies. */
  reportsDir: string;
  /** This run's folder; null for `<reportsDir>/<run id>`. */
  out: string | null;
  /** Takes the secrets out of a record; see redact.ts. */
  redact: (record: RunRecord) => RunRecord;
  now?: Date;
}

/** Makes the run's folder and its id. A result.json already in `out` is kept as result.<its run id>.json. */
export async function openRunFolder(options: RunFolderOptions): Promise<RunFolder> {
  const { id, dir } = options.out === null ? await newFolder(options.reportsDir, options.now) : await givenFolder(options.out, options.now);
  const file = join(dir, RESULT_FILE);
  let previous: Promise<void> = Promise.resolve();
  return {
    id,
    dir,
    write(record) {
      const json = `${JSON.stringify(options.redact(record), null, 1)}\n`;
      // One after the other: a later state must never be overtaken by an earlier one.
      const done = previous.then(() => writeAtomic(file, json)).catch((error: unknown) => { throw new RecordNotWritten(file, json, error); });
      previous = done.catch(() => undefined);
      return done;
    },
    publish: () => pointLatest(options.reportsDir, dir),
  };
}

async function newFolder(reportsDir: string, now: Date | undefined): Promise<{ id: string; dir: string }> {
  const wanted = resolve(reportsDir);
  await makeFolder(wanted);
  for (;;) {
    const id = newRunId(now);
    const dir = join(wanted, id);
    try {
      await mkdir(dir);
      return { id, dir };
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw cannotMake(dir, error);
    }
  }
}

async function givenFolder(out: string, now: Date | undefined): Promise<{ id: string; dir: string }> {
  const dir = resolve(out);
  await makeFolder(dir);
  await keepEarlierResult(dir);
  return { id: newRunId(now), dir };
}

async function keepEarlierResult(dir: string): Promise<void> {
  const file = join(dir, RESULT_FILE);
  if (!(await exists(file))) return;
  const id = await earlierId(file);
  for (let copy = 1; ; copy += 1) {
    const kept = join(dir, `result.${id}${copy === 1 ? '' : `-${copy}`}.json`);
    if (await exists(kept)) continue;
    await rename(file, kept);
    return;
  }
}

/** The run id inside an earlier result; one that cannot be read is named by its date. */
async function earlierId(file: string): Promise<string> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof value === 'object' && value !== null && 'run' in value && typeof value.run === 'object' && value.run !== null && 'id' in value.run) {
      const { id } = value.run;
      if (typeof id === 'string' && /^[\w.-]{1,100}$/.test(id)) return id;
    }
  } catch {
    // Not a record of ours: kept all the same.
  }
  return `unreadable-${(await stat(file)).mtime.toISOString().replaceAll(/[-:]/g, '')}`;
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(() => true, () => false);
}
