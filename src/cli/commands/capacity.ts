import { readFile, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { BenchError, EXIT, reasonOf, type ExitCode } from '../../errors.ts';
import { findCapacity, type CapacityRequest } from '../../find-capacity.ts';
import { CAPACITY_FILE, capacityRecord, type CapacityRecord } from '../../record/capacity.ts';
import { capacityMarkdown } from '../../report/capacity/markdown.ts';
import { capacityText } from '../../report/capacity/terminal.ts';
import { colours } from '../colours.ts';
import { print } from '../deliver.ts';
import { explain } from '../explain.ts';
import { onInterrupt } from '../interrupt.ts';
import { progressOn } from '../progress.ts';
import { version } from '../version.ts';

export interface CapacityFlags {
  workload?: string;
  from?: number;
  upTo: number;
  resolution: number;
  trial?: number;
  profile: string;
  target?: string;
  seed: number;
  out?: string;
  resume?: string;
  json?: true;
  insecure?: true;
  confirmTarget?: string;
}

/** `bench capacity`: the highest rate that keeps every limit. 0 found, 1 no rate keeps the limits, 4 the generator was the bottleneck. */
export async function capacity(scenario: string | undefined, flags: CapacityFlags): Promise<ExitCode> {
  const resume = flags.resume === undefined ? null : await readCapacity('reports', flags.resume);
  const progress = progressOn(process.stderr);
  const interrupt = onInterrupt((text) => progress.observe({ type: 'note', text }));
  try {
    const { record, dir, failure } = await findCapacity(requestOf(scenario, flags, resume), progress.observe, interrupt);
    progress.end();
    if (failure !== undefined && record.levels.length === 0) return explain(failure);
    const markdown = join(dir, 'capacity.md');
    await writeFile(markdown, capacityMarkdown(record));
    if (flags.json === true) await print(process.stdout, `${JSON.stringify(record, null, 1)}\n`);
    else {
      const { bold, dim } = colours(process.stdout);
      await print(process.stdout, `${capacityText(record, process.stdout.columns || 100, { bold, dim })}\nreport     ${relative(process.cwd(), markdown) || markdown}\n`);
    }
    if (failure !== undefined) return explain(failure);
    const by = interrupt.by();
    if (by !== null) return by === 'SIGINT' ? EXIT.interrupted : EXIT.terminated;
    return exitCodeOf(record);
  } finally {
    progress.end();
    interrupt.release();
  }
}

function exitCodeOf({ outcome, verification }: CapacityRecord): ExitCode {
  if (outcome === null) return EXIT.internal;
  if (outcome.type === 'failed-at-lowest') return EXIT.slaBreach;
  if (outcome.type === 'generator-limited' && outcome.keptPerSecond === null) return EXIT.invalid;
  return verification?.kept === false ? EXIT.slaBreach : EXIT.pass;
}

/** A stored search: its folder, its capacity.json or its run id. Throws a BenchError (2). */
async function readCapacity(reportsDir: string, wanted: string): Promise<CapacityRecord> {
  const candidates = [wanted, join(wanted, CAPACITY_FILE), join(reportsDir, wanted, CAPACITY_FILE)];
  for (const file of candidates) {
    const text = await readFile(file, 'utf8').catch(() => null);
    if (text === null) continue;
    try {
      return capacityRecord.parse(JSON.parse(text));
    } catch (error) {
      throw new BenchError(EXIT.usage, `${file} is no record of a search: ${reasonOf(error)}`, { hint: 'It is written by bench capacity; start a new search without --resume.', cause: error });
    }
  }
  throw new BenchError(EXIT.usage, `there is no search "${wanted}"`, { hint: `Name the run id or the folder with its ${CAPACITY_FILE}.` });
}

function requestOf(scenario: string | undefined, flags: CapacityFlags, resume: CapacityRecord | null): CapacityRequest {
  return {
    scenarios: scenario === undefined ? [] : [scenario],
    workload: flags.workload ?? resume?.workload ?? null,
    fromPerSecond: flags.from ?? resume?.options.fromPerSecond ?? null,
    upToPerSecond: flags.upTo,
    resolution: flags.resolution,
    longestTrialMs: flags.trial ?? null,
    resume,
    profile: flags.profile,
    target: flags.target ?? null,
    tag: null,
    filter: null,
    rounds: null,
    seed: flags.seed,
    out: flags.out === undefined ? null : resolve(flags.out),
    reportsDir: resolve('reports'),
    baselinesDir: resolve('baselines'),
    compare: false,
    against: null,
    control: false,
    failOn: undefined,
    engine: null,
    insecureTls: flags.insecure ?? false,
    confirmTarget: flags.confirmTarget ?? process.env['BENCH_CONFIRM_TARGET'],
    command: ['bench', ...process.argv.slice(2)].map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`)).join(' '),
    version: version(),
    cwd: process.cwd(),
    env: process.env,
  };
}
