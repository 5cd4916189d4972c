import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TRIAL_SPECS, type TrialSpec } from './capacity/duration.ts';
import { asLevel, highestKept, withVerdicts } from './capacity/decided.ts';
import { estimateCapacity } from './capacity/estimate.ts';
import { capacityLimits } from './capacity/figures.ts';
import { gaveWay } from './capacity/gave-way.ts';
import { madeLess } from './capacity/made.ts';
import { stepBy } from './capacity/search.ts';
import { BenchError, EXIT } from './errors.ts';
import { fingerprint } from './host/fingerprint.ts';
import { chooseWorkloads } from './pipeline/choose.ts';
import type { Observer } from './pipeline/events.ts';
import { deadlineIn } from './pipeline/deadline.ts';
import { caught } from './pipeline/failure.ts';
import { RateHolder } from './pipeline/hold-rate.ts';
import type { Interrupt } from './pipeline/interrupt.ts';
import { headOf, readyOne, type OneWorkload } from './pipeline/one-workload.ts';
import { readPlan } from './pipeline/plan.ts';
import { chooseRated } from './pipeline/rated-workload.ts';
import type { RunRequest } from './pipeline/request.ts';
import { otherLimits, requireSame } from './pipeline/resumable.ts';
import { searchRates, type Searched } from './pipeline/search-rates.ts';
import { Releases } from './pipeline/workspace.ts';
import { CAPACITY_FILE, type CapacityLevel, type CapacityRecord } from './record/capacity.ts';
import { checkFolder, makeFolder } from './record/folder.ts';
import { createRedactor } from './record/redact.ts';
import { newRunId } from './record/run-id.ts';
import { recordWriter } from './record/store.ts';
import type { Target } from './target/target.ts';
import type { BoundWorkload } from './workloads/registry.ts';

export interface CapacityRequest extends RunRequest {
  /** Which workload, where the scenario has several with a rate. */
  workload: string | null;
  /** First rate, and the lowest; null: the rate the workload is written with, halved up to three times where that fails already. */
  fromPerSecond: number | null;
  upToPerSecond: number;
  resolution: number;
  /** How long a trial is at most, in place of the profile's own; null: that one. */
  longestTrialMs: number | null;
  /** A search that was interrupted: its levels are not measured again, and its options hold in place of the ones above. */
  resume: CapacityRecord | null;
}

export interface CapacityOutcome {
  record: CapacityRecord;
  /** The folder with capacity.json. */
  dir: string;
  failure: unknown;
}

const CONFIDENCE = 0.95;
/** A workload whose own rate fails already is tried at a half, a quarter and an eighth of it. */
const LOWEST_SHARE = 1 / 8;

/**
 * The highest rate at which a workload keeps every limit of its SLA. The record is written after every level, so that an interrupted
 * search can go on from it. Throws a BenchError (2) while nothing has been measured; later failures are part of the outcome.
 */
