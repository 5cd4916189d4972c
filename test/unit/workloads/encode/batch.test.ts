import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runBatch } from '../../../../src/workloads/encode/batch.ts';

/** Jobs that end when the test says so. */
function manual() {
  const open = new Map<number, () => void>();
  let most = 0;
  const run = (job: number): Promise<number> =>
    new Promise((resolve) => {
      open.set(job, () => {
        open.delete(job);
        resolve(job);
      });
      most = Math.max(most, open.size);
    });
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return { run, open, settle, most: () => most };
}

test('a worker starts the next job as soon as its last one ends; the others go on', async () => {
  const { run, open, settle } = manual();
  const batch = runBatch(4, 2, new AbortController().signal, run);
  expect([...open.keys()]).toEqual([0, 1]);
  open.get(1)?.();
  await settle();
  expect([...open.keys()]).toEqual([0, 2]);
  open.get(2)?.();
  await settle();
  expect([...open.keys()]).toEqual([0, 3]);
  open.get(3)?.();
  open.get(0)?.();
  const { jobs } = await batch;
  expect(jobs.map(({ job, worker }) => [job, worker])).toEqual([[1, 1], [2, 1], [3, 1], [0, 0]]);
});

test('every job runs exactly once and never more than the concurrency at once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 40 }), fc.infiniteStream(fc.nat()), async (count, concurrency, choices) => {
      const { run, open, settle, most } = manual();
      const batch = runBatch(count, concurrency, new AbortController().signal, run);
      while (open.size > 0) {
        const running = [...open.values()];
        running[(choices.next().value ?? 0) % running.length]?.();
        await settle();
      }
      const { jobs, makespanMs } = await batch;
      expect(jobs.map(({ job }) => job).sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, job) => job));
      expect(most()).toBe(Math.min(count, concurrency));
      for (const { startMs, endMs } of jobs) expect(endMs - startMs <= makespanMs).toBe(true);
    }),
    { numRuns: 30 },
  );
});

test('after an abort no job is started, and what ran is kept', async () => {
  const { run, open } = manual();
  const stop = new AbortController();
  const batch = runBatch(10, 2, stop.signal, run);
  stop.abort();
  for (const end of [...open.values()]) end();
  expect((await batch).jobs.map(({ job }) => job)).toEqual([0, 1]);
});
