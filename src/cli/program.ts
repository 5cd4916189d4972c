import { Command, CommanderError, Option } from 'commander';
import { BenchError, EXIT, type ExitCode } from '../errors.ts';
import { explain } from './explain.ts';
import type { ApproveFlags } from './commands/baseline.ts';
import type { CompareFlags } from './commands/compare.ts';
import type { HistoryFlags } from './commands/history.ts';
import type { MergeFlags } from './commands/k6.ts';
import type { RunFlags } from './commands/run.ts';
import { addCapacity } from './capacity-commands.ts';
import { addK6Export } from './k6-export-command.ts';
import { integer, list, path } from './option-values.ts';
import { version } from './version.ts';

const EXAMPLES = `
Examples:
  bench run                               the default scenarios against the embedded video service
  bench init my-api --url http://127.0.0.1:8080 --path /health
                                          a scenario for your own API, ready to run
  bench run scenarios/my-api.yaml         measure, judge, compare, report
  bench baseline approve --reason "v2.1"  from now on, runs that are slower than this one fail
  bench doctor                            what this machine can run, and what is missing

Exit codes:
  0 pass   1 SLA breach   2 usage or scenario error   3 regression   4 invalid run
  5 target unreachable   6 tool missing   70 internal error   130/143 interrupted
`;

/** Parses the arguments and runs one command. Resolves to the exit code; prints every error. */
export async function main(args: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = EXIT.pass;
  const program = build((result) => {
    code = result;
  });
  try {
    // Taken everywhere, also behind a command; cli/colours.ts looks at it.
    await program.parseAsync(args.filter((arg) => arg !== '--no-color'), { from: 'user' });
    return code;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.pass : EXIT.usage;
    return explain(thrown);
  }
}

