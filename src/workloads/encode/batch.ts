/** One job as it ran. Times are since the start of the batch. */
export interface BatchJob<Result> {
  job: number;
  worker: number;
  startMs: number;
  endMs: number;
  result: Result;
}

export interface Batch<Result> {
  /** In the order in which they ended. */
  jobs: BatchJob<Result>[];
  /** From the first start to the last end. */
  makespanMs: number;
}

/**
 * Runs `count` jobs with at most `concurrency` at once: each worker starts the next job the moment its last one ended
 * (as `xargs -P` does). No further job is started once `signal` is aborted.
 */
export async function runBatch<Result>(count: number, concurrency: number, signal: AbortSignal, run: (job: number, worker: number) => Promise<Result>): Promise<Batch<Result>> {
  const jobs: BatchJob<Result>[] = [];
  const startedAt = performance.now();
  let next = 0;
  const work = async (worker: number): Promise<void> => {
    while (next < count && !signal.aborted) {
      const job = next++;
      const startMs = performance.now() - startedAt;
      const result = await run(job, worker);
      jobs.push({ job, worker, startMs, endMs: performance.now() - startedAt, result });
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, count) }, (_, worker) => work(worker)));
  const starts = jobs.map((each) => each.startMs);
  const ends = jobs.map((each) => each.endMs);
  return { jobs, makespanMs: jobs.length === 0 ? 0 : Math.max(...ends) - Math.min(...starts) };
}
