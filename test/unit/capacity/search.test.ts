import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trialDuration, TRIAL_SPECS } from '../../../src/capacity/duration.ts';
import { estimateCapacity } from '../../../src/capacity/estimate.ts';
import { endNow, levelsLeft, nextStep, type Level, type SearchOptions } from '../../../src/capacity/search.ts';
import { seededRandom } from '../../../src/random.ts';
import { mmcCapacity, mmcTail, simulateQueue } from '../../support/queues/queue.ts';
import { simulateSearch } from '../../support/queues/search-simulation.ts';

const OPTIONS: SearchOptions = { fromPerSecond: 10, upToPerSecond: 10_000, resolution: 0.05 };

/** A service that keeps its limits up to a rate and not beyond it; `generator` gives way at another. */
function searchStep(capacity: number, { options = OPTIONS, generator = Infinity }: { options?: SearchOptions; generator?: number } = {}): { levels: Level[]; step: Exclude<ReturnType<typeof nextStep>, { type: 'trial' }> } {
  const levels: Level[] = [];
  for (;;) {
    const step = nextStep(levels, options);
    if (step.type !== 'trial') return { levels, step };
    const kept = step.ratePerSecond <= capacity;
    const trials = Array.from({ length: 3 }, () => (kept ? ('kept' as const) : ('failed' as const)));
    levels.push({ ratePerSecond: step.ratePerSecond, length: step.length, ...(step.ratePerSecond > generator ? { trials: [], together: 'generator' as const } : { trials, together: kept ? ('kept' as const) : ('failed' as const) }) });
  }
}

describe('search', () => {
  it('doubles, then halves the gap on the logarithm; the ends are decided by long trials', () => {
    const { levels, step } = searchStep(300);
    expect(levels.map(({ ratePerSecond, length }) => `${ratePerSecond.toFixed(0)} ${length}`)).toMatchInlineSnapshot(`
      [
        "10 short",
        "20 short",
        "40 short",
        "80 short",
        "160 short",
        "320 short",
        "226 long",
        "269 long",
        "293 long",
        "306 long",
      ]
    `);
    expect(step).toMatchObject({ type: 'found' });
  });

  it('ends with the capacity between the two rates, as close as asked for, whatever it is', () => {
    fc.assert(
      fc.property(fc.double({ min: 10, max: 9_999, noNaN: true }), fc.double({ min: 0.01, max: 0.5, noNaN: true }), (capacity, resolution) => {
        const { step } = searchStep(capacity, { options: { ...OPTIONS, resolution } });
        if (step.type !== 'found') throw new Error(step.type);
        expect(step.keptPerSecond).toBeLessThanOrEqual(capacity);
        expect(step.failedPerSecond).toBeGreaterThan(capacity);
        expect(step.failedPerSecond / step.keptPerSecond).toBeLessThanOrEqual(1 + resolution + 1e-12);
      }),
    );
  });

  it('says when the lowest rate fails already, when the highest is kept, and when the generator gave way first', () => {
    expect(searchStep(5).step).toEqual({ type: 'failed-at-lowest', ratePerSecond: 10 });
    expect(searchStep(1e6).step).toEqual({ type: 'kept-at-highest', ratePerSecond: 10_000 });
    expect(searchStep(300, { generator: 5 }).step).toEqual({ type: 'generator-limited', keptPerSecond: null, generatorPerSecond: 10 });
    const { step } = searchStep(1_000, { generator: 300 });
    expect(step.type).toBe('generator-limited');
    if (step.type === 'generator-limited') expect((step.keptPerSecond ?? 0) > 280 && step.generatorPerSecond > 300).toBe(true);
  });

  it('halves the first rate where that fails already, as far down as it may', () => {
    const options = { ...OPTIONS, fromPerSecond: 40, downToPerSecond: 5 };
    expect(searchStep(12, { options }).levels.slice(0, 4).map(({ ratePerSecond, together }) => `${ratePerSecond.toFixed(1)} ${together}`)).toEqual(['40.0 failed', '20.0 failed', '10.0 kept', '14.1 failed']);
    expect(searchStep(12, { options }).step.type).toBe('found');
    expect(searchStep(2, { options }).step).toEqual({ type: 'failed-at-lowest', ratePerSecond: 5 });
  });

  it('without time for another level, says what is known by then', () => {
    const { levels } = searchStep(300);
    expect(endNow([])).toBeNull();
    expect(endNow(levels.slice(0, 2))).toEqual({ type: 'kept-at-highest', ratePerSecond: 20 });
    expect(endNow(levels.slice(0, 7))).toMatchObject({ type: 'found', failedPerSecond: 320 });
    expect(endNow(searchStep(5).levels.slice(0, 1))).toEqual({ type: 'failed-at-lowest', ratePerSecond: 10 });
  });

  it('goes on from wherever it was interrupted, to the same end', () => {
    const whole = searchStep(300);
    for (let done = 0; done <= whole.levels.length; done += 1) {
      const step = nextStep(whole.levels.slice(0, done), OPTIONS);
      const next = whole.levels[done];
      expect(step).toEqual(next === undefined ? whole.step : { type: 'trial', ratePerSecond: next.ratePerSecond, length: next.length });
    }
  });

  it('an undecided level gets up to five trials, then the majority decides', () => {
    const open = (trials: Level['trials']): Level => ({ ratePerSecond: 10, length: 'short', trials, together: 'open' });
    expect(nextStep([open(['kept', 'failed', 'kept'])], OPTIONS)).toEqual({ type: 'trial', ratePerSecond: 10, length: 'short' });
    expect(nextStep([open(['kept', 'failed', 'kept', 'failed', 'kept'])], OPTIONS)).toMatchObject({ type: 'trial', ratePerSecond: 20 });
  });

  it('knows how many levels are left once one failed', () => {
    const { levels } = searchStep(300);
    const firstFailure = levels.findIndex(({ together }) => together === 'failed') + 1;
    for (let done = firstFailure; done <= levels.length; done += 1) expect(Math.abs(levelsLeft(levels.slice(0, done), OPTIONS) - (levels.length - done))).toBeLessThanOrEqual(1);
  });
});

