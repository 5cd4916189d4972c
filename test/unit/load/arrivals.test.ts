import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constantArrivals, poissonArrivals, scheduleOf, stagedArrivals, type Arrivals } from '../../../src/load/arrivals.ts';

function all(arrivals: Arrivals): number[] {
  const times: number[] = [];
  for (let atMs = arrivals.next(); atMs < Number.POSITIVE_INFINITY; atMs = arrivals.next()) times.push(atMs);
  return times;
}

/** Kolmogorov-Smirnov distance of samples to the exponential distribution with the given mean. */
function distanceToExponential(gaps: readonly number[], mean: number): number {
  const sorted = [...gaps].sort((a, b) => a - b);
  return sorted.reduce((worst, gap, index) => {
    const cdf = 1 - Math.exp(-gap / mean);
    return Math.max(worst, cdf - index / sorted.length, (index + 1) / sorted.length - cdf);
  }, 0);
}

describe('constant arrivals', () => {
  it('are evenly spaced from 0', () => {
    expect(all(constantArrivals(4, 1_000))).toEqual([0, 250, 500, 750]);
    expect(all(constantArrivals(0.5, 3_000))).toEqual([0, 2_000]);
  });

  it('number rate × duration and do not drift', () => {
    const times = all(constantArrivals(333, 60_000));
    expect(times).toHaveLength(333 * 60);
    expect(times[333 * 30]).toBe(30_000);
  });
});

describe('Poisson arrivals', () => {
  it('are the same for the same seed and others for another', () => {
    expect(all(poissonArrivals(100, 5_000, 7))).toEqual(all(poissonArrivals(100, 5_000, 7)));
    expect(all(poissonArrivals(100, 5_000, 7))).not.toEqual(all(poissonArrivals(100, 5_000, 8)));
  });

  it.each([1, 2, 3, 42, 2_024])('have exponential gaps (Kolmogorov-Smirnov at 1 %, seed %i)', (seed) => {
    const times = all(poissonArrivals(500, 20_000, seed));
    const gaps = times.map((atMs, index) => atMs - (times[index - 1] ?? 0));
    // Asymptotic critical value at 1 %: 1.628 / √n (Massey 1951).
    expect(distanceToExponential(gaps, 2)).toBeLessThan(1.628 / Math.sqrt(gaps.length));
  });

  it.each([1, 2, 3, 42, 2_024])('number rate × duration within four standard deviations (seed %i)', (seed) => {
    expect(Math.abs(all(poissonArrivals(500, 20_000, seed)).length - 10_000)).toBeLessThan(4 * Math.sqrt(10_000));
  });

  it('ascend and end before the duration', () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 0.1, max: 5_000, noNaN: true }), (seed, rate) => {
        const times = all(poissonArrivals(rate, 200, seed));
        expect(times.every((atMs, index) => atMs >= (times[index - 1] ?? 0))).toBe(true);
        expect(times.at(-1) ?? 0).toBeLessThan(200);
      }),
    );
  });
});

describe('staged arrivals', () => {
  const hold = (rate: number, durationMs: number) => ({ fromPerSecond: rate, toPerSecond: rate, durationMs });
  const ramp = (fromPerSecond: number, toPerSecond: number, durationMs: number) => ({ fromPerSecond, toPerSecond, durationMs });

  it('step from one rate to another', () => {
    expect(all(stagedArrivals([hold(2, 1_000), hold(4, 1_000)], 'constant', 1))).toEqual([0, 500, 1_000, 1_250, 1_500, 1_750]);
  });

  it('ramp: the n-th comes when the area under the rate is n', () => {
    // From 0 to 10/s over 10 s the area is t²/2: arrivals at √(2n) s.
    const times = all(stagedArrivals([ramp(0, 10, 10_000)], 'constant', 1));
    expect(times).toHaveLength(50);
    times.forEach((atMs, n) => expect(atMs).toBeCloseTo(1_000 * Math.sqrt(2 * n), 6));
    const down = all(stagedArrivals([ramp(10, 0, 10_000)], 'constant', 1));
    expect(down.at(-1)).toBeCloseTo(10_000 - 1_000 * Math.sqrt(2), 6);
  });

  it.each([1, 2, 3])('Poisson: exponential gaps in the time that the rate measures (Kolmogorov-Smirnov at 1 %%, seed %i)', (seed) => {
    const area = (atMs: number): number => (atMs < 10_000 ? 0.05 * atMs + (atMs / 1_000) ** 2 * 45 : 5_000 + (atMs - 10_000) * 0.95);
    const areas = all(stagedArrivals([ramp(50, 950, 10_000), hold(950, 5_000)], 'poisson', seed)).map(area);
    const gaps = areas.map((each, index) => each - (areas[index - 1] ?? 0));
    expect(distanceToExponential(gaps, 1)).toBeLessThan(1.628 / Math.sqrt(gaps.length));
  });

  it('ascend, stay within the stages and number the area', () => {
    const stage = fc.record({ fromPerSecond: fc.double({ min: 0, max: 500, noNaN: true }), toPerSecond: fc.double({ min: 0, max: 500, noNaN: true }), durationMs: fc.integer({ min: 100, max: 2_000 }) });
    fc.assert(
      fc.property(fc.array(stage, { minLength: 1, maxLength: 4 }), (stages) => {
        const times = all(stagedArrivals(stages, 'constant', 1));
        const totalMs = stages.reduce((sum, { durationMs }) => sum + durationMs, 0);
        const area = stages.reduce((sum, { fromPerSecond, toPerSecond, durationMs }) => sum + ((fromPerSecond + toPerSecond) / 2) * (durationMs / 1_000), 0);
        expect(times.every((atMs, index) => atMs >= (times[index - 1] ?? 0) && atMs < totalMs)).toBe(true);
        expect(Math.abs(times.length - area)).toBeLessThanOrEqual(1 + 1e-6);
      }),
    );
  });
});

describe('a schedule', () => {
  const plan = { ratePerSecond: 20, stages: [], warmupMs: 200, durationMs: 300, seed: 5 };

  it('is warm-up, then measurement', () => {
    expect(all(scheduleOf({ ...plan, arrivals: 'constant' }))).toEqual([0, 50, 100, 150, 200, 250, 300, 350, 400, 450]);
  });

  it('runs its stages after the warm-up', () => {
    const stages = [{ fromPerSecond: 10, toPerSecond: 10, durationMs: 300 }];
    expect(all(scheduleOf({ ...plan, arrivals: 'constant', stages }))).toEqual([0, 50, 100, 150, 200, 300, 400]);
  });

  it('measures the same arrivals whatever the warm-up', () => {
    const measured = (warmupMs: number): number[] =>
      all(scheduleOf({ ...plan, arrivals: 'poisson', warmupMs, durationMs: 2_000 }))
        .filter((atMs) => atMs >= warmupMs)
        .map((atMs) => Number((atMs - warmupMs).toFixed(6)));
    expect(measured(1_000)).toEqual(measured(0));
  });
});
