import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BenchError, EXIT, reasonOf } from '../errors.ts';
import { OWNER_TOKEN } from '../host/guardian.ts';
import { pidNamespace, processEntry } from '../host/proc.ts';

const PREFIX = 'readybench-service-';

/** A new folder for clips, named after this process; those of services that were killed are removed. Throws a BenchError (2). */
export async function clipFolder(): Promise<string> {
  try {
    await sweep();
    return await mkdtemp(join(tmpdir(), `${PREFIX}${OWNER_TOKEN}-`));
  } catch (error) {
    throw new BenchError(EXIT.usage, `clips cannot be kept in ${tmpdir()}: ${reasonOf(error)}`, { hint: 'Make room there, or set TMPDIR to a folder that can be written.', cause: error });
  }
}

async function sweep(): Promise<void> {
  const namespace = pidNamespace();
  for (const name of await readdir(tmpdir())) {
    const [, pid, start, of] = new RegExp(`^${PREFIX}(\\d+)-([1-9]\\d*)-(\\d+)-`).exec(name) ?? [];
    if (pid === undefined || of !== namespace || processEntry(Number(pid))?.start === start) continue;
    // Another user's stays where it is.
    await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined);
  }
}
