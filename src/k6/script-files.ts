import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../paths.ts';
import { makeFolders } from '../record/folder.ts';
import type { K6Plan } from './plan.ts';

export const SCRIPT = 'scenario.ts';
export const PLAN = 'plan.json';
/** Rows of data, apart from the plan: every virtual user of k6 reads the plan, and all of them share the rows. */
export const ROWS = 'rows.json';

const GENERIC = join(PACKAGE_ROOT, 'k6', 'generic');

/** The plan as the two files that the generic script reads, by name. */
export function planTexts({ rows, ...own }: K6Plan): Record<typeof PLAN | typeof ROWS, string> {
  return { [PLAN]: `${JSON.stringify(own)}\n`, [ROWS]: `${JSON.stringify(rows)}\n` };
}

/** The files of the generic script, by name. */
export async function scriptTexts(): Promise<Record<string, string>> {
  const names = (await readdir(GENERIC)).filter((name) => name.endsWith('.ts')).toSorted();
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readFile(join(GENERIC, name), 'utf8')] as const)));
}

/** Lays the generic script and its plan beside each other; the plan may hold secrets, so nobody else can read it. */
export async function layOut(folder: string, plan: K6Plan): Promise<void> {
  await makeFolders(folder);
  for (const [name, text] of Object.entries(await scriptTexts())) await writeFile(join(folder, name), text);
  for (const [name, text] of Object.entries(planTexts(plan))) await writeFile(join(folder, name), text, { mode: 0o600 });
}
