import { dirname } from 'node:path';
import { EXIT, type ExitCode } from '../../errors.ts';
import { findRun } from '../../record/runs.ts';
import { deliver, reporterNames } from '../deliver.ts';

/** Renders a stored run again; the exit code says whether that worked, not what the run's verdict was. */
export async function report(wanted: string, flags: { reporter: string[]; reports: string }): Promise<ExitCode> {
  const names = reporterNames(flags.reporter);
  const { file, record } = await findRun(flags.reports, wanted);
  await deliver(record, names, dirname(file));
  return EXIT.pass;
}
