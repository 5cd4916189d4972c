import type { Observer } from './pipeline/events.ts';
import type { ExitCode } from './errors.ts';
import { fingerprint } from './host/fingerprint.ts';
import { createToolResolver } from './host/tools.ts';
import { parseFailOn } from './judge/policy.ts';
import { judgeRun } from './judge/verdict.ts';
import { chooseWorkloads, estimateMs, roundsOf, type ChosenScenario } from './pipeline/choose.ts';
import { confirming } from './pipeline/confirmation.ts';
import { compareMeasured, openComparison, storeSessions, type Compared } from './pipeline/comparison.ts';
import { ControlLog, controlRecord } from './pipeline/control.ts';
import { caught, failureReason } from './pipeline/failure.ts';
import { gitState } from './pipeline/git.ts';
import { Ledger } from './pipeline/ledger.ts';
import { readPlan } from './pipeline/plan.ts';
import { preflight } from './pipeline/preflight.ts';
import type { Interrupt } from './pipeline/interrupt.ts';
import type { RunRequest } from './pipeline/request.ts';
import { estimateOf, freshRoundsOf, measureFreshRounds, measureRounds } from './pipeline/rounds.ts';
import { withReadiness } from './pipeline/readiness.ts';
import { Releases, temporaryFolder } from './pipeline/workspace.ts';
import { checkFolder } from './record/folder.ts';
import type { RunRecord, ScenarioRecord } from './record/schema.ts';

export interface RunOutcome {
  record: RunRecord;
  /** The run's folder. */
  dir: string;
  exitCode: ExitCode;
  /** What ended the run before it was complete, for the terminal; the record names it too. */
  failure: unknown;
}

/**
 * One run, from what was asked for to the verdict. The record is written before the first measurement and after every one:
 * whatever ends the process costs at most the round that was running.
 *
 * Throws a BenchError (2) while there is nothing to keep yet: wrong scenarios, wrong options. After that a failure is part of the
 * outcome, beside what was measured before it.
 */
export async function run(request: RunRequest, observe: Observer, interrupt: Interrupt): Promise<RunOutcome> {
  const policy = parseFailOn(request.failOn);
  const { plan, config, secrets, warnings } = await readPlan(request);
  for (const { file, line, message } of warnings) observe({ type: 'note', text: `${file}:${line}: ${message}` });
  const chosen = chooseWorkloads(plan, request.engine);
  await checkFolder(request.out ?? request.reportsDir);

  observe({ type: 'stage', text: 'looking at this machine' });
  const tools = createToolResolver(request.env);
  const [environment, git] = await Promise.all([fingerprint(), gitState(request.cwd)]);
  const comparison = await openComparison(request, chosen, environment.hash);
  const ledger = await Ledger.open({ request, rounds: roundsOf(chosen), secrets, environment, git, tools });

  const releases = new Releases();
  let control: ControlLog | null = null;
  const compare = (scenarios: readonly ScenarioRecord[]): Compared =>
    compareMeasured(comparison, scenarios, chosen, { runId: ledger.id, environment, tools: ledger.tools, startedAt: ledger.startedAt, control: control?.record() ?? null });

  const failure = await caught(async () => {
    const workDir = await temporaryFolder(releases);
    const ready = await preflight(chosen, { request, config, tools, workDir, signal: interrupt.signal, observe, releases, keepSecret: (value) => ledger.keepSecret(value) });
    control = request.control ? await ControlLog.open(releases) : null;
    ledger.measures(ready);
    await ledger.keep();
    const plannedMs = estimateOf(ready.flatMap(({ lanes }) => lanes));
    observe({ type: 'planned', estimateMs: plannedMs });
    const hooks = { signal: interrupt.signal, observe, keep: () => ledger.keep(), beforeRound: async () => control?.measure() };
    await measureRounds(ready.flatMap(({ lanes }) => lanes), hooks);
    if (comparison.kind !== 'history' || interrupt.signal.aborted) return;

    const suspects = confirming(ready, compare(ledger.scenarios(false)).scenarios);
    for (const text of suspects.notes) observe({ type: 'note', text });
    ledger.measures(suspects.ready);
    observe({ type: 'planned', estimateMs: plannedMs + suspects.estimateMs });
    await measureFreshRounds(suspects.lanes, hooks);
  });

  const interrupted = interrupt.by();
  const measured = ledger.scenarios(interrupted !== null);
  observe({ type: 'stage', text: 'judging' });
  const whole = interrupted === null && failure === undefined;
  const compared = whole ? compare(measured) : { scenarios: measured, disturbed: [] };
  ledger.controls(controlRecord(control, compared.disturbed));

  observe({ type: 'stage', text: 'cleaning up' });
  const leftBehind = await releases.all();
  const cause = interrupted === null ? (failure ?? leftBehind[0]) : undefined;
  const scenarios = withReadiness(compared.scenarios, chosen);
  const judged = judgeRun({ scenarios, policy, interrupted, failures: cause === undefined ? [] : [failureReason(cause)], disturbed: compared.disturbed });
  const status = interrupted !== null ? 'interrupted' : cause === undefined ? 'complete' : 'failed';
  const { record, notes } = await ledger.finish(status, scenarios, judged);
  if (comparison.kind === 'history' && whole && cause === undefined) notes.push(...(await storeSessions(request.baselinesDir, record)));
  for (const text of notes) observe({ type: 'note', text });
  return { record, dir: ledger.dir, exitCode: judged.exitCode, failure: cause };
}

/** What a run would do, without doing it. Throws a BenchError (2) for wrong scenarios, and for folders that a run could not use. */
export async function dryRun(request: RunRequest): Promise<{ scenarios: ChosenScenario[]; estimateMs: number; freshMs: number }> {
  parseFailOn(request.failOn);
  const { plan } = await readPlan(request);
  const scenarios = chooseWorkloads(plan, request.engine);
  await checkFolder(request.out ?? request.reportsDir);
  await openComparison(request, scenarios, (await fingerprint()).hash);
  const sides = request.against === null ? 1 : 2;
  return { scenarios, estimateMs: sides * estimateMs(scenarios), freshMs: estimateMs(scenarios.map((each) => ({ ...each, rounds: freshRoundsOf(each.rounds) }))) };
}
