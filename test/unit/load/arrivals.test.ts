import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constantArrivals, poissonArrivals, scheduleOf, type Arrivals } from '../../../src/load/arrivals.ts';

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

describe('a schedule', () => {
  const plan = { ratePerSecond: 20, warmupMs: 200, durationMs: 300, seed: 5 };

  it('is warm-up, then measurement', () => {
    expect(all(scheduleOf({ ...plan, arrivals: 'constant' }))).toEqual([0, 50, 100, 150, 200, 250, 300, 350, 400, 450]);
  });

  it('measures the same arrivals whatever the warm-up', () => {
    const measured = (warmupMs: number): number[] =>
      all(scheduleOf({ ...plan, arrivals: 'poisson', warmupMs, durationMs: 2_000 }))
        .filter((atMs) => atMs >= warmupMs)
        .map((atMs) => Number((atMs - warmupMs).toFixed(6)));
    expect(measured(1_000)).toEqual(measured(0));
  });
});