function build(done: (code: ExitCode) => void): Command {
  const program = new Command('bench')
    .description('Benchmark and load testing for video services: is it still ready?\nScenario files → load, encodes → SLA → baselines → verdict, exit code and reports.')
    .version(version(), '-V, --version', 'print the version')
    .helpCommand(false)
    .option('--no-color', 'no colours (NO_COLOR and FORCE_COLOR are respected too)')
    .showHelpAfterError('(bench --help shows what there is)')
    .showSuggestionAfterError()
    // An option behind a command is that command's, also where one of the same name stands above it.
    .enablePositionalOptions()
    .exitOverride()
    .hook('preAction', requireFolder)
    .addHelpText('after', EXAMPLES);

  const command = (usage: string, description: string): Command => program.command(usage).description(description).exitOverride();

  withRunOptions(command('run [scenario...]', 'measure, judge, compare and report')).action(async (scenarios: string[], flags: RunFlags) =>
    done(await (await import('./commands/run.ts')).run(scenarios, flags)),
  );

  command('calibrate [scenario...]', 'rounds in which nothing changes, on this machine: noise, smallest change seen, rounds needed')
    .option('--profile <name>', 'as for run', 'quick')
    .option('--target <url>', 'as for run')
    .option('--tag <tag>', 'only scenarios with this tag')
    .option('--filter <text>', 'only workloads whose name contains this')
    .option('--rounds <n>', 'rounds to measure', integer(6, 1_000), 12)
    .option('--seed <n>', 'seed of arrivals and data', integer(0, 0xffff_ffff), 1)
    .option('--baselines <dir>', 'where baselines are kept; the calibration is written there', path, 'baselines')
    .option('--insecure', 'do not verify TLS certificates')
    .option('--confirm-target <host>', 'confirm that load may go to this host')
    .action(async (scenarios: string[], flags: Omit<RunFlags, 'reporter' | 'compare' | 'control'>) => done(await (await import('./commands/calibrate.ts')).calibrate(scenarios, { ...flags, reporter: [], compare: false, control: true })));

  command('list [scenario...]', 'the scenarios there are, their workloads and profiles')
    .option('--tag <tag>', 'only those with this tag')
    .option('--json', 'as JSON')
    .action(async (scenarios: string[], flags: { tag?: string; json?: true }) => done(await (await import('./commands/list.ts')).list(scenarios, flags)));

  command('validate [scenario...]', 'check scenario files: every mistake at file:line:col')
    .option('--json', 'the problems as JSON')
    .action(async (scenarios: string[], flags: { json?: true }) => done(await (await import('./commands/list.ts')).validate(scenarios, flags)));

  command('init [name]', 'write a scenario for your own API')
    .option('--url <url>', 'where the service listens', 'http://127.0.0.1:8080')
    .option('--path <path>', 'a path that answers a GET request', '/health')
    .option('--dir <dir>', 'where to write it', path, 'scenarios')
    .action(async (name: string | undefined, flags: { url: string; path: string; dir: string }) => done(await (await import('./commands/init.ts')).init(name, flags)));

  command('doctor', 'what this machine can run, and what is missing')
    .option('--json', 'as JSON')
    .action(async (flags: { json?: true }) => done(await (await import('./commands/doctor.ts')).doctor(flags)));

  const baseline = command('baseline', 'the stored baselines, and the only way they change by hand').helpCommand(false);
  const baselines = new Option('--baselines <dir>', 'where baselines are kept').argParser(path).default('baselines');
  const metricOption = new Option('--metric <metric>', 'only this metric, as reports write it: latency.p95, health/latency.p95');
  baseline
    .command('list')
    .description('scenarios and machines with stored sessions, and what is approved')
    .addOption(baselines)
    .action(async (flags: { baselines: string }) => done(await (await import('./commands/baseline.ts')).list(flags)));
  baseline
    .command('show <scenario>')
    .description('the sessions and reference values of one scenario on this machine')
    .addOption(baselines)
    .action(async (scenario: string, flags: { baselines: string }) => done(await (await import('./commands/baseline.ts')).show(scenario, flags)));
  baseline
    .command('approve')
    .description('take a run as the reference from now on; with --until, accept what is wrong with a metric for a while')
    .option('--run <id|folder>', 'which run', 'latest')
    .addOption(metricOption)
    .option('--until <date>', 'with --metric: its regressions and breaches fail nothing up to this day (2026-12-31)')
    .option('--anchor', 'pin it as the release anchor: later runs warn when they have drifted from it')
    .requiredOption('--reason <text>', 'why, for whoever reads the baseline later')
    .addOption(baselines)
    .option('--reports <dir>', 'where runs are kept', path, 'reports')
    .action(async (flags: ApproveFlags) => done(await (await import('./commands/baseline.ts')).approve(flags)));
  baseline
    .command('remove <scenario>')
    .description('forget one session, or everything stored of a scenario')
    .option('--run <id>', 'only the session of this run')
    .option('--machine <hash>', 'only on this machine (the beginning of its hash)')
    .requiredOption('--reason <text>', 'why these figures are not to count; kept beside what stays')
    .addOption(baselines)
    .action(async (scenario: string, flags: { run?: string; machine?: string; reason: string; baselines: string }) => done(await (await import('./commands/baseline.ts')).remove(scenario, flags)));

  command('compare <a> <b>', 'two run records (id, folder or result.json): b against a; or a run record and a baseline (folder, scenario or session file)')
    .addOption(baselines)
    .option('--reports <dir>', 'where runs are kept', path, 'reports')
    .option('--json', 'as JSON')
    .action(async (a: string, b: string, flags: CompareFlags) => done(await (await import('./commands/compare.ts')).compare(a, b, flags)));

  command('report [run]', 'render a stored run again (default: the newest complete one)')
    .addOption(reporterOption())
    .option('--reports <dir>', 'where runs are kept', path, 'reports')
    .action(async (run: string | undefined, flags: { reporter: string[]; reports: string }) => done(await (await import('./commands/report.ts')).report(run ?? 'latest', flags)));

  command('history [metric]', 'the trend of a metric over stored runs, with its change points')
    .option('--scenario <name>', 'only this scenario')
    .option('--machine <hash>', 'another machine’s runs (the beginning of its hash)')
    .option('--last <n>', 'the newest n runs', integer(1, 500), 100)
    .option('--html <file>', 'write a page with drawings as well', path)
    .option('--json', 'as JSON')
    .addOption(baselines)
    .option('--reports <dir>', 'where runs are kept', path, 'reports')
    .action(async (metric: string | undefined, flags: HistoryFlags) => done(await (await import('./commands/history.ts')).history(metric, flags)));

  addCapacity(command('capacity [scenario]', 'the highest rate that keeps every limit of a workload; scalability; servers and cost'), done);

  command('schema <scenario|result>', 'print the JSON Schema of scenario files or of run records')
    .action(async (which: string) => done(await (await import('./commands/schema.ts')).schema(which)));

  const k6 = command('k6', 'the same scenarios with k6 as the generator, on this machine or on a cluster').helpCommand(false);
  withRunOptions(k6.command('run [scenario...]').exitOverride().description('as bench run, the load sent by k6 in one or more processes'))
    .option('--segments <n>', 'k6 processes that share the load', integer(1, 64), 1)
    .action(async (scenarios: string[], flags: RunFlags & { segments: number }) => done(await (await import('./commands/k6.ts')).runOnK6(scenarios, flags)));

  k6.command('merge [file...]')
    .exitOverride()
    .description('the points of all segments (k6 --out json), or their histograms in Prometheus, as one run, judged')
    .option('--plan <folder>', 'the folder that bench k6 export wrote', path, '.')
    .option('--prometheus <url>', 'read what the pods sent there (base URL; BENCH_PROMETHEUS_TOKEN for a token)')
    .option('--since <duration>', 'how far back the test is looked for in Prometheus', '24h')
    .option('--out <dir>', 'this run’s folder (default: reports/<run-id>)', path)
    .addOption(reporterOption())
    .option('--json', 'the record on stdout and nothing else there: --reporter with json in place of terminal')
    .addOption(baselines)
    .option('--no-compare', 'judge the SLA only; store nothing as a baseline')
    .option('--fail-on <what>', 'what fails the run: sla (= critical), warning, info, regression, invalid, no-baseline (comma-separated; default: sla,regression,invalid; invalid written out means undecided limits too)')
    .action(async (files: string[], flags: MergeFlags) => done(await (await import('./commands/k6.ts')).merge(files, flags)));
  addK6Export(k6, done);

  command('service', 'start the embedded video service by itself (Ctrl-C ends it)')
    .option('--port <port>', 'where to listen; 0 takes a free one', integer(0, 65_535), 8080)
    .option('--concurrency <n>', 'encodes at once', integer(1, 64), 2)
    .option('--proxied', 'behind a front process of its own', false)
    .action(async (flags: { port: number; concurrency: number; proxied: boolean }) => done(await (await import('./commands/service.ts')).service(flags)));

  return program;
}

