import { readCalibration } from '../../compare/calibration-file.ts';
import { compareRecords } from '../../compare/compare-records.ts';
import { compareWithBaseline, type StoredScenario } from '../../compare/compare-baseline.ts';
import type { RecordComparison } from '../../compare/judged.ts';
import { findBaseline, type NamedBaseline } from '../../compare/named-baseline.ts';
import { BenchError, EXIT, type ExitCode } from '../../errors.ts';
import { writtenGates } from '../../pipeline/written-gate.ts';
import { findRun } from '../../record/runs.ts';
import type { RunRecord } from '../../record/schema.ts';
import { colours } from '../colours.ts';
import { print } from '../deliver.ts';

export interface CompareFlags {
  baselines: string;
  reports: string;
  json?: true;
}

type Operand = { kind: 'run'; record: RunRecord } | { kind: 'baseline'; baseline: NamedBaseline };

/** Two stored runs, b against a, or a stored run against a baseline. 3 where something regressed, 4 where a measurement allows no verdict. */
export async function compare(a: string, b: string, flags: CompareFlags): Promise<ExitCode> {
  const [first, second] = [await operand(a, flags), await operand(b, flags)];
  if (first.kind === 'run' && second.kind === 'run') return twoRuns(first.record, second.record, flags);
  if (first.kind === 'run' && second.kind === 'baseline') return againstBaseline(first.record, second.baseline, flags);
  if (first.kind === 'baseline' && second.kind === 'run') return againstBaseline(second.record, first.baseline, flags);
  throw new BenchError(EXIT.usage, `${a} and ${b} are baselines both`, { hint: 'name a run as one of them: its id, its folder, or latest' });
}

function twoRuns(a: RunRecord, b: RunRecord, flags: CompareFlags): Promise<ExitCode> {
  const { gates, notes } = writtenGates(b);
  return tell({ a: a.run.id, b: b.run.id }, notes, compareRecords(a, b, gates), flags);
}

async function againstBaseline(record: RunRecord, baseline: NamedBaseline, flags: CompareFlags): Promise<ExitCode> {
  const { gates, notes } = writtenGates(record);
  return tell({ a: baseline.label, b: record.run.id }, notes, compareWithBaseline(record, await storedFor(record, baseline), gates), flags);
}

async function operand(named: string, { baselines, reports }: CompareFlags): Promise<Operand> {
  try {
    return { kind: 'run', record: (await findRun(reports, named)).record };
  } catch (noRun) {
    const baseline = noRun instanceof BenchError ? await findBaseline(named, baselines) : null;
    if (baseline === null) throw noRun;
    return { kind: 'baseline', baseline };
  }
}

async function storedFor(record: RunRecord, { dir, stored }: NamedBaseline): Promise<Map<string, StoredScenario>> {
  const found = new Map<string, StoredScenario>();
  for (const { name, sha256 } of record.scenarios) {
    const baselines = stored.get(name);
    if (baselines !== undefined) found.set(name, { baselines, calibration: await readCalibration(dir, name, record.environment.hash, sha256) });
  }
  return found;
}

async function tell(names: { a: string; b: string }, notes: readonly string[], comparison: RecordComparison, { json }: CompareFlags): Promise<ExitCode> {
  const { noVerdict, scenarios } = comparison;
  const all = [...notes, ...comparison.notes];
  if (json === true) {
    const plain = scenarios.map(({ name, workloads }) => ({ name, workloads: workloads.map((workload) => ({ name: workload.name, comparison: workload.comparison })) }));
    await print(process.stdout, `${JSON.stringify({ ...names, notes: all, noVerdict, scenarios: plain }, null, 2)}\n`);
  } else {
    const { bold, red, green, dim } = colours(process.stdout);
    const marks: Record<string, (text: string) => string> = { regression: red, improved: green };
    const lines = scenarios.flatMap(({ name, workloads }) => [
      bold(name),
      ...workloads.flatMap((workload) => [`  ${workload.name}`, ...workload.comparison.map(({ verdict, sentence }) => `    ${(marks[verdict] ?? dim)(verdict.padEnd(14))} ${sentence}`)]),
    ]);
    await print(process.stdout, `${[`${names.b} against ${names.a}`, ...noVerdict.map((why) => red(`no verdict: ${why}`)), ...all.map((note) => `note: ${note}`), ...lines].join('\n')}\n`);
  }
  if (noVerdict.length > 0) return EXIT.invalid;
  const regressed = scenarios.some(({ workloads }) => workloads.some(({ comparison: results }) => results.some(({ verdict, waived }) => verdict === 'regression' && waived === undefined)));
  return regressed ? EXIT.regression : EXIT.pass;
}
