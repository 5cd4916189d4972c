import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BenchError, EXIT, type ExitCode } from '../../errors.ts';
import { CAPACITY_FILE } from '../../record/capacity.ts';
import { PLAN_FILE } from '../../record/plan.ts';
import { findRun } from '../../record/runs.ts';
import { SCALING_FILE } from '../../record/scaling.ts';
import { deliver, print, reporterNames } from '../deliver.ts';

/** Renders a stored run again; the exit code says whether that worked, not what the run's verdict was. */
export async function report(wanted: string, flags: { reporter: string[]; reports: string }): Promise<ExitCode> {
  const names = reporterNames(flags.reporter);
  const { file, record } = await findRun(flags.reports, wanted).catch(async (error: unknown): Promise<never> => {
    throw (await noRunBut([wanted, join(flags.reports, wanted)])) ?? error;
  });
  const files = await deliver(record, names, dirname(file));
  // The terminal's report names them itself.
  if (!names.includes('terminal')) for (const each of files) await print(process.stderr, `wrote ${each}\n`);
  return EXIT.pass;
}

const OTHERS = [[CAPACITY_FILE, 'a search for the highest rate'], [SCALING_FILE, 'a scaling'], [PLAN_FILE, 'a plan']] as const;

/** What to say of a folder that holds what `bench capacity` wrote; null where none does. */
async function noRunBut(dirs: readonly string[]): Promise<BenchError | null> {
  const isFile = (path: string): Promise<boolean> => stat(path).then((found) => found.isFile(), () => false);
  for (const dir of dirs) {
    for (const [file, what] of OTHERS) {
      if (!(await isFile(join(dir, file)))) continue;
      const stem = join(dir, file.replace(/\.json$/, ''));
      const hint = (await isFile(`${stem}.html`)) ? `Its report is there already: ${stem}.html and ${stem}.md.` : `Its record is ${stem}.json.`;
      return new BenchError(EXIT.usage, `${dir} holds ${what}, and no run that could be rendered again`, { hint });
    }
  }
  return null;
}