describe('trials', () => {
  it('last until there are enough requests, within bounds, with a warm-up of their own', () => {
    expect(trialDuration(1_000, 'long', TRIAL_SPECS.quick)).toEqual({ durationMs: 3_000, warmupMs: 1_000 });
    expect(trialDuration(10, 'short', TRIAL_SPECS.quick)).toEqual({ durationMs: 5_000, warmupMs: 1_500 });
    expect(trialDuration(10, 'long', TRIAL_SPECS.quick)).toEqual({ durationMs: 10_000, warmupMs: 3_000 });
    expect(trialDuration(100_000, 'short', TRIAL_SPECS.quick)).toEqual({ durationMs: 2_000, warmupMs: 1_000 });
    // Five in any case: with none nothing would be measured, with one or two no queue could show.
    expect(trialDuration(0.1, 'short', TRIAL_SPECS.quick)).toEqual({ durationMs: 50_000, warmupMs: 15_000 });
  });
});

describe('estimate', () => {
  it('is null where only a bound is known', () => {
    expect(estimateCapacity([])).toBeNull();
    expect(estimateCapacity([{ ratePerSecond: 10, length: 'long', trials: ['kept', 'kept', 'kept'], together: 'kept' }])).toBeNull();
  });

  it('is null where every level failed, whatever single trials of them say, and where the generator gave way first', () => {
    const failed: Level = { ratePerSecond: 10, length: 'long', trials: ['kept', 'failed', 'failed'], together: 'failed' };
    expect(estimateCapacity([failed, { ...failed, ratePerSecond: 20, trials: ['failed', 'failed', 'failed'] }])).toBeNull();
    const kept: Level = { ...failed, trials: ['kept', 'kept', 'kept'], together: 'kept' };
    const generator: Level = { ratePerSecond: 20, length: 'long', trials: [], together: 'generator' };
    expect(estimateCapacity([kept, generator, { ...failed, ratePerSecond: 40 }])).toBeNull();
    expect(estimateCapacity([kept, { ...failed, ratePerSecond: 20 }, { ...generator, ratePerSecond: 40 }])).not.toBeNull();
  });

  it('is never outside of what the search itself kept and failed, whatever single trials say', () => {
    const trial = fc.constantFrom('kept' as const, 'failed' as const);
    const level = fc.record({ ratePerSecond: fc.integer({ min: 1, max: 60 }), length: fc.constant('long' as const), trials: fc.array(trial, { minLength: 3, maxLength: 5 }), together: fc.constantFrom('kept' as const, 'failed' as const) });
    fc.assert(
      fc.property(fc.uniqueArray(level, { selector: ({ ratePerSecond }) => ratePerSecond, minLength: 2, maxLength: 6 }), (levels) => {
        const estimate = estimateCapacity(levels);
        const end = endNow(levels);
        if (estimate === null || end?.type !== 'found') return;
        const { keptPerSecond, failedPerSecond } = end;
        expect(estimate.ratePerSecond >= keptPerSecond && estimate.ratePerSecond <= failedPerSecond).toBe(true);
        expect(estimate.low <= keptPerSecond && estimate.high >= failedPerSecond).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('lies between the ends of the search, its interval around both sides', () => {
    const estimate = estimateCapacity(searchStep(300).levels);
    expect(estimate?.ratePerSecond).toBeGreaterThan(285);
    expect(estimate?.ratePerSecond).toBeLessThan(315);
    expect(estimate?.low).toBeLessThan(300);
    expect(estimate?.high).toBeGreaterThan(300);
  });
});

describe('queues whose capacity is known', () => {
  it('the simulation agrees with the exact law of M/M/c', () => {
    for (const servers of [1, 2, 8]) {
      const queue = { servers, serviceMs: 10, service: 'exponential' as const };
      const rate = 80 * servers;
      const latencies = simulateQueue(queue, rate, { warmupMs: 10_000, durationMs: 800_000 / servers }, seededRandom(servers));
      for (const t of [10, 30, 60]) expect(latencies.filter((ms) => ms > t).length / latencies.length).toBeCloseTo(mmcTail(queue, rate, t), 1.6);
    }
  });

  it('M/M/2: a few searches find it within 10 %', () => {
    const [servers, serviceMs, limitMs] = [2, 10, 60];
    const truth = mmcCapacity({ servers, serviceMs }, 0.95, limitMs);
    for (let seed = 0; seed < 3; seed += 1) {
      const random = seededRandom(seed);
      const options = { fromPerSecond: truth / 8, upToPerSecond: 20_000, resolution: 0.05 };
      const trial = (rate: number, length: 'short' | 'long'): number[] => simulateQueue({ servers, serviceMs, service: 'exponential' }, rate, trialDuration(rate, length, TRIAL_SPECS.thorough), random);
      const { estimate } = simulateSearch(trial, { quantile: 0.95, limitMs }, options);
      // `npm run perf:capacity` makes a thousand of each queue and writes the shares down.
      expect(Math.abs((estimate?.ratePerSecond ?? 0) / truth - 1)).toBeLessThan(0.1);
    }
  });
});
