import { join } from 'node:path';
import { analyseScaling, seenOf } from './capacity/scaling/analyse.ts';
import { bytesPerVideo } from './capacity/scaling/bytes.ts';
import { defaultLevels, FEWEST_LEVELS } from './capacity/scaling/levels.ts';
import { BenchError, EXIT } from './errors.ts';
import { fingerprint } from './host/fingerprint.ts';
import { wholeCores } from './host/hardware.ts';
import { chooseWorkloads, type ChosenScenario, type ChosenWorkload } from './pipeline/choose.ts';
import type { Observer } from './pipeline/events.ts';
import { caught } from './pipeline/failure.ts';
import type { Interrupt } from './pipeline/interrupt.ts';
import { headOf, readyOne, type OneWorkload } from './pipeline/one-workload.ts';
import { readPlan } from './pipeline/plan.ts';
import type { RunRequest } from './pipeline/request.ts';
import { requireSame } from './pipeline/resumable.ts';
import { measureScaling, scalingEstimateMs, type LevelSize, type ScalingMeasured } from './pipeline/scaling-rounds.ts';
import { Releases } from './pipeline/workspace.ts';
import { seededRandom } from './random.ts';
import { checkFolder, makeFolder } from './record/folder.ts';
import { createRedactor } from './record/redact.ts';
import { newRunId } from './record/run-id.ts';
import { recordWriter } from './record/store.ts';
import { SCALING_FILE, type ScalingRecord } from './record/scaling.ts';
import type { Target } from './target/target.ts';

export interface ScalingRequest extends RunRequest {
  /** Which workload, where the scenario has several that scale. */
  workload: string | null;
  /** Null: around what the kind of workload and this machine suggest. */
  levels: readonly number[] | null;
  /** How long requests are sent at a level; null: as the profile says. */
  trialMs: number | null;
  /** A scaling that was interrupted: its rounds are not measured again, and its options hold in place of the ones above. */
  resume?: ScalingRecord | null;
}

export interface ScalingOutcome {
  record: ScalingRecord;
  /** The folder with scaling.json. */
  dir: string;
  failure: unknown;
}

/** How much is measured at a level in one round: requests for a time, encodes and jobs by number. */
const SIZES = {
  quick: { http: { warmupMs: 1_000, durationMs: 3_000, pieces: 1 }, job: { warmupMs: 0, durationMs: 0, pieces: 3 }, encode: { warmupMs: 0, durationMs: 0, pieces: 2 } },
  thorough: { http: { warmupMs: 3_000, durationMs: 10_000, pieces: 1 }, job: { warmupMs: 0, durationMs: 0, pieces: 10 }, encode: { warmupMs: 0, durationMs: 0, pieces: 4 } },
} as const satisfies Record<string, Record<ScalingRecord['workloadKind'], LevelSize>>;
const ROUNDS = { quick: 3, thorough: 5 } as const;

/**
 * Throughput over concurrency for one workload, with the universal scalability law fitted to it. The record is written after every
 * level of every round. Throws a BenchError (2) while nothing has been measured; later failures are part of the outcome.
 */
