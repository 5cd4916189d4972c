import type { Command } from 'commander';
import type { ExitCode } from '../errors.ts';
import type { CapacityFlags } from './commands/capacity.ts';
import type { ScaleFlags } from './commands/capacity-scale.ts';
import type { PlanFlags } from './commands/capacity-plan.ts';
import { duration, integer, integers, path, rate, shareOption } from './option-values.ts';

/** `bench capacity` with what stands below it. */
export function addCapacity(capacity: Command, done: (code: ExitCode) => void): void {
  withLoadOptions(capacity.helpCommand(false).enablePositionalOptions())
    .option('--from <rate>', 'first rate per second and the lowest (default: the rate of the workload, lower where that fails)', rate)
    .option('--up-to <rate>', 'no rate above it is tried (default: 20000/s)', rate)
    .option('--resolution <share>', 'how close the search goes (default: 5%)', shareOption)
    .option('--trial <duration>', 'no trial is longer than this, whatever the profile says', duration)
    .option('--resume <run>', 'go on with a search that was interrupted: its run id under reports/, or its folder', path)
    .addHelpText(
      'after',
      `
Doubles the rate until a limit of the SLA is not kept, halves the gap, then holds 90 % of what was found for longer.
Results: reports/<run-id>/capacity.{json,html,md}. Exit codes: 0 found, 1 no rate keeps the limits or 90 % were not held,
4 the load generator was the bottleneck, of the search or while 90 % were held, or the time of the profile was over
before one rate was decided or 90 % were held.
`,
    )
    .action(async (scenario: string | undefined, flags: CapacityFlags) => done(await (await import('./commands/capacity.ts')).capacity(scenario, flags)));

  withLoadOptions(capacity.command('scale').argument('[scenario]').exitOverride().description('throughput over concurrency: contention, coherence, the best number of workers'))
    .option('--levels <list>', 'how many at once, at least six (default: 1,2,4,8,16,32 for requests, around the number of cores for jobs and encodes)', integers(1, 1_000))
    .option('--trial <duration>', 'how long requests are sent at a level in a round, in place of what the profile says', duration)
    .option('--rounds <n>', 'rounds; each measures every level once. The law is fitted from three on (default: 3 in quick, else 5)', integer(1, 100))
    .option('--resume <run>', 'go on with a scaling that was interrupted: its run id under reports/, or its folder', path)
    .addHelpText(
      'after',
      `
Requests are sent in a closed loop, jobs and encodes a few for each that are under way at once; encodes with every thread policy.
Results: reports/<run-id>/scaling.{json,html,md}. Exit codes: 0 measured, 4 no round counts.
`,
    )
    .action(async (scenario: string | undefined, flags: ScaleFlags) => done(await (await import('./commands/capacity-scale.ts')).scale(scenario, flags)));

  capacity
    .command('plan <scenario>')
    .exitOverride()
    .description('servers, storage and cost of the deployments in the scenario’s capacity section, from stored runs')
    .option('--from <run...>', 'runs, searches and scalings to plan from (default: the newest of the scenario)')
    .option('--gpu <run>', 'a run of the same scenario on a machine with a GPU')
    .option('--workload <name>', 'the job or encode workload that says what a server makes')
    .option('--deployment <name>', 'only this deployment')
    .option('--no-cost', 'leave prices out')
    .option('--reports <dir>', 'where runs are kept', path, 'reports')
    .option('--out <dir>', 'folder of the plan (default: reports/<run-id>)', path)
    .option('--json', 'the record on stdout and nothing else there')
    .addHelpText(
      'after',
      `
Nothing is measured and nothing guessed: what is not known is asked for, what goes beyond the measured is marked.
Prices come from bench.config.yaml. Results: reports/<run-id>/plan.{json,html,md}.
`,
    )
    .action(async (scenario: string, flags: PlanFlags) => done(await (await import('./commands/capacity-plan.ts')).plan(scenario, flags)));
}

function withLoadOptions(command: Command): Command {
  return command
    .option('--workload <name>', 'which workload, where several could be meant')
    .option('--profile <name>', 'quick (default): minutes; nightly, capacity: longer')
    .option('--target <url>', 'send the load there instead of to the scenario’s target')
    .option('--seed <n>', 'seed of arrivals and data (default: 1)', integer(0, 0xffff_ffff))
    .option('--out <dir>', 'folder of the results (default: reports/<run-id>)', path)
    .option('--json', 'the record on stdout and nothing else there')
    .option('--insecure', 'do not verify TLS certificates')
    .option('--confirm-target <host>', 'confirm that load may go to this host (it must be in bench.config.yaml too); or BENCH_CONFIRM_TARGET');
}
