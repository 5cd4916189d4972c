import { describe, expect, it } from 'vitest';
import { decided, highestKept, withVerdicts } from '../../../src/capacity/decided.ts';
import { completedOf, figuresOf } from '../../../src/capacity/figures.ts';
import { gaveWay } from '../../../src/capacity/gave-way.ts';
import { madeLess } from '../../../src/capacity/made.ts';
import type { CapacityLevel } from '../../../src/record/capacity.ts';
import type { SlaLimit } from '../../../src/record/limits.ts';
import type { JobRun, Metric } from '../../../src/record/schema.ts';

const level = (ratePerSecond: number, length: 'short' | 'long', together: CapacityLevel['together'], kept: boolean[] = []): CapacityLevel => {
  const trials = (kept.length > 0 ? kept : Array.from({ length: 3 }, () => together === 'kept')).map((each) => ({
    kept: each, completedPerSecond: null, inFlightAtStart: null, inFlightAtEnd: null, machineBusy: null,
    figures: [{ metric: 'latency.p95', operator: '<=' as const, limit: 100, unit: 'ms' as const, value: each ? 50 : 150, kept: each }],
  }));
  return { ratePerSecond, length, together, trials, why: null };
};
const rates = (levels: CapacityLevel[]): number[] => levels.map(({ ratePerSecond }) => ratePerSecond);

describe('what was decided at each level', () => {
  // A hiccup at 200/s that longer trials did not see; 300/s that only short trials kept.
  const levels = [level(100, 'short', 'kept'), level(200, 'short', 'failed'), level(200, 'long', 'kept'), level(400, 'short', 'failed'), level(300, 'short', 'kept'), level(300, 'long', 'failed'), level(250, 'long', 'open', [true, true, false, true, false]), level(260, 'long', 'open', [true])];

  it('short trials that long ones took the place of count no more', () => {
    expect(rates(decided(levels, 'kept'))).toEqual([100, 200, 250]);
    expect(rates(decided(levels, 'failed'))).toEqual([300, 400]);
    expect(highestKept(levels)).toMatchObject({ ratePerSecond: 250 });
    expect(highestKept(levels.slice(0, 3))).toMatchObject({ ratePerSecond: 200, length: 'long' });
    expect(gaveWay(levels)?.sentence).toContain('at 300/s');
    expect(gaveWay(levels.slice(0, 3))).toBeNull();
  });

  it('the record says it, a majority included', () => {
    expect(withVerdicts(levels).map(({ verdict }) => verdict)).toEqual(['kept', 'superseded', 'kept', 'failed', 'superseded', 'failed', 'kept', 'open']);
  });
});

describe('what was completed in a trial', () => {
  const job = (endS: number, change: Partial<JobRun> = {}): JobRun => ({ round: 0, job: 0, lane: 0, outcome: 'done', submittedMs: 0, acceptedMs: 0, endMs: 1_000 * endS, lateByMs: null, queueWaitMs: null, processingMs: null, polls: 1, bytes: null, removed: 'yes', message: null, ...change });
  const of = (...jobs: JobRun[]): number | null => completedOf({ metrics: [], series: { kind: 'job', jobs } }, 0);

  it('jobs of 30 s, one a second and any number at once: one a second, though the last ends after 39 s', () => {
    expect(of(...Array.from({ length: 10 }, (_, index) => job(30 + index)))).toBeCloseTo(1, 9);
  });

  it('jobs of 4 s, one at a time: a quarter a second', () => {
    expect(of(...Array.from({ length: 10 }, (_, index) => job(4 * (index + 1))), job(50, { outcome: 'failed' }), job(90, { round: 1 }))).toBeCloseTo(0.25, 9);
  });

  it('nothing is known of one job, or of jobs that end together', () => {
    expect([of(), of(job(4)), of(job(4), job(4))]).toEqual([null, null, null]);
  });

  it('less than was sent, where it clearly was', () => {
    const trials = (...completed: (number | null)[]) => completed.map((completedPerSecond) => ({ ...level(1, 'long', 'kept').trials[0]!, completedPerSecond }));
    expect(madeLess({ ratePerSecond: 1, trials: trials(0.2, 0.3, null) })).toBeCloseTo(0.25, 9);
    expect(madeLess({ ratePerSecond: 1, trials: trials(0.9, 0.7) })).toBeNull();
    expect(madeLess({ ratePerSecond: 1, trials: trials(null) })).toBeNull();
  });
});

describe('limits against the figures of one trial', () => {
  const limit = (labels: SlaLimit['labels'], ms: number): SlaLimit => ({ id: 'latency.p95', labels, operator: '<=', limit: ms, severity: 'critical' });
  const metric = (labels: Metric['labels'], value: number): Metric => ({ id: 'latency.p95', labels, unit: 'ms', better: 'lower', value, rounds: [value], n: 100 });

  it('one of a request takes the place of that of the workload, as when they are judged', () => {
    const limits = [limit({}, 100), limit({ request: 'report' }, 2_000)];
    const figures = figuresOf(limits, [metric({ request: 'list' }, 40), metric({ request: 'report' }, 1_500)], 0);
    expect(figures.map(({ metric: key, limit: ms, kept }) => [key, ms, kept])).toEqual([['latency.p95{request=list}', 100, true], ['latency.p95{request=report}', 2_000, true]]);
  });
});
