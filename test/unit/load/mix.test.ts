import { describe, expect, it } from 'vitest';
import { mixOf } from '../../../src/load/mix.ts';

describe('a mix', () => {
  const draw = (weights: readonly number[], seed: number, n: number): number[] => {
    const next = mixOf(weights.map((weight) => ({ weight })), seed);
    return Array.from({ length: n }, next);
  };

  it('is drawn by weight, within four standard deviations', () => {
    const counts = [0, 0, 0];
    for (const index of draw([6, 3, 1], 5, 10_000)) counts[index] = (counts[index] ?? 0) + 1;
    [0.6, 0.3, 0.1].forEach((share, index) => {
      expect(Math.abs((counts[index] ?? 0) - 10_000 * share)).toBeLessThan(4 * Math.sqrt(10_000 * share * (1 - share)));
    });
  });

  it('is the same for the same seed and another for another', () => {
    expect(draw([1, 1], 7, 50)).toEqual(draw([1, 1], 7, 50));
    expect(draw([1, 1], 7, 50)).not.toEqual(draw([1, 1], 8, 50));
  });
});
