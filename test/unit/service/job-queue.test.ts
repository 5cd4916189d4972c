import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JobQueue, type Job } from '../../../src/service/job-queue.ts';

/** Jobs that end when told to, or when stopped. */
function controlled(): { job: Job; end: () => void; started: () => boolean; stopped: () => boolean } {
  let [started, stopped] = [false, false];
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const job: Job = {
    priority: 1,
    run(signal) {
      started = true;
      signal.addEventListener('abort', () => {
        stopped = true;
        end();
      });
      return ended;
    },
  };
  return { job, end: () => end(), started: () => started, stopped: () => stopped };
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('JobQueue', () => {
  it('runs as many at once as it may, in order, and refuses what is beyond its limit', async () => {
    const queue = new JobQueue(2, 1);
    const jobs = Array.from({ length: 4 }, controlled);
    expect(jobs.map(({ job }) => queue.add(job))).toEqual([true, true, true, false]);
    await turn();
    expect(jobs.map(({ started }) => started())).toEqual([true, true, false, false]);
    expect([queue.active, queue.length, queue.isFull()]).toEqual([2, 1, true]);
    jobs[0]?.end();
    await turn();
    expect(jobs.map(({ started }) => started())).toEqual([true, true, true, false]);
    await queue.stop();
    expect(jobs.map(({ stopped }) => stopped())).toEqual([false, true, true, false]);
    expect(queue.add(controlled().job)).toBe(false);
  });

  it('takes out what waits and stops what runs', async () => {
    const queue = new JobQueue(1, 5);
    const [first, second] = [controlled(), controlled()];
    queue.add(first.job);
    queue.add(second.job);
    await turn();
    queue.cancel(second.job);
    queue.cancel(first.job);
    await turn();
    expect([first.stopped(), second.started(), queue.length, queue.active]).toEqual([true, false, 0, 0]);
  });

  it('lets a higher priority overtake what waits, and nothing else', async () => {
    const queue = new JobQueue(1, 10);
    const order: string[] = [];
    const job = (name: string, priority: number): Job => ({ priority, run: () => Promise.resolve(void order.push(name)) });
    for (const [name, priority] of [['first', 1], ['second', 1], ['low', 0], ['high', 2], ['third', 1], ['higher', 2]] as const) queue.add(job(name, priority));
    while (order.length < 6) await turn();
    expect(order).toEqual(['first', 'high', 'higher', 'second', 'third', 'low']);
  });

  it('never runs more than its concurrency, and every accepted job once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.nat(6), fc.nat(20), async (concurrency, limit, count) => {
        const queue = new JobQueue(concurrency, limit);
        let [running, most, runs] = [0, 0, 0];
        const job = (): Job => ({
          priority: 1,
          async run() {
            runs += 1;
            most = Math.max(most, (running += 1));
            await turn();
            running -= 1;
          },
        });
        const accepted = Array.from({ length: count }, () => queue.add(job())).filter(Boolean).length;
        while (queue.active > 0) await turn();
        expect(accepted).toBe(Math.min(count, concurrency + limit));
        expect(runs).toBe(accepted);
        expect(most).toBeLessThanOrEqual(concurrency);
      }),
      { numRuns: 50 },
    );
  });
});