export async function findCapacity(request: CapacityRequest, observe: Observer, interrupt: Interrupt): Promise<CapacityOutcome> {
  const beganMs = performance.now();
  const { plan, config, secrets } = await readPlan(request);
  const { scenario, workload } = chooseRated(chooseWorkloads(plan), request.workload);
  const one: OneWorkload = { scenario, workload, request };
  const { resume } = request;
  const options = resume?.options ?? optionsOf(request, workload.bound);
  const limits = capacityLimits(workload.bound.limits);
  const spec = trialSpec(request.profile, options.longestTrialMs ?? null);
  const known = new Set(secrets);
  observe({ type: 'stage', text: 'looking at this machine' });
  const environment = await fingerprint();
  if (resume !== null) {
    const redactor = createRedactor(known);
    requireSame('search', resume, { scenario, workload: workload.name, profile: request.profile, environmentHash: environment.hash, text: (value) => redactor.text(value) }, otherLimits(resume.limits, limits));
  }
  const startedAt = new Date();
  const id = resume?.run.id ?? newRunId(startedAt);
  const dir = request.out ?? join(request.reportsDir, id);
  await makeFolder(dir);
  await checkFolder(dir);
  const levels: CapacityLevel[] = [...(resume?.levels ?? [])];
  let target: Target | null = null;
  let searched: Searched = { outOfTime: false, verification: null };

  const record = (status: CapacityRecord['run']['status']): CapacityRecord => {
    const redactor = createRedactor(known);
    const text = (value: string): string => redactor.text(value);
    const said = <T extends string | null | undefined>(value: T): T | string => (typeof value === 'string' ? text(value) : value);
    const { outOfTime, verification } = searched;
    const step = stepBy(levels.map(asLevel), options, outOfTime);
    const estimate = estimateCapacity(levels.map(asLevel));
    const top = highestKept(levels);
    const madePerSecond = top === null ? null : madeLess(top);
    const told = withVerdicts(levels).map((level) => ({ ...level, why: said(level.why), trials: level.trials.map((trial) => ({ ...trial, why: said(trial.why) })) }));
    return {
      schemaVersion: 1,
      kind: 'capacity',
      ...headOf(one, { id, status, startedAt: resume?.run.startedAt ?? startedAt.toISOString(), environment, text }),
      workloadKind: workload.bound.kind,
      target: target === null ? (resume?.target ?? null) : text(target.label),
      options: { ...options, target: said(options.target ?? null) },
      limits,
      levels: told,
      outcome: step.type === 'trial' ? null : step,
      ...(outOfTime ? { outOfTime } : {}),
      estimate: estimate === null ? null : { ...estimate, confidence: CONFIDENCE },
      verification: verification === null ? null : { ...verification, why: said(verification.why) },
      madeLess: top === null || madePerSecond === null ? null : { ratePerSecond: top.ratePerSecond, madePerSecond },
      gaveWay: gaveWay(told),
    };
  };
  const write: (each: CapacityRecord) => Promise<void> = recordWriter(dir, CAPACITY_FILE, 'bench capacity');

  const releases = new Releases();
  const failure = await caught(async () => {
    const untilMs = spec.budgetMs === null ? Infinity : beganMs + spec.budgetMs;
    const { needs, target: allowed } = await readyOne(one, { config, interrupt, observe, releases, known });
    target = allowed;
    // No trial outlasts the time, however long its answers and jobs take.
    const deadline = deadlineIn(untilMs - performance.now(), interrupt.signal);
    releases.add(() => Promise.resolve(deadline.release()));
    searched = await searchRates(
      { levels, options, seed: request.seed },
      {
        holder: new RateHolder(scenario, workload, target, { ...needs, signal: deadline.signal }, spec),
        interrupt: interrupt.signal,
        untilMs,
        now: () => performance.now(),
        pause: (ms) => sleep(ms, undefined, { signal: interrupt.signal }).catch(() => undefined),
        observe,
        keep: () => write(record('running')),
      },
    );
  });
  observe({ type: 'stage', text: 'cleaning up' });
  await releases.all();
  const status = interrupt.by() !== null ? 'interrupted' : failure === undefined ? 'complete' : 'failed';
  const finished = record(status);
  await write(finished);
  return { record: finished, dir, failure: status === 'failed' ? failure : undefined };
}

function trialSpec(profile: string, longestTrialMs: number | null): TrialSpec {
  const spec = profile === 'quick' || profile === 'smoke' ? TRIAL_SPECS.quick : TRIAL_SPECS.thorough;
  return longestTrialMs === null ? spec : { ...spec, leastMs: Math.min(spec.leastMs, longestTrialMs), mostMs: { short: longestTrialMs, long: longestTrialMs } };
}

function optionsOf({ fromPerSecond, upToPerSecond, resolution, longestTrialMs, target }: CapacityRequest, bound: BoundWorkload): CapacityRecord['options'] {
  const from = fromPerSecond ?? Math.min(upToPerSecond, bound.ratePerSecond ?? 1);
  if (from > upToPerSecond) throw new BenchError(EXIT.usage, `--from ${from}/s is above --up-to ${upToPerSecond}/s`, { hint: 'Begin lower.' });
  return { fromPerSecond: from, ...(fromPerSecond === null ? { downToPerSecond: from * LOWEST_SHARE } : {}), upToPerSecond, resolution, longestTrialMs, target };
}
