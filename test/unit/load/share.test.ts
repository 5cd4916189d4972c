import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constantArrivals, poissonArrivals } from '../../../src/load/arrivals.ts';
import { arrivalsOfShare } from '../../../src/load/share.ts';

function all(arrivals: { next(): number }): number[] {
  const times: number[] = [];
  for (let atMs = arrivals.next(); atMs < Number.POSITIVE_INFINITY; atMs = arrivals.next()) times.push(atMs);
  return times;
}

describe('shares of a load', () => {
  it('take turns', () => {
    expect(all(arrivalsOfShare(constantArrivals(10, 500), { index: 1, of: 2 }))).toEqual([100, 300]);
  });

  it('have every arrival between them, each once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.integer(), (of, seed) => {
        const parts = Array.from({ length: of }, (_, index) => all(arrivalsOfShare(poissonArrivals(200, 500, seed), { index, of })));
        expect(parts.flat().sort((a, b) => a - b)).toEqual(all(poissonArrivals(200, 500, seed)));
        expect(Math.max(...parts.map(({ length }) => length)) - Math.min(...parts.map(({ length }) => length))).toBeLessThanOrEqual(1);
      }),
    );
  });
});
