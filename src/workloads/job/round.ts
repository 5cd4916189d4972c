import { setTimeout as sleep } from 'node:timers/promises';
import { constantArrivals, poissonArrivals } from '../../load/arrivals.ts';
import { seedFor } from '../../random.ts';
import type { JobRun } from '../../record/schema.ts';
import { formatMs } from '../../units.ts';
import { isWarmUp } from './at-rate.ts';
import { runJob, type Accepted, type Surroundings } from './run-job.ts';

/** How far a round is. */
export interface RoundProgress {
  submitted: number;
  ended: number;
  jobs: number;
}

export interface RoundHooks {
  seed: number;
  onAccepted: (accepted: Accepted) => void;
  /** A job has ended; resolves when what it left has been removed. */
  onEnded: (run: JobRun) => Promise<JobRun>;
  onProgress: (progress: RoundProgress) => void;
}

/**
 * All jobs of one round: at a concurrency each lane starts its next job when its last has ended, at a rate each starts at its due
 * time. Every job is in the result exactly once; those that were not started because of an interrupt are not in it. Once the service
 * has answered nothing for `giveUpAfter`, what is left is `not-submitted`.
 */
export async function runJobs(around: Omit<Surroundings, 'onAlive'>, hooks: RoundHooks): Promise<JobRun[]> {
  const { spec, signal } = around;
  const runs: JobRun[] = [];
  let submitted = 0;
  let next = 0;
  let aliveMs = performance.now();
  let silentSince: number | null = null;
  const alive = (): void => {
    aliveMs = performance.now();
    silentSince = null;
  };
  const gone = (): boolean => silentSince !== null && performance.now() - Math.max(aliveMs, silentSince) > spec.giveUpAfter;

  const one = async (job: number, lane: number, intendedMs: number): Promise<void> => {
    if (gone()) {
      const atMs = performance.now() - around.zeroMs;
      runs.push({ round: around.round, job, lane, outcome: 'not-submitted', submittedMs: atMs, acceptedMs: null, endMs: atMs, lateByMs: null, queueWaitMs: null, processingMs: null, polls: 0, bytes: null, removed: 'not-asked', message: `the service has answered nothing for ${formatMs(performance.now() - aliveMs)}` });
      return;
    }
    submitted += 1;
    hooks.onProgress({ submitted, ended: runs.length, jobs: spec.jobs });
    const quiet = isWarmUp(spec, intendedMs - around.zeroMs) ? { onExchange: () => undefined } : {};
    const run = await runJob(job, lane, intendedMs, { ...around, ...quiet, onAlive: alive }, hooks.onAccepted);
    if (run.outcome === 'unreachable' || (run.outcome === 'rejected' && run.acceptedMs === null)) silentSince ??= performance.now() - (run.outcome === 'unreachable' ? spec.giveUpAfter : 0);
    runs.push(await hooks.onEnded(run));
    hooks.onProgress({ submitted, ended: runs.length, jobs: spec.jobs });
  };

  if (spec.rate === undefined) {
    const lanes = Array.from({ length: Math.min(spec.concurrency ?? 1, spec.jobs) }, (_, lane) => lane);
    await Promise.all(
      lanes.map(async (lane) => {
        while (next < spec.jobs && !signal.aborted) {
          const job = next;
          next += 1;
          await one(job, lane, performance.now());
        }
      }),
    );
  } else {
    const arrivals = spec.arrivals === 'constant' ? constantArrivals(spec.rate, Number.POSITIVE_INFINITY) : poissonArrivals(spec.rate, Number.POSITIVE_INFINITY, seedFor(hooks.seed, 'arrivals'));
    const free: number[] = [];
    const under: Promise<void>[] = [];
    let lanes = 0;
    for (let job = 0; job < spec.jobs && !signal.aborted; job += 1) {
      const dueMs = around.zeroMs + arrivals.next();
      await sleep(Math.max(0, dueMs - performance.now()), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) break;
      const lane = free.pop() ?? lanes++;
      under.push(one(job, lane, dueMs).finally(() => free.push(lane)));
    }
    await Promise.all(under);
  }
  return runs.sort((a, b) => a.job - b.job);
}
