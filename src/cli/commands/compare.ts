import { compareRecords } from '../../compare/compare-records.ts';
import { EXIT, type ExitCode } from '../../errors.ts';
import { findRun } from '../../record/runs.ts';
import { colours } from '../colours.ts';
import { print } from '../deliver.ts';

/** Two stored runs, b against a. 3 where something regressed. */
export async function compare(a: string, b: string, flags: { reports: string; json?: true }): Promise<ExitCode> {
  const [before, after] = [await findRun(flags.reports, a), await findRun(flags.reports, b)];
  const { notes, scenarios } = compareRecords(before.record, after.record);
  if (flags.json === true) {
    const plain = scenarios.map(({ name, workloads }) => ({ name, workloads: workloads.map((workload) => ({ name: workload.name, comparison: workload.comparison })) }));
    await print(process.stdout, `${JSON.stringify({ a: before.record.run.id, b: after.record.run.id, notes, scenarios: plain }, null, 2)}\n`);
  } else {
    const { bold, red, green, dim } = colours(process.stdout);
    const marks: Record<string, (text: string) => string> = { regression: red, improved: green };
    const lines = scenarios.flatMap(({ name, workloads }) => [
      bold(name),
      ...workloads.flatMap((workload) => [`  ${workload.name}`, ...workload.comparison.map(({ verdict, sentence }) => `    ${(marks[verdict] ?? dim)(verdict.padEnd(14))} ${sentence}`)]),
    ]);
    await print(process.stdout, `${[`${after.record.run.id} against ${before.record.run.id}`, ...notes.map((note) => `note: ${note}`), ...lines].join('\n')}\n`);
  }
  const regressed = scenarios.some(({ workloads }) => workloads.some(({ comparison }) => comparison.some(({ verdict }) => verdict === 'regression')));
  return regressed ? EXIT.regression : EXIT.pass;
}
