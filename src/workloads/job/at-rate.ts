import type { RateLevel } from '../contract.ts';
import { JOB_CEILINGS, type JobSpec, type JobWorkload } from './schema.ts';

/**
 * The same jobs at another arrival rate: as many as are due in the warm-up and the measurement. Null where the jobs come at a
 * concurrency: such a load adapts to the service and has no rate.
 */
export function atRate(workload: JobWorkload, { ratePerSecond, warmupMs, durationMs }: RateLevel): JobWorkload | null {
  const { rate, ...job } = workload.job;
  if (rate === undefined) return null;
  const jobs = Math.min(JOB_CEILINGS.jobs, Math.max(1, Math.ceil((ratePerSecond * (warmupMs + durationMs)) / 1_000)));
  return { ...workload, job: { ...job, rate: ratePerSecond, jobs, warmup: warmupMs } };
}

/** True for a job that only fills the queue: it was due in the warm-up of its round. `dueMs` since the round began. */
export const isWarmUp = ({ warmup = 0 }: Pick<JobSpec, 'warmup'>, dueMs: number): boolean => dueMs < warmup;
