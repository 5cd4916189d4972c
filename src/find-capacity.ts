import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { asLevel, capacityLimits } from './capacity/figures.ts';
import { TRIAL_SPECS, type TrialSpec } from './capacity/duration.ts';
import { estimateCapacity } from './capacity/estimate.ts';
import { gaveWay } from './capacity/gave-way.ts';
import { endNow, levelsLeft, nextStep, TRIALS, type SearchStep } from './capacity/search.ts';
import { BenchError, EXIT } from './errors.ts';
import { fingerprint } from './host/fingerprint.ts';
import { chooseWorkloads, type ChosenScenario, type ChosenWorkload } from './pipeline/choose.ts';
import type { Observer } from './pipeline/events.ts';
import { caught } from './pipeline/failure.ts';
import { readPlan } from './pipeline/plan.ts';
import { levelMs, RateHolder, VERIFICATION, verificationMs } from './pipeline/hold-rate.ts';
import { headOf, readyOne, type OneWorkload } from './pipeline/one-workload.ts';
import type { RunRequest } from './pipeline/request.ts';
import { Releases } from './pipeline/workspace.ts';
import { CAPACITY_FILE, type CapacityLevel, type CapacityRecord } from './record/capacity.ts';
import { makeFolder } from './record/folder.ts';
import { writeAtomic } from './record/atomic.ts';
import { createRedactor } from './record/redact.ts';
import { newRunId } from './record/run-id.ts';
import type { Interrupt } from './pipeline/interrupt.ts';
import type { Target } from './target/target.ts';
import type { BoundWorkload } from './workloads/registry.ts';

export interface CapacityRequest extends RunRequest {
  /** Which workload, where the scenario has several with a rate. */
  workload: string | null;
  /** First rate, and the lowest; null: the rate the workload is written with, halved up to three times where that fails already. */
  fromPerSecond: number | null;
  upToPerSecond: number;
  resolution: number;
  /** Shortens the trials of the profile; null: as they are. */
  longestTrialMs: number | null;
  /** A search that was interrupted: its levels are not measured again. */
  resume: CapacityRecord | null;
}

export interface CapacityOutcome {
  record: CapacityRecord;
  /** The folder with capacity.json. */
  dir: string;
  failure: unknown;
}

/** A failed level leaves a queue behind: time for the service to be itself again, on top of the answers that the load waits for. */
const COOLDOWN_MS = { kept: 300, failed: 2_000 } as const;
const CONFIDENCE = 0.95;
/** A workload whose own rate fails already is tried at a half, a quarter and an eighth of it. */
const HALVINGS = 8;

/**
 * The highest rate at which a workload keeps every limit of its SLA. The record is written after every trial, so that an interrupted
 * search can go on from it. Throws a BenchError (2) while nothing has been measured; later failures are part of the outcome.
 */
export async function findCapacity(request: CapacityRequest, observe: Observer, interrupt: Interrupt): Promise<CapacityOutcome> {
  const { plan, config, secrets } = await readPlan(request);
  const { scenario, workload } = chooseOne(chooseWorkloads(plan), request.workload);
  const one: OneWorkload = { scenario, workload, request };
  const beganAt = performance.now();
  const options = optionsOf(request, workload.bound);
  const spec = trialSpec(request);
  const startedAt = new Date();
  const id = request.resume?.run.id ?? newRunId(startedAt);
  const dir = request.out ?? join(request.reportsDir, id);
  await makeFolder(dir);
  observe({ type: 'stage', text: 'looking at this machine' });
  const environment = await fingerprint();
  const levels: CapacityLevel[] = resumable(request.resume, { scenario, workload: workload.name, hash: environment.hash });
  const known = new Set(secrets);
  let outOfTime = false;
  /** What is known by now; a trial where the search goes on. */
  const stepNow = (): SearchStep => {
    const all = levels.map(asLevel);
    const step = nextStep(all, options);
    return outOfTime && step.type === 'trial' ? (endNow(all) ?? step) : step;
  };

  const record = (status: CapacityRecord['run']['status'], rest: Partial<Pick<CapacityRecord, 'verification' | 'target'>>): CapacityRecord => {
    const redactor = createRedactor(known);
    const text = (value: string): string => redactor.text(value);
    const step = stepNow();
    const estimate = estimateCapacity(levels.map(asLevel));
    return {
      schemaVersion: 1,
      kind: 'capacity',
      ...headOf(one, { id, status, startedAt: request.resume?.run.startedAt ?? startedAt.toISOString(), environment, text }),
      workloadKind: workload.bound.kind,
      target: rest.target === undefined || rest.target === null ? null : text(rest.target),
      options,
      levels: levels.map((level) => ({ ...level, why: level.why === null ? null : text(level.why) })),
      outcome: step.type === 'trial' ? null : step,
      ...(outOfTime ? { outOfTime } : {}),
      estimate: estimate === null ? null : { ...estimate, confidence: CONFIDENCE },
      verification: rest.verification ?? null,
      gaveWay: gaveWay(levels),
    };
  };
  const keep = (rest: Parameters<typeof record>[1]): Promise<void> => writeAtomic(join(dir, CAPACITY_FILE), `${JSON.stringify(record('running', rest), null, 1)}\n`);

  const releases = new Releases();
  let target: Target | null = null;
  let verification: CapacityRecord['verification'] = null;
  const failure = await caught(async () => {
    const { needs, target: allowed } = await readyOne(one, { config, interrupt, observe, releases, known });
    target = allowed;
    const label = allowed?.label ?? null;
    const holder = new RateHolder(scenario, workload, target, needs);
    let passedMs = 0;
    for (;;) {
      const step = stepNow();
      if (step.type !== 'trial' || interrupt.signal.aborted) break;
      const costMs = levelMs(step.ratePerSecond, step.length, spec);
      const endMs = verificationMs(step.ratePerSecond, spec);
      const leftMs = spec.budgetMs === null ? Infinity : spec.budgetMs - (performance.now() - beganAt);
      // An undecided level takes more trials than the least: what may come must fit.
      outOfTime = levels.length > 0 && (TRIALS.most / TRIALS.least) * costMs + endMs > leftMs;
      if (outOfTime) break;
      observe({ type: 'planned', estimateMs: passedMs + Math.min(leftMs, levelsLeft(levels.map(asLevel), options) * costMs + endMs) });
      // A level is measured as one: an unfinished one of an interrupted search begins again.
      const level = await holder.hold(step.ratePerSecond, step.length, spec, request.seed);
      if (level === null) break;
      const index = levels.findIndex(({ ratePerSecond, length }) => ratePerSecond === level.ratePerSecond && length === level.length);
      if (index === -1) levels.push(level);
      else levels[index] = level;
      passedMs += costMs;
      await keep({ target: label });
      await sleep(COOLDOWN_MS[level.together === 'kept' ? 'kept' : 'failed'], undefined, { signal: interrupt.signal }).catch(() => undefined);
    }
    const found = holdable(stepNow(), estimateCapacity(levels.map(asLevel))?.ratePerSecond ?? null);
    if (found === null || interrupt.signal.aborted) return;
    observe({ type: 'planned', estimateMs: passedMs + verificationMs(found, spec) });
    verification = await holder.verify(VERIFICATION.share * found, spec);
  });
  observe({ type: 'stage', text: 'cleaning up' });
  await releases.all();
  const status = interrupt.by() !== null ? 'interrupted' : failure === undefined ? 'complete' : 'failed';
  const finished = record(status, { verification, target: (target as Target | null)?.label ?? null });
  await writeAtomic(join(dir, CAPACITY_FILE), `${JSON.stringify(finished, null, 1)}\n`);
  return { record: finished, dir, failure: status === 'failed' ? failure : undefined };
}

