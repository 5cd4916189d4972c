import fc from 'fast-check';
import { Float64Histogram } from 'hdr-histogram-js';
import { describe, expect, it } from 'vitest';
import { HIGHEST_US, Histogram } from '../../../src/load/histogram.ts';

const us = fc.oneof(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 2 ** 31 + 10 }), fc.integer({ min: 0, max: HIGHEST_US }));
const samples = fc.array(us, { minLength: 1, maxLength: 300 });
const quantile = fc.double({ min: 0, max: 1, noNaN: true });

function of(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  values.forEach((value) => histogram.record(value));
  return histogram;
}

function nearestRank(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = Math.min(values.length, Math.max(1, Math.ceil(q * values.length * (1 - 1e-12))));
  return sorted[rank - 1] ?? Number.NaN;
}

describe('Histogram', () => {
  it('gives the nearest-rank sample, at most 1/1,024 above it and never below', () => {
    fc.assert(
      fc.property(samples, quantile, (values, q) => {
        const exact = nearestRank(values, q);
        const actual = of(values).quantile(q) ?? Number.NaN;
        expect(actual).toBeGreaterThanOrEqual(exact);
        expect(actual).toBeLessThanOrEqual(exact * (1 + 1 / 1_024));
      }),
    );
  });

  it('is exact below 2,048 µs and at the largest sample', () => {
    expect(of([0, 1, 700, 2_047]).quantile(0.75)).toBe(700);
    expect(of([5, 10_000_000]).quantile(1)).toBe(10_000_000);
    expect(of(Array.from({ length: 100 }, (_, index) => index + 1)).quantile(0.07)).toBe(7);
  });

  it('has the buckets of HdrHistogram', () => {
    fc.assert(
      fc.property(samples, quantile, (values, q) => {
        const library = new Float64Histogram(1, HIGHEST_US, 3);
        values.forEach((value) => library.recordValue(value));
        const expected = Math.min(library.getValueAtPercentile(q * 100), Math.max(...values));
        // The library may be one rank off where q·n is a whole number: compare the bucket, not the rank.
        if (Math.abs(q * values.length - Math.round(q * values.length)) > 1e-6) expect(of(values).quantile(q)).toBe(expected);
      }),
    );
  });

  it('merges to what all samples together would be', () => {
    fc.assert(
      fc.property(samples, samples, (a, b) => {
        const merged = of(a);
        merged.add(of(b));
        expect(merged.toData()).toEqual(of([...a, ...b]).toData());
        expect(merged.count).toBe(a.length + b.length);
      }),
      { numRuns: 30 },
    );
  });

  it('travels as data and as text', () => {
    fc.assert(
      fc.property(samples, quantile, (values, q) => {
        const original = of(values);
        expect(Histogram.fromData(structuredClone(original.toData())).toData()).toEqual(original.toData());
        const decoded = Histogram.decode(original.encode());
        expect(decoded.count).toBe(original.count);
        expect(decoded.toData().counts).toEqual(original.toData().counts);
        expect(decoded.toData().indices).toEqual(original.toData().indices);
        expect(decoded.quantile(q) ?? 0).toBeGreaterThanOrEqual(original.quantile(q) ?? 0);
      }),
      { numRuns: 15 },
    );
  });

  it('holds nothing that was not recorded', () => {
    const empty = new Histogram();
    expect(empty.quantile(0.5)).toBeUndefined();
    expect(empty.spectrum()).toEqual([]);
    expect(Histogram.decode(empty.encode()).count).toBe(0);
    const reset = of([1, 50_000]);
    reset.reset();
    reset.record(7);
    expect(reset.toData()).toEqual(of([7]).toData());
  });

  it('keeps what is out of range at its ends, in whole µs', () => {
    expect(of([-5, 0.4]).maxUs).toBe(0);
    expect(of([0.5]).maxUs).toBe(1);
    expect(of([HIGHEST_US * 10]).maxUs).toBe(HIGHEST_US);
  });

  it('draws a spectrum that ascends to the largest sample', () => {
    fc.assert(
      fc.property(samples, (values) => {
        const histogram = of(values);
        const points = histogram.spectrum();
        expect(points.at(-1)?.[1]).toBe(Math.max(...values));
        points.forEach(([q, value], index) => {
          const [previousQ, previous] = points[index - 1] ?? [-1, -1];
          expect(q).toBeGreaterThan(previousQ);
          expect(q).toBeLessThan(1);
          expect(value).toBeGreaterThanOrEqual(previous);
          expect(value).toBe(histogram.quantile(q));
        });
      }),
      { numRuns: 20 },
    );
  });
});
