import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TRIAL_SPECS, trialDuration, type TrialSpec } from '../../../src/capacity/duration.ts';
import { gaveWay } from '../../../src/capacity/gave-way.ts';
import { stepBy, TRIALS, type SearchOptions } from '../../../src/capacity/search.ts';
import { asLevel } from '../../../src/capacity/decided.ts';
import { RateHolder } from '../../../src/pipeline/hold-rate.ts';
import { searchRates, type Searched, type SearchSurroundings } from '../../../src/pipeline/search-rates.ts';
import type { CapacityLevel } from '../../../src/record/capacity.ts';
import { boundDouble, chosenDouble, needsDouble, SATURATED, type Round } from '../../support/capacity-doubles.ts';

const OPTIONS: SearchOptions = { fromPerSecond: 10, upToPerSecond: 10_000, resolution: 0.05 };
const NEVER = new AbortController().signal;

/** A clock that only stands still or is moved on. */
class Clock {
  ms = 0;
  readonly now = (): number => this.ms;
  readonly pause = (ms: number): Promise<void> => {
    this.ms += ms;
    return Promise.resolve();
  };
}

async function search(roundAt: (ratePerSecond: number, round: number, attempt: number) => Round, levels: CapacityLevel[] = []): Promise<Searched & { levels: CapacityLevel[]; step: ReturnType<typeof stepBy> }> {
  const clock = new Clock();
  const attempts = new Map<string, number>();
  const bound = boundDouble(({ ratePerSecond, durationMs }, round) => {
    const key = `${ratePerSecond} ${durationMs}`;
    if (round === 0) attempts.set(key, (attempts.get(key) ?? 0) + 1);
    return roundAt(ratePerSecond, round, attempts.get(key) ?? 1);
  });
  const holder = new RateHolder(chosenDouble(bound), { name: 'double', bound }, null, await needsDouble(), TRIAL_SPECS.thorough);
  const searched = await searchRates({ levels, options: OPTIONS, seed: 1 }, { holder, interrupt: NEVER, untilMs: Infinity, now: clock.now, pause: clock.pause, observe: () => undefined, keep: () => Promise.resolve() });
  return { ...searched, levels, step: stepBy(levels.map(asLevel), OPTIONS, searched.outOfTime) };
}

/** A service that keeps its limit up to a rate, held by a generator that gives way at another. */
const service = (capacity: number, generator: number) => (ratePerSecond: number): Round => (ratePerSecond > generator ? { p95: 900, findings: [SATURATED] } : { p95: ratePerSecond <= capacity ? 40 : 1_400 });

describe('a search with a generator that gives way', () => {
  it('never reports its ceiling as the capacity of the service', async () => {
    const { step, levels, verification } = await search(service(5_000, 300));
    if (step.type !== 'generator-limited') throw new Error(step.type);
    expect(step.keptPerSecond).toBeGreaterThan(280);
    expect(step.keptPerSecond).toBeLessThanOrEqual(300);
    expect(gaveWay(levels)).toEqual({ metric: 'load generator', resource: 'generator', sentence: SATURATED.message });
    expect(verification?.kept).toBe(true);
    expect(verification?.ratePerSecond).toBeCloseTo(0.9 * (step.keptPerSecond ?? 0));
  });

  it('knows nothing of the service where it gives way at once', async () => {
    expect(await search(service(5_000, 5))).toMatchObject({ step: { type: 'generator-limited', keptPerSecond: null }, verification: null });
  });

  it('finds the capacity where it gives way only above it, and makes a level again that was disturbed once', async () => {
    expect((await search(service(300, 5_000))).step).toMatchObject({ type: 'found' });
    const { step, levels } = await search((rate, _, attempt) => (rate > 100 && attempt === 1 ? { p95: 900, findings: [SATURATED] } : service(300, 5_000)(rate)));
    expect(step.type).toBe('found');
    expect(levels.some(({ together }) => together === 'generator')).toBe(false);
  });

  it('a verification it spoils is made again, and left open where that is spoilt too', async () => {
    const longest = 5 * trialDuration(100, 'long', TRIAL_SPECS.thorough).durationMs;
    const spoilt = (times: number): Promise<Searched> => {
      let holds = 0;
      const bound = boundDouble(({ ratePerSecond, durationMs }) => {
        if (durationMs < longest / 2) return service(100, 5_000)(ratePerSecond);
        holds += 1;
        return holds <= times ? { p95: 900, findings: [SATURATED] } : { p95: 40 };
      });
      const clock = new Clock();
      return needsDouble().then((needs) =>
        searchRates(
          { levels: [], options: { ...OPTIONS, fromPerSecond: 80, resolution: 0.5 }, seed: 1 },
          { holder: new RateHolder(chosenDouble(bound), { name: 'double', bound }, null, needs, TRIAL_SPECS.thorough), interrupt: NEVER, untilMs: Infinity, now: clock.now, pause: clock.pause, observe: () => undefined, keep: () => Promise.resolve() },
        ),
      );
    };
    expect((await spoilt(1)).verification).toMatchObject({ kept: true, why: null });
    expect((await spoilt(2)).verification).toMatchObject({ kept: null, why: SATURATED.message });
  });
});