export async function scaleCapacity(request: ScalingRequest, observe: Observer, interrupt: Interrupt): Promise<ScalingOutcome> {
  const { plan, config, secrets } = await readPlan(request);
  const { scenario, workload, kind } = chooseScaling(chooseWorkloads(plan), request.workload);
  const one: OneWorkload = { scenario, workload, request };
  const depth = request.profile === 'quick' || request.profile === 'smoke' ? 'quick' : 'thorough';
  const resume = request.resume ?? null;
  const options = resume?.options ?? {
    levels: levelsOf(request.levels ?? defaultLevels(kind === 'http' ? 'requests' : 'work', wholeCores())),
    rounds: request.rounds ?? ROUNDS[depth],
    trialMs: request.trialMs,
    target: request.target,
  };
  const known = new Set(secrets);
  observe({ type: 'stage', text: 'looking at this machine' });
  const environment = await fingerprint();
  if (resume !== null) {
    const redactor = createRedactor(known);
    requireSame('scaling', resume, { scenario, workload: workload.name, profile: request.profile, environmentHash: environment.hash, text: (value) => redactor.text(value) });
  }
  const startedAt = new Date();
  const id = resume?.run.id ?? newRunId(startedAt);
  const dir = request.out ?? join(request.reportsDir, id);
  await makeFolder(dir);
  await checkFolder(dir);
  let measured: ScalingMeasured = beforeOf(resume);
  let target: Target | null = null;

  const record = (status: ScalingRecord['run']['status']): ScalingRecord => {
    const redactor = createRedactor(known);
    const text = (value: string): string => redactor.text(value);
    const series = [...new Set(measured.seen.map(({ subject }) => subject))].map((subject) => {
      const own = measured.seen.filter((each) => each.subject === subject).map(({ seen }) => ({ ...seen, unfit: seen.unfit === null ? null : text(seen.unfit) }));
      return analyseScaling(subject, own, seededRandom(request.seed), status === 'running');
    });
    return {
      schemaVersion: 1,
      kind: 'scaling',
      ...headOf(one, { id, status, startedAt: resume?.run.startedAt ?? startedAt.toISOString(), environment, text }),
      workloadKind: kind,
      target: target === null ? (resume?.target ?? null) : text(target.label),
      options: { ...options, target: options.target === undefined || options.target === null ? null : text(options.target) },
      limits: [...workload.bound.limits],
      series,
      // An earlier version kept no size for each round.
      bytesPerVideo: bytesPerVideo(series) ?? resume?.bytesPerVideo ?? null,
      notMeasured: measured.notMeasured.map(({ what, reason, remedy }) => ({ what, reason: text(reason), remedy })),
    };
  };
  const write: (each: ScalingRecord) => Promise<void> = recordWriter(dir, SCALING_FILE, 'bench capacity scale');

  const releases = new Releases();
  const failure = await caught(async () => {
    const { needs, target: allowed } = await readyOne(one, { config, interrupt, observe, releases, known });
    target = allowed;
    const asked = { levels: options.levels, rounds: options.rounds, size: sizeOf(SIZES[depth][kind], options.trialMs ?? null), before: measured };
    observe({ type: 'planned', estimateMs: scalingEstimateMs(workload, asked) });
    await measureScaling(scenario, workload, target, asked, needs, async (now) => {
      measured = now;
      await write(record('running'));
    });
  });
  observe({ type: 'stage', text: 'cleaning up' });
  await releases.all();
  const status = interrupt.by() !== null ? 'interrupted' : failure === undefined ? 'complete' : 'failed';
  const finished = record(status);
  await write(finished);
  return { record: finished, dir, failure: status === 'failed' ? failure : undefined };
}

const sizeOf = (size: LevelSize, trialMs: number | null): LevelSize => (trialMs === null ? size : { ...size, durationMs: trialMs, warmupMs: Math.min(size.warmupMs, trialMs) });

/** What an interrupted measurement has measured already. */
function beforeOf(resume: ScalingRecord | null): ScalingMeasured {
  if (resume === null) return { seen: [], notMeasured: [] };
  return { seen: resume.series.flatMap((series) => seenOf(series).map((seen) => ({ subject: series.subject, seen }))), notMeasured: resume.notMeasured };
}

const KINDS = ['http', 'job', 'encode'] as const satisfies ScalingRecord['workloadKind'][];

function chooseScaling(scenarios: readonly ChosenScenario[], name: string | null): { scenario: ChosenScenario; workload: ChosenWorkload; kind: ScalingRecord['workloadKind'] } {
  const all = scenarios.flatMap((scenario) =>
    scenario.workloads.flatMap((workload) => {
      const kind = KINDS.find((each) => each === workload.bound.kind);
      return kind === undefined ? [] : [{ scenario, workload, kind }];
    }),
  );
  const names = all.map(({ workload }) => workload.name).join(', ');
  const [first, ...more] = name === null ? all : all.filter(({ workload }) => workload.name === name);
  if (first === undefined) throw new BenchError(EXIT.usage, name === null ? 'no workload of this scenario scales with concurrency' : `there is no workload "${name}" that scales with concurrency`, { hint: names === '' ? 'http, job and encode workloads do' : `those that do: ${names}` });
  if (more.length > 0) throw new BenchError(EXIT.usage, `several workloads scale with concurrency: ${names}`, { hint: `name one: --workload ${first.workload.name}` });
  return first;
}

function levelsOf(asked: readonly number[]): number[] {
  const levels = [...new Set(asked)].sort((a, b) => a - b);
  if (levels.length >= FEWEST_LEVELS) return levels;
  throw new BenchError(EXIT.usage, `--levels names ${levels.length} concurrencies`, { hint: `Contention and coherence are told apart with at least ${FEWEST_LEVELS}: --levels 1,2,4,8,16,32` });
}
