import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boundOf } from '../../../../src/workloads/encode/analysis/bound.ts';
import { breakEven, costPerVideo } from '../../../../src/workloads/encode/analysis/cost.ts';
import { atQuality, bdRate, rising, type RatePoint } from '../../../../src/workloads/encode/analysis/equal-quality.ts';
import { paretoFront } from '../../../../src/workloads/encode/analysis/pareto.ts';
import { pchip } from '../../../../src/workloads/encode/analysis/pchip.ts';
import { sweepOf, type SweepBatch } from '../../../../src/workloads/encode/analysis/sweep.ts';
import { ratios, scores } from '../../../../src/workloads/encode/analysis/vbench.ts';

interface Fixture {
  cases: { reference: [number, number][]; test: [number, number][]; bdRate: number; at: number; logRateAt: number }[];
  rough: { x: number[]; y: number[]; at: [number, number][]; integral: [number, number, number][] };
}

/** Values of scipy's PchipInterpolator: fixtures/make-bd-rate.py. */
const scipy = JSON.parse(readFileSync(new URL('fixtures/bd-rate.json', import.meta.url), 'utf8')) as Fixture;
const points = (pairs: readonly (readonly [number, number])[]): RatePoint[] => pairs.map(([bitsPerSecond, quality]) => ({ bitsPerSecond, quality, framesPerSecond: 1e8 / bitsPerSecond }));

describe('monotone interpolation', () => {
  test('agrees with scipy, flat and falling stretches included', () => {
    const curve = pchip(scipy.rough.x, scipy.rough.y);
    for (const [x, y] of scipy.rough.at) expect(curve.at(x)).toBeCloseTo(y, 10);
    for (const [a, b, area] of scipy.rough.integral) expect(curve.integral(a, b)).toBeCloseTo(area, 10);
  });

  test('goes through its points and never beyond them', () => {
    const rise = fc.uniqueArray(fc.integer({ min: 0, max: 1_000 }), { minLength: 4, maxLength: 8 }).map((values) => [...values].sort((a, b) => a - b));
    fc.assert(
      fc.property(rise, rise, fc.double({ min: 0, max: 1, noNaN: true }), (a, b, share) => {
        const n = Math.min(a.length, b.length);
        const [xs, ys] = [a.slice(0, n), b.slice(0, n)];
        const curve = pchip(xs, ys);
        xs.forEach((x, at) => expect(curve.at(x)).toBeCloseTo(ys[at] ?? Number.NaN, 6));
        const y = curve.at(curve.from + share * (curve.to - curve.from));
        expect(y).toBeGreaterThanOrEqual((ys[0] ?? 0) - 1e-6);
        expect(y).toBeLessThanOrEqual((ys.at(-1) ?? 0) + 1e-6);
      }),
    );
  });
});

describe('equal quality', () => {
  test('BD-rate and the bit rate at a quality agree with scipy', () => {
    expect(scipy.cases.length).toBeGreaterThanOrEqual(20);
    for (const each of scipy.cases) {
      const result = bdRate(points(each.reference), points(each.test));
      expect(result.status === 'known' ? result.share : Number.NaN).toBeCloseTo(each.bdRate, 9);
      const here = atQuality(points(each.reference), each.at);
      expect(here.status === 'known' ? Math.log10(here.bitsPerSecond) : Number.NaN).toBeCloseTo(each.logRateAt, 9);
    }
  });

  test('half the bit rate everywhere is −50 %, twice is +100 %, and the order of the points does not matter', () => {
    fc.assert(
      fc.property(fc.constantFrom(...scipy.cases), fc.double({ min: 0.2, max: 5, noNaN: true }), ({ reference }, factor) => {
        const scaled = reference.map(([rate, quality]): [number, number] => [rate * factor, quality]);
        const result = bdRate(points(reference), points([...scaled].reverse()));
        expect(result.status === 'known' ? result.share : Number.NaN).toBeCloseTo(factor - 1, 9);
      }),
    );
  });

  test('never beyond what was measured: it says why instead', () => {
    const base: [number, number][] = [[1e6, 30], [2e6, 33], [4e6, 36], [8e6, 39]];
    expect(bdRate(points(base), points(base.slice(1)))).toMatchObject({ status: 'unknown', why: expect.stringContaining('at least 4 bit rates') as string });
    expect(bdRate(points(base), points(base.map(([rate, quality]) => [rate, quality + 20])))).toMatchObject({ why: expect.stringContaining('no quality in common') as string });
    expect(atQuality(points(base), 25)).toMatchObject({ why: expect.stringContaining('add lower ones') as string });
    expect(atQuality(points(base), 45)).toMatchObject({ why: expect.stringContaining('add higher ones') as string });
  });

  test('a point that costs more and is no better is left out; infinite quality too', () => {
    expect(rising(points([[4e6, 36], [1e6, 30], [2e6, 30], [3e6, 29], [9e6, Number.POSITIVE_INFINITY]])).map(({ bitsPerSecond }) => bitsPerSecond)).toEqual([1e6, 4e6]);
  });
});

