import { median } from '../summary.ts';

/** One job of a batch, times in ms since the start of its batch. */
export interface SweepJob {
  worker: number;
  startMs: number;
  endMs: number;
  wallMs: number;
  failure: string | null;
}

/** One batch as it ran. */
export interface SweepBatch {
  concurrency: number;
  jobs: readonly SweepJob[];
}

/** What one concurrency level comes to: medians over its rounds, but for failures, which are counted. */
export interface SweepLevel {
  concurrency: number;
  rounds: number;
  /** Null where no round finished all its jobs. */
  makespanMs: number | null;
  videosPerHour: number | null;
  /** Throughput against one at a time, and that by worker; null without a measured level of 1. */
  speedup: number | null;
  efficiency: number | null;
  /** Nearest rank over the jobs of all rounds; p95 null below 20 jobs. */
  jobP50Ms: number | null;
  jobP95Ms: number | null;
  jobMaxMs: number | null;
  /** The worker that was at work longest. */
  slowestWorkerMs: number | null;
  /** From the first worker that had nothing left to do until the end. */
  tailMs: number | null;
  failures: { cause: string; count: number }[];
}

export interface Sweep {
  levels: SweepLevel[];
  /** The level before the first step that gains less than 5 %; null where every step gains or there is one level only. */
  knee: number | null;
  /** The level with the most videos an hour. */
  best: number | null;
}

/** A step that gains less than this gains nothing worth its memory and its latency. */
const LEAST_GAIN = 0.05;
const FEWEST_FOR_P95 = 20;

/** The levels of one encoder in rising order, with the knee of their throughput. `jobsAsked`: of one batch. */
export function sweepOf(batches: readonly SweepBatch[], jobsAsked: number): Sweep {
  const concurrencies = [...new Set(batches.map(({ concurrency }) => concurrency))].sort((a, b) => a - b);
  const plain = concurrencies.map((concurrency) => levelOf(batches.filter((batch) => batch.concurrency === concurrency), concurrency, jobsAsked));
  const single = plain.find(({ concurrency }) => concurrency === 1)?.videosPerHour ?? null;
  const levels = plain.map((level) => {
    const speedup = single === null || level.videosPerHour === null || single === 0 ? null : level.videosPerHour / single;
    return { ...level, speedup, efficiency: speedup === null ? null : speedup / level.concurrency };
  });
  const measured = levels.flatMap(({ concurrency, videosPerHour }) => (videosPerHour === null ? [] : [{ concurrency, videosPerHour }]));
  const knee = measured.find((level, at) => {
    const next = measured[at + 1];
    return next !== undefined && next.videosPerHour < level.videosPerHour * (1 + LEAST_GAIN);
  });
  const best = measured.reduce<(typeof measured)[number] | undefined>((most, level) => (most === undefined || level.videosPerHour > most.videosPerHour ? level : most), undefined);
  return { levels, knee: knee?.concurrency ?? null, best: best?.concurrency ?? null };
}

function levelOf(batches: readonly SweepBatch[], concurrency: number, jobsAsked: number): Omit<SweepLevel, 'speedup' | 'efficiency'> {
  const whole = batches.filter(({ jobs }) => jobs.length === jobsAsked);
  const complete = whole.filter(({ jobs }) => jobs.every(({ failure }) => failure === null));
  const walls = batches.flatMap(({ jobs }) => jobs.filter(({ failure }) => failure === null).map(({ wallMs }) => wallMs));
  const causes = new Map<string, number>();
  for (const { failure } of batches.flatMap(({ jobs }) => jobs)) if (failure !== null) causes.set(failure, (causes.get(failure) ?? 0) + 1);
  const rate = (batch: SweepBatch): number => (batch.jobs.filter(({ failure }) => failure === null).length / makespan(batch)) * 3_600_000;
  return {
    concurrency,
    rounds: batches.length,
    makespanMs: median(complete.map(makespan)),
    videosPerHour: median(whole.filter((batch) => makespan(batch) > 0).map(rate)),
    jobP50Ms: rank(walls, 0.5),
    jobP95Ms: walls.length < FEWEST_FOR_P95 ? null : rank(walls, 0.95),
    jobMaxMs: rank(walls, 1),
    slowestWorkerMs: median(complete.map((batch) => Math.max(...workers(batch).map(({ busyMs }) => busyMs)))),
    tailMs: median(complete.map((batch) => makespan(batch) - Math.min(...workers(batch).map(({ endMs, startMs }) => endMs - startMs)))),
    failures: [...causes].map(([cause, count]) => ({ cause, count })).sort((a, b) => b.count - a.count),
  };
}

const firstStart = ({ jobs }: SweepBatch): number => Math.min(...jobs.map(({ startMs }) => startMs));
const makespan = (batch: SweepBatch): number => (batch.jobs.length === 0 ? 0 : Math.max(...batch.jobs.map(({ endMs }) => endMs)) - firstStart(batch));

function workers(batch: SweepBatch): { startMs: number; endMs: number; busyMs: number }[] {
  return [...new Set(batch.jobs.map(({ worker }) => worker))].map((worker) => {
    const own = batch.jobs.filter((job) => job.worker === worker);
    return { startMs: firstStart(batch), endMs: Math.max(...own.map(({ endMs }) => endMs)), busyMs: own.reduce((sum, { wallMs }) => sum + wallMs, 0) };
  });
}

function rank(values: readonly number[], quantile: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(quantile * sorted.length) - 1)] ?? null;
}
