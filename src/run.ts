import type { Observer } from './pipeline/events.ts';
import type { ExitCode } from './errors.ts';
import { fingerprint } from './host/fingerprint.ts';
import { createToolResolver } from './host/tools.ts';
import { parseFailOn } from './judge/policy.ts';
import { judgeRun } from './judge/verdict.ts';
import { chooseWorkloads, estimateMs, roundsOf, type ChosenScenario } from './pipeline/choose.ts';
import { confirming } from './pipeline/confirmation.ts';
import { compareWith, readStored, storeSessions } from './pipeline/comparison.ts';
import { failureReason } from './pipeline/failure.ts';
import { gitState } from './pipeline/git.ts';
import { Ledger } from './pipeline/ledger.ts';
import { readPlan } from './pipeline/plan.ts';
import { preflight } from './pipeline/preflight.ts';
import type { RunRequest } from './pipeline/request.ts';
import { freshRoundsOf, measureFreshRounds, measureRounds } from './pipeline/rounds.ts';
import { Releases, temporaryFolder } from './pipeline/workspace.ts';
import { checkFolder } from './record/folder.ts';
import type { RunRecord } from './record/schema.ts';

/** How the run is asked to stop: aborted once, and by which signal. */
export interface Interrupt {
  signal: AbortSignal;
  by: () => 'SIGINT' | 'SIGTERM' | null;
}

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
  const chosen = chooseWorkloads(plan);
  await checkFolder(request.out ?? request.reportsDir);
  const stored = request.compare ? await readStored(request.baselinesDir, chosen) : null;

  observe({ type: 'stage', text: 'looking at this machine' });
  const tools = createToolResolver(request.env);
  const [environment, git] = await Promise.all([fingerprint(), gitState(request.cwd)]);
  const ledger = await Ledger.open({ request, rounds: roundsOf(chosen), secrets, environment, git, tools });

  const releases = new Releases();
  const failure = await caught(async () => {
    const workDir = await temporaryFolder(releases);
    const ready = await preflight(chosen, { request, config, tools, workDir, signal: interrupt.signal, observe, releases, keepSecret: (value) => ledger.keepSecret(value) });
    ledger.measures(ready);
    await ledger.keep();
    observe({ type: 'planned', estimateMs: estimateMs(chosen) });
    const hooks = { signal: interrupt.signal, observe, keep: () => ledger.keep() };
    await measureRounds(ready.flatMap(({ lanes }) => lanes), hooks);
    if (stored === null || interrupt.signal.aborted) return;

    const suspects = confirming(ready, compareWith(stored, ledger.scenarios(false), chosen, { runId: ledger.id, environment, tools: ledger.tools, startedAt: ledger.startedAt }));
    for (const text of suspects.notes) observe({ type: 'note', text });
    ledger.measures(suspects.ready);
    observe({ type: 'planned', estimateMs: estimateMs(chosen) + suspects.estimateMs });
    await measureFreshRounds(suspects.lanes, hooks);
  });

  const interrupted = interrupt.by();
  const measured = ledger.scenarios(interrupted !== null);
  observe({ type: 'stage', text: 'cleaning up' });
  const leftBehind = await releases.all();
  const cause = interrupted === null ? (failure ?? leftBehind[0]) : undefined;

  observe({ type: 'stage', text: 'judging' });
  const comparable = stored !== null && interrupted === null && cause === undefined;
  const compared = comparable ? compareWith(stored, measured, chosen, { runId: ledger.id, environment, tools: ledger.tools, startedAt: ledger.startedAt }) : measured;
  const judged = judgeRun({ scenarios: compared, policy, interrupted, failures: cause === undefined ? [] : [failureReason(cause)] });
  const status = interrupted !== null ? 'interrupted' : cause === undefined ? 'complete' : 'failed';
  const { record, notes } = await ledger.finish(status, compared, judged);
  if (comparable) notes.push(...(await storeSessions(request.baselinesDir, record)));
  for (const text of notes) observe({ type: 'note', text });
  return { record, dir: ledger.dir, exitCode: judged.exitCode, failure: cause };
}

async function caught(work: () => Promise<void>): Promise<unknown> {
  try {
    await work();
    return undefined;
  } catch (thrown) {
    return thrown ?? new Error('unknown failure');
  }
}

/** What a run would do, without doing it. Throws a BenchError (2) for wrong scenarios, and for folders that a run could not use. */
export async function dryRun(request: RunRequest): Promise<{ scenarios: ChosenScenario[]; estimateMs: number; freshMs: number }> {
  parseFailOn(request.failOn);
  const { plan } = await readPlan(request);
  const scenarios = chooseWorkloads(plan);
  await checkFolder(request.out ?? request.reportsDir);
  if (request.compare) await readStored(request.baselinesDir, scenarios);
  return { scenarios, estimateMs: estimateMs(scenarios), freshMs: estimateMs(scenarios.map((each) => ({ ...each, rounds: freshRoundsOf(each.rounds) }))) };
}