describe('vbench', () => {
  const reference = { speed: 100, bitsPerSecond: 2e6, quality: 40 };
  test('ratios: faster, smaller and better are above 1', () => {
    expect(ratios({ speed: 400, bitsPerSecond: 1e6, quality: 42 }, reference)).toEqual({ s: 4, b: 2, q: 1.05 });
  });

  test.each([
    ['the reference itself', reference, { upload: 1, live: 1, vod: 1, popular: 1, platform: 1 }],
    ['four times as fast at equal rate and quality', { ...reference, speed: 400 }, { upload: 4, live: 1, vod: 4, popular: 1, platform: 4 }],
    ['fast and worse', { ...reference, speed: 400, quality: 38 }, { upload: 3.8, live: 0.95, vod: 0, popular: 0, platform: 0 }],
    ['slower than the clip plays', { ...reference, speed: 20, bitsPerSecond: 1e6 }, { upload: 0.2, live: 0, vod: 0.4, popular: 2, platform: 0 }],
    ['ten times the bit rate', { ...reference, bitsPerSecond: 2e7, quality: 44 }, { upload: 0, live: 0.11, vod: 0.1, popular: 0, platform: 0 }],
    ['worse than a lossless reference, but nobody can see it', { ...reference, quality: 50.5 }, { upload: 0.9619, live: 0.9619, vod: 1, popular: 0, platform: 0 }, 52.5],
  ])('%s', (_, of, expected, quality = 40) => {
    const found = scores(of, { ...reference, quality }, 24);
    for (const [scenario, score] of Object.entries(expected)) expect(found[scenario as keyof typeof found], scenario).toBeCloseTo(score, 4);
  });
});

test('the Pareto front: what nothing else is both faster and better than', () => {
  const items = [['a', 10, 40], ['b', 20, 38], ['c', 15, 37], ['d', 5, 41], ['e', 20, 38]] as const;
  expect(paretoFront(items, ([, x]) => x, ([, , y]) => y).map(([name]) => name)).toEqual(['a', 'b', 'd', 'e']);
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 20 })), { minLength: 1 }), (all) => {
      const front = paretoFront(all, ([x]) => x, ([, y]) => y);
      expect(front.length).toBeGreaterThan(0);
      for (const [x, y] of all) expect(front.some(([fx, fy]) => fx >= x && fy >= y)).toBe(true);
    }),
  );
});

test('decode-bound is told from encode-bound', () => {
  expect([boundOf(305, 310), boundOf(100, 310), boundOf(230, 310)]).toEqual(['decode', 'encode', 'both']);
});

