import { resolve } from 'node:path';
import { EXIT, type ExitCode } from '../../errors.ts';
import type { RunRequest } from '../../pipeline/request.ts';
import { dryRun, run as runPipeline } from '../../run.ts';
import { formatMs } from '../../units.ts';
import { notify } from '../../notify/notify.ts';
import type { ReporterName } from '../../report/reporters.ts';
import { deliver, print, printUnwritten, reportersOf } from '../deliver.ts';
import { explain } from '../explain.ts';
import { onInterrupt } from '../interrupt.ts';
import { progressOn } from '../progress.ts';
import { version } from '../version.ts';

export interface RunFlags {
  profile: string;
  target?: string;
  tag?: string;
  filter?: string;
  rounds?: number;
  seed: number;
  out?: string;
  reporter: string[];
  json?: true;
  baselines: string;
  compare: boolean;
  against?: string;
  control: boolean;
  failOn?: string;
  dryRun?: true;
  insecure?: true;
  confirmTarget?: string;
}

/** `bench run`: measures, judges, compares, reports; the exit code is the verdict. */
export async function run(scenarios: string[], flags: RunFlags): Promise<ExitCode> {
  const names = reportersOf(flags);
  const request = requestOf(scenarios, flags);
  if (flags.dryRun === true) return showPlan(request);
  return runAndReport(request, names);
}

/** A run with its progress on stderr and its reports. */
export async function runAndReport(request: RunRequest, names: readonly ReporterName[]): Promise<ExitCode> {
  const progress = progressOn(process.stderr);
  const interrupt = onInterrupt((text) => progress.observe({ type: 'note', text }));
  let outcome: Awaited<ReturnType<typeof runPipeline>>;
  try {
    outcome = await runPipeline(request, progress.observe, interrupt);
  } catch (thrown) {
    progress.end();
    await printUnwritten(thrown);
    throw thrown;
  } finally {
    progress.end();
    interrupt.release();
  }
  // A run that failed before anything was measured has nothing to sum up: one clear sentence says more.
  const nothingToSay = outcome.failure !== undefined && outcome.record.scenarios.length === 0;
  await deliver(outcome.record, nothingToSay ? names.filter((name) => name !== 'terminal') : names, outcome.dir);
  if (outcome.failure !== undefined) explain(outcome.failure);
  for (const text of await notify(outcome.record, request.env)) await print(process.stderr, `${text}\n`);
  return outcome.exitCode;
}

/** What the flags ask for. */
export function requestOf(scenarios: readonly string[], flags: RunFlags, engine: RunRequest['engine'] = null): RunRequest {
  return {
    scenarios,
    profile: flags.profile,
    target: flags.target ?? null,
    tag: flags.tag ?? null,
    filter: flags.filter ?? null,
    rounds: flags.rounds ?? null,
    seed: flags.seed,
    out: flags.out === undefined ? null : resolve(flags.out),
    reportsDir: resolve('reports'),
    baselinesDir: resolve(flags.baselines),
    compare: flags.compare,
    against: flags.against ?? null,
    control: flags.control,
    failOn: flags.failOn,
    insecureTls: flags.insecure ?? false,
    engine,
    confirmTarget: flags.confirmTarget ?? process.env['BENCH_CONFIRM_TARGET'],
    command: ['bench', ...process.argv.slice(2)].map(quoted).join(' '),
    version: version(),
    cwd: process.cwd(),
    env: process.env,
  };
}

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`);

/** What a run would do. */
export async function showPlan(request: RunRequest): Promise<ExitCode> {
  const { scenarios, estimateMs, freshMs } = await dryRun(request);
  const lines = scenarios.flatMap((scenario) => [
    `${scenario.name}  (${scenario.file}, profile ${request.profile}, ${scenario.rounds} rounds, target ${scenario.target?.baseUrl ?? 'none'})`,
    ...scenario.workloads.map(({ name, bound }) => `  ${name.padEnd(24)} ${bound.kind.padEnd(8)} about ${formatMs(bound.estimateRoundMs)} a round`),
    ...scenario.skipped.map(({ workload, why }) => `  ${workload.padEnd(24)} left out: ${why}`),
  ]);
  await print(process.stdout, `${lines.join('\n')}\nabout ${formatMs(estimateMs)} in all${request.compare && request.against === null ? `; up to ${formatMs(freshMs)} more where something looks worse than its baseline` : ''}\n`);
  return EXIT.pass;
}
