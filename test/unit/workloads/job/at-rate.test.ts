import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trialDuration, TRIAL_SPECS } from '../../../../src/capacity/duration.ts';
import { atRate, isWarmUp } from '../../../../src/workloads/job/at-rate.ts';
import { bind } from '../../../../src/workloads/registry.ts';
import { jobWorkload } from '../../../../src/workloads/job/schema.ts';

const written = { submit: { request: { method: 'POST', path: '/jobs' } }, poll: { request: { path: '/jobs/1' } }, until: { done: { at: '/status', is: 'done' } } };
const workload = (job: object) => jobWorkload.parse({ name: 'jobs', job: { ...written, ...job } });
const level = { ratePerSecond: 4, warmupMs: 1_000, durationMs: 5_000 };

describe('jobs at another rate', () => {
  it('are as many as are due in the warm-up and the measurement', () => {
    const bound = bind(workload({ rate: '2/s', jobs: 3 }));
    expect(bound.ratePerSecond).toBe(2);
    expect(bound.atRate(level)?.ratePerSecond).toBe(4);
    // 24 jobs at 4/s, and what the last one takes.
    expect(bound.atRate(level)?.estimateRoundMs).toBeGreaterThanOrEqual(6_000);
  });

  it('leave five to count at any rate, however few come in the time of a trial', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-4, max: 5, noNaN: true }), fc.constantFrom('short', 'long'), fc.constantFrom(TRIAL_SPECS.quick, TRIAL_SPECS.thorough), (ratePerSecond, length, spec) => {
        const { job } = atRate(workload({ rate: '2/s', jobs: 3 }), { ratePerSecond, ...trialDuration(ratePerSecond, length, spec) })!;
        const dueMs = Array.from({ length: job.jobs }, (_, index) => (index * 1_000) / ratePerSecond);
        expect(dueMs.filter((ms) => !isWarmUp(job, ms)).length).toBeGreaterThanOrEqual(5);
      }),
    );
  });

  it('have none at a concurrency', () => {
    const bound = bind(workload({ concurrency: 2, jobs: 3 }));
    expect([bound.ratePerSecond, bound.atRate(level)]).toEqual([null, null]);
  });

  it.each([
    [{ concurrency: 2, warmup: '1s', jobs: 3 }, 'belongs to a rate: add job.rate, or leave it out'],
    [{ rate: '3/s', warmup: '1s', jobs: 3 }, 'leaves nothing to count: all 3 jobs are due within it'],
  ])('a warm-up that means nothing is a mistake', (job, message) => {
    expect(jobWorkload.safeParse({ name: 'jobs', job: { ...written, ...job } }).error?.issues[0]).toMatchObject({ path: ['job', 'warmup'], message });
  });
});