describe('sweep', () => {
  /** Workers that take turns, each job as long as said. */
  const batch = (concurrency: number, jobMs: readonly number[], failure: string | null = null): SweepBatch => {
    const freeAt = Array.from({ length: concurrency }, () => 0);
    return {
      concurrency,
      jobs: jobMs.map((wallMs, at) => {
        const worker = freeAt.indexOf(Math.min(...freeAt));
        const startMs = freeAt[worker] ?? 0;
        freeAt[worker] = startMs + wallMs;
        return { worker, startMs, endMs: startMs + wallMs, wallMs, failure: at === 0 ? failure : null };
      }),
    };
  };
  const even = (concurrency: number, jobMs: number): SweepBatch => batch(concurrency, Array.from({ length: 4 }, () => jobMs));

  test('speed-up, efficiency, and the knee before the first step that gains less than 5 %', () => {
    const { levels, knee, best } = sweepOf([even(1, 1_000), even(2, 1_100), even(4, 2_150)], 4);
    expect(levels.map(({ concurrency, makespanMs }) => [concurrency, makespanMs])).toEqual([[1, 4_000], [2, 2_200], [4, 2_150]]);
    expect(levels.map(({ speedup }) => speedup?.toFixed(3))).toEqual(['1.000', '1.818', '1.860']);
    expect(levels.map(({ efficiency }) => efficiency?.toFixed(3))).toEqual(['1.000', '0.909', '0.465']);
    expect([knee, best]).toEqual([2, 4]);
  });

  test('the slowest worker and the tail: what an average hides', () => {
    const [level] = sweepOf([batch(2, [1_000, 4_000, 1_000, 1_000])], 4).levels;
    expect(level).toMatchObject({ makespanMs: 4_000, slowestWorkerMs: 4_000, tailMs: 1_000, jobP50Ms: 1_000, jobMaxMs: 4_000, jobP95Ms: null, speedup: null });
  });

  test('failures are counted by cause; a batch that lost a job has no makespan, and makes fewer videos', () => {
    const [level] = sweepOf([batch(2, [10, 1_000, 1_000, 1_000], 'session-limit'), batch(2, [10, 1_000, 1_000, 1_000], 'session-limit')], 4).levels;
    expect(level).toMatchObject({ makespanMs: null, tailMs: null, failures: [{ cause: 'session-limit', count: 2 }] });
    expect(level?.videosPerHour).toBeCloseTo((3 / 2_000) * 3.6e6, 6);
  });

  test('an interrupted batch says nothing about throughput; no level, no knee', () => {
    const whole = even(1, 1_000);
    expect(sweepOf([{ ...whole, jobs: whole.jobs.slice(0, 2) }], 4)).toMatchObject({ levels: [{ videosPerHour: null, jobMaxMs: 1_000 }], knee: null, best: null });
    expect(sweepOf([], 4)).toEqual({ levels: [], knee: null, best: null });
  });
});

test('cost per video at the throughput of a batch; break-even is the ratio of the prices', () => {
  expect(costPerVideo(0.36, 120)).toBeCloseTo(0.003, 12);
  expect(breakEven({ cpuPerHour: 0.4, gpuPerHour: 1.2 }, 100, 400)).toEqual({ speedup: 4, needed: expect.closeTo(3, 12) as number, cheaper: 'gpu' });
  expect(breakEven({ cpuPerHour: 0.4, gpuPerHour: 1.2 }, 100, 250)).toMatchObject({ cheaper: 'cpu' });
  fc.assert(
    fc.property(...([1, 2, 3, 4].map(() => fc.double({ min: 0.01, max: 1_000, noNaN: true })) as [fc.Arbitrary<number>, fc.Arbitrary<number>, fc.Arbitrary<number>, fc.Arbitrary<number>]), (cpuPerHour, gpuPerHour, cpu, gpu) => {
      const { cheaper } = breakEven({ cpuPerHour, gpuPerHour }, cpu, gpu);
      const [onCpu, onGpu] = [costPerVideo(cpuPerHour, cpu), costPerVideo(gpuPerHour, gpu)];
      if (Math.abs(onCpu / onGpu - 1) > 1e-9) expect(cheaper).toBe(onGpu < onCpu ? 'gpu' : 'cpu');
    }),
  );
});
