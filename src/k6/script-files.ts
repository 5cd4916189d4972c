import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../paths.ts';
import type { K6Plan } from './plan.ts';

export const SCRIPT = 'scenario.ts';
export const PLAN = 'plan.json';
/** Rows of data, apart from the plan: every virtual user of k6 reads the plan, and all of them share the rows. */
export const ROWS = 'rows.json';

const GENERIC = join(PACKAGE_ROOT, 'k6', 'generic');

/** The files of the generic script, by name. */
export async function scriptNames(): Promise<string[]> {
  return (await readdir(GENERIC)).filter((name) => name.endsWith('.ts')).toSorted();
}

/** Lays the generic script and its plan beside each other; the plan may hold secrets, so nobody else can read it. */
export async function layOut(folder: string, plan: K6Plan): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of await scriptNames()) await copyFile(join(GENERIC, name), join(folder, name));
  const { rows, ...own } = plan;
  await writeFile(join(folder, PLAN), `${JSON.stringify(own)}\n`, { mode: 0o600 });
  await writeFile(join(folder, ROWS), `${JSON.stringify(rows)}\n`, { mode: 0o600 });
}