/** The rate to hold for longer; null where no rate is known to be kept. */
function holdable(step: SearchStep, estimatePerSecond: number | null): number | null {
  switch (step.type) {
    case 'found':
      return estimatePerSecond ?? step.keptPerSecond;
    case 'kept-at-highest':
      return step.ratePerSecond;
    case 'generator-limited':
      return step.keptPerSecond;
    case 'failed-at-lowest':
    case 'trial':
      return null;
  }
}

function trialSpec({ profile, longestTrialMs }: CapacityRequest): TrialSpec {
  const spec = profile === 'quick' || profile === 'smoke' ? TRIAL_SPECS.quick : TRIAL_SPECS.thorough;
  return longestTrialMs === null ? spec : { ...spec, leastMs: Math.min(spec.leastMs, longestTrialMs), mostMs: { short: longestTrialMs, long: longestTrialMs } };
}

function chooseOne(scenarios: readonly ChosenScenario[], name: string | null): { scenario: ChosenScenario; workload: ChosenWorkload } {
  const all = scenarios.flatMap((scenario) => scenario.workloads.map((workload) => ({ scenario, workload })));
  const rated = all.filter(({ workload }) => workload.bound.ratePerSecond !== null);
  const names = rated.map(({ workload }) => workload.name).join(', ');
  const [first] = name === null ? rated : rated.filter(({ workload }) => workload.name === name);
  if (name !== null && first === undefined) {
    const there = all.some(({ workload }) => workload.name === name);
    throw new BenchError(EXIT.usage, there ? `the workload ${name} has no rate to search over` : `there is no workload ${name}`, { hint: rated.length === 0 ? 'capacity needs an http workload with model: open, or a job workload with a rate' : `workloads with a rate: ${names}` });
  }
  if (first === undefined) throw new BenchError(EXIT.usage, 'no workload of this scenario has a rate to search over', { hint: 'capacity needs an http workload with model: open or staged, or a job workload with a rate' });
  if (name === null && rated.length > 1) throw new BenchError(EXIT.usage, `several workloads have a rate: ${names}`, { hint: `name one: --workload ${first.workload.name}` });
  if (capacityLimits(first.workload.bound.limits).length === 0) {
    throw new BenchError(EXIT.usage, `${first.workload.name} has no limit that could give way`, { hint: 'Add one, for example sla: { latency: { p95: 200ms }, errorRate: 1% }' });
  }
  return first;
}

function optionsOf({ fromPerSecond, upToPerSecond, resolution }: CapacityRequest, bound: BoundWorkload): CapacityRecord['options'] {
  const from = fromPerSecond ?? Math.min(upToPerSecond, bound.ratePerSecond ?? 1);
  if (from > upToPerSecond) throw new BenchError(EXIT.usage, `--from ${from}/s is above --up-to ${upToPerSecond}/s`, { hint: 'Begin lower.' });
  return { fromPerSecond: from, ...(fromPerSecond === null ? { downToPerSecond: from / HALVINGS } : {}), upToPerSecond, resolution };
}

/** The finished levels of a search that is to go on. Throws a BenchError (2) where it was one of something else. */
function resumable(resume: CapacityRecord | null, now: { scenario: ChosenScenario; workload: string; hash: string }): CapacityLevel[] {
  if (resume === null) return [];
  const other =
    resume.scenario.sha256 !== now.scenario.sha256 ? 'the scenario has changed since' : resume.workload !== now.workload ? `it searched ${resume.workload}` : resume.environment.hash !== now.hash ? 'it ran on another machine' : null;
  if (other !== null) throw new BenchError(EXIT.usage, `the search ${resume.run.id} cannot go on: ${other}`, { hint: 'Start a new one without --resume.' });
  return resume.levels;
}
