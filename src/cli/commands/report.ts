import { dirname } from 'node:path';
import { EXIT, type ExitCode } from '../../errors.ts';
import { findRun } from '../../record/runs.ts';
import { deliver, print, reporterNames } from '../deliver.ts';

/** Renders a stored run again; the exit code says whether that worked, not what the run's verdict was. */
export async function report(wanted: string, flags: { reporter: string[]; reports: string }): Promise<ExitCode> {
  const names = reporterNames(flags.reporter);
  const { file, record } = await findRun(flags.reports, wanted);
  const files = await deliver(record, names, dirname(file));
  // The terminal's report names them itself.
  if (!names.includes('terminal')) for (const each of files) await print(process.stderr, `wrote ${each}\n`);
  return EXIT.pass;
}