describe('the time of a search', () => {
  const BUDGET_MS = TRIAL_SPECS.quick.budgetMs;
  const spec: TrialSpec = TRIAL_SPECS.quick;

  /** Levels that cost what trials of this length cost, and so much on top of each: answers that are waited for, jobs that end late. */
  function costing(clock: Clock, overMs: () => number, capacity: number, generator: (ratePerSecond: number) => boolean): SearchSurroundings['holder'] {
    const trialMs: SearchSurroundings['holder']['trialMs'] = (rate, length) => {
      const { warmupMs, durationMs } = trialDuration(rate, length, spec);
      return 700 + warmupMs + durationMs;
    };
    const verificationMs = (rate: number): number => trialMs(rate, 'long') + 4 * trialDuration(rate, 'long', spec).durationMs;
    return {
      trialMs,
      verificationMs,
      hold: (ratePerSecond, length) => {
        if (generator(ratePerSecond)) {
          clock.ms += trialMs(ratePerSecond, length) + overMs();
          return Promise.resolve({ ratePerSecond, length, together: 'generator', trials: [], why: 'late' });
        }
        const kept = ratePerSecond <= capacity;
        const open = Math.abs(ratePerSecond / capacity - 1) < 0.1;
        const trials = Array.from({ length: open ? TRIALS.most : TRIALS.least }, () => {
          clock.ms += trialMs(ratePerSecond, length) + overMs();
          return { kept, figures: [], completedPerSecond: null, inFlightAtStart: null, inFlightAtEnd: null, machineBusy: null };
        });
        return Promise.resolve({ ratePerSecond, length, together: kept ? 'kept' : 'failed', trials, why: null });
      },
      verify: (ratePerSecond) => {
        clock.ms += verificationMs(ratePerSecond) + overMs();
        return Promise.resolve({ ratePerSecond, durationMs: 1, kept: true, figures: [], why: null });
      },
    };
  }

  it('is kept to, whatever trials take on top of their estimate, with levels that are made again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0, max: 6_000, noNaN: true }), fc.double({ min: 10, max: 3_000, noNaN: true }), fc.boolean(), async (overMs, capacity, disturbed) => {
        const clock = new Clock();
        const seen = new Set<number>();
        const holder = costing(clock, () => overMs, capacity, (rate) => disturbed && rate > 20 && !seen.has(rate) && seen.add(rate).size > 0);
        const levels: CapacityLevel[] = [];
        const { outOfTime, verification } = await searchRates({ levels, options: OPTIONS, seed: 1 }, { holder, interrupt: NEVER, untilMs: BUDGET_MS, now: clock.now, pause: clock.pause, observe: () => undefined, keep: () => Promise.resolve() });
        expect(clock.ms).toBeLessThanOrEqual(BUDGET_MS);
        expect(levels.length).toBeGreaterThan(0);
        // Whatever was found is held for longer, in the same time.
        const step = stepBy(levels.map(asLevel), OPTIONS, outOfTime);
        if (step.type === 'found' || step.type === 'kept-at-highest') expect(verification?.kept).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('a level that the end of the time cut short is none, and what was found is left unverified', async () => {
    const clock = new Clock();
    const cut: SearchSurroundings['holder'] = { ...costing(clock, () => 0, 15, () => false), verify: () => Promise.resolve(null) };
    const hold = cut.hold.bind(cut);
    const holder = { ...cut, hold: (rate: number, length: 'short' | 'long', seed: number) => (rate > 20 || length === 'long' ? Promise.resolve(null) : hold(rate, length, seed)) };
    const { outOfTime, verification } = await searchRates({ levels: [], options: OPTIONS, seed: 1 }, { holder, interrupt: NEVER, untilMs: BUDGET_MS, now: clock.now, pause: clock.pause, observe: () => undefined, keep: () => Promise.resolve() });
    expect(outOfTime).toBe(true);
    expect(verification).toMatchObject({ kept: null, why: 'The time of the profile was over.' });
  });

  it('that has no room for a level to be made again leaves it the generator’s, and its reason', async () => {
    for (const cutShort of [false, true]) {
      const clock = new Clock();
      const first = costing(clock, () => 0, 100, () => true);
      let holds = 0;
      const hold: SearchSurroundings['holder']['hold'] = (...level) => (holds++ === 0 ? first.hold(...level) : Promise.resolve(null));
      const levels: CapacityLevel[] = [];
      const { outOfTime } = await searchRates({ levels, options: OPTIONS, seed: 1 }, { holder: { ...first, hold }, interrupt: NEVER, untilMs: cutShort ? BUDGET_MS : 20_000, now: clock.now, pause: clock.pause, observe: () => undefined, keep: () => Promise.resolve() });
      expect(holds).toBe(cutShort ? 2 : 1);
      expect(stepBy(levels.map(asLevel), OPTIONS, outOfTime)).toEqual({ type: 'generator-limited', keptPerSecond: null, generatorPerSecond: 10 });
      expect(gaveWay(levels)).toMatchObject({ resource: 'generator', sentence: 'late' });
    }
  });

  it('that was over before the first rate was held is just that', async () => {
    const clock = new Clock();
    const holder = { ...costing(clock, () => 0, 100, () => false), hold: () => Promise.resolve(null) };
    const levels: CapacityLevel[] = [];
    expect(await searchRates({ levels, options: OPTIONS, seed: 1 }, { holder, interrupt: NEVER, untilMs: 0, now: clock.now, pause: clock.pause, observe: () => undefined, keep: () => Promise.resolve() })).toEqual({ outOfTime: true, verification: null });
    expect(levels).toEqual([]);
  });
});
