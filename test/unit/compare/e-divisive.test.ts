import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bestSplit, changePoints } from '../../../src/compare/stats/e-divisive.ts';
import { seededRandom } from '../../../src/random.ts';
import fixtures from './fixtures/e-divisive.json' with { type: 'json' };

const OPTIONS = { minSize: 4, significance: 0.01, permutations: 499 };
const found = (values: readonly number[], seed = 1): number[] => changePoints(values, { ...OPTIONS, random: seededRandom(seed) }).map(({ index }) => index);

describe('against plain summation over every pair, split and end (e-divisive.py)', () => {
  test.each(fixtures.splits)('$name, at least $minSize on either side', ({ values, minSize, statistic, index }) => {
    const split = bestSplit(values, minSize);
    expect(split?.statistic).toBeCloseTo(statistic, 9);
    expect(split?.index).toBe(index);
  });

  test.each(fixtures.exact)('p-value by every permutation: $pValue', ({ values, minSize, pValue }) => {
    const permutations = 9_999;
    const [change] = changePoints(values, { minSize, significance: 1, permutations, random: seededRandom(7) });
    const error = Math.sqrt((pValue * (1 - pValue)) / permutations);
    expect(Math.abs((change?.pValue ?? 1) - pValue)).toBeLessThan(4 * error + 1 / permutations);
  });
});

/** Normal values around the means, one after the other. */
function noisy(means: readonly number[], sd: number, seed: number): number[] {
  const random = seededRandom(seed);
  return means.map((mean) => mean + sd * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));
}
const flat = (count: number, mean: number): number[] => Array.from({ length: count }, () => mean);

describe('change points', () => {
  test('of several steps are all found, where they are', () => {
    const values = noisy([...flat(15, 100), ...flat(12, 115), ...flat(13, 90)], 2, 3);
    const indices = found(values);
    expect(indices).toHaveLength(2);
    expect(Math.abs((indices[0] ?? 0) - 15)).toBeLessThanOrEqual(1);
    expect(Math.abs((indices[1] ?? 0) - 27)).toBeLessThanOrEqual(1);
  });

  test('are rarely found where nothing changed: at 1 % in at most 3 of 100 series', () => {
    const alarms = Array.from({ length: 100 }, (_, seed) => found(noisy(flat(30, 10), 1, 100 + seed), seed)).filter(({ length }) => length > 0).length;
    expect(alarms).toBeLessThanOrEqual(3);
  });

  test('are none in series that are short, constant or empty', () => {
    for (const values of [[], [1], [1, 2], [1, 1, 1, 9, 9, 9], flat(50, 3)]) expect(found(values)).toEqual([]);
  });

  test('are the same for the same seed, and do not depend on scale or place', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 8, maxLength: 20 }), fc.integer({ min: -100, max: 100 }), (values, shift) => {
        const split = bestSplit(values, 3);
        const moved = bestSplit(values.map((value) => value * 4 + shift), 3);
        expect(moved?.index).toBe(split?.index);
        expect((moved?.statistic ?? 0) / 4).toBeCloseTo(split?.statistic ?? 0, 6);
        expect(found(values, 5)).toEqual(found(values, 5));
      }),
      { numRuns: 25 },
    );
  });
});