/** Everything is found and written relative to the folder that bench runs in. Throws a BenchError (2) where somebody removed it. */
function requireFolder(): void {
  try {
    process.cwd();
  } catch (error) {
    throw new BenchError(EXIT.usage, 'the folder that bench was started in is gone', { hint: 'cd somewhere else, and start it there', cause: error });
  }
}

function withRunOptions(command: Command): Command {
  return command
    .option('--profile <name>', 'how thorough: smoke, quick, nightly, capacity, or one that the scenario defines', 'quick')
    .option('--target <url>', 'send the load there instead of to the scenario’s target')
    .option('--tag <tag>', 'only scenarios with this tag')
    .option('--filter <text>', 'only workloads whose name contains this')
    .option('--rounds <n>', 'rounds, the replicates of the comparison', integer(1, 1_000))
    .option('--seed <n>', 'seed of arrivals and data', integer(0, 0xffff_ffff), 1)
    .option('--out <dir>', 'this run’s folder (default: reports/<run-id>)', path)
    .addOption(reporterOption())
    .option('--json', 'the record on stdout and nothing else there: --reporter with json in place of terminal')
    .option('--baselines <dir>', 'where baselines are kept', path, 'baselines')
    .option('--against <what>', 'paired A/B in this session, the strongest verdict: a URL, ffmpeg=<path>, or service=<git ref or command>')
    .option('--no-control', 'leave the control workload out: nobody says then whether the machine was disturbed')
    .option('--no-compare', 'judge the SLA only; store nothing as a baseline')
    .option('--fail-on <what>', 'what fails the run: sla (= critical), warning, info, regression, invalid, no-baseline (comma-separated; default: sla,regression,invalid; invalid written out means undecided limits too)')
    .option('--dry-run', 'show what would run and for how long')
    .option('--insecure', 'do not verify TLS certificates (noted in every report)')
    .option('--confirm-target <host>', 'confirm that load may go to this host (it must be in bench.config.yaml too); or BENCH_CONFIRM_TARGET')
    .addHelpText(
      'after',
      `
A scenario is a file, a folder or a name; without one, all that are tagged "default" run.
Results: reports/<run-id>/{result.json,report.md,report.html,readiness.md,readiness.html}; reports/latest is the newest complete run.
`,
    );
}

function reporterOption(): Option {
  return new Option('--reporter <names>', 'terminal, markdown, html, readiness, json, junit, openmetrics, github (comma-separated)').argParser(list).default(['terminal', 'markdown', 'html', 'readiness'], 'terminal,markdown,html,readiness');
}
