import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trialDuration, TRIAL_SPECS } from '../../../src/capacity/duration.ts';
import { estimateCapacity } from '../../../src/capacity/estimate.ts';
import { levelsLeft, nextStep, type Level, type SearchOptions } from '../../../src/capacity/search.ts';
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
    expect(trialDuration(10, 'long', TRIAL_SPECS.quick)).toEqual({ durationMs: 10_000, warmupMs: 3_000 });
    expect(trialDuration(100_000, 'short', TRIAL_SPECS.quick)).toEqual({ durationMs: 2_000, warmupMs: 1_000 });
  });
});

describe('estimate', () => {
  it('is null where only a bound is known', () => {
    expect(estimateCapacity([])).toBeNull();
    expect(estimateCapacity([{ ratePerSecond: 10, length: 'long', trials: ['kept', 'kept', 'kept'], together: 'kept' }])).toBeNull();
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
      const latencies = simulateQueue(queue, rate, { warmupMs: 10_000, durationMs: 2_000_000 / servers }, seededRandom(servers));
      for (const t of [10, 30, 60]) expect(latencies.filter((ms) => ms > t).length / latencies.length).toBeCloseTo(mmcTail(queue, rate, t), 1.6);
    }
  });

  it.each([
    { servers: 1, serviceMs: 10, limitMs: 100 },
    { servers: 2, serviceMs: 10, limitMs: 60 },
    { servers: 8, serviceMs: 20, limitMs: 100 },
  ])('M/M/$servers: found within 10 % in nine of ten searches, the interval holds the truth in nine of ten', ({ servers, serviceMs, limitMs }) => {
    const truth = mmcCapacity({ servers, serviceMs }, 0.95, limitMs);
    const searches = 20;
    let within = 0;
    let covered = 0;
    for (let seed = 0; seed < searches; seed += 1) {
      const random = seededRandom(1_000 * servers + seed);
      const options = { fromPerSecond: (truth / 8) * (0.8 + 0.4 * random()), upToPerSecond: 20_000, resolution: 0.05 };
      const trial = (rate: number, length: 'short' | 'long'): number[] => simulateQueue({ servers, serviceMs, service: 'exponential' }, rate, trialDuration(rate, length, TRIAL_SPECS.thorough), random);
      const { estimate } = simulateSearch(trial, { quantile: 0.95, limitMs }, options);
      if (estimate === null) continue;
      if (Math.abs(estimate.ratePerSecond / truth - 1) <= 0.1) within += 1;
      if (estimate.low <= truth && truth <= estimate.high) covered += 1;
    }
    // `npm run perf:capacity` simulates a thousand of each and writes the shares down; here a quick watch over the same.
    expect(within / searches).toBeGreaterThanOrEqual(0.85);
    expect(covered / searches).toBeGreaterThanOrEqual(0.8);
  });
});
