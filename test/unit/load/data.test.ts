import { describe, expect, it } from 'vitest';
import { valuesOf } from '../../../src/load/data.ts';
import type { DataPlan, GeneratorPlan } from '../../../src/load/plan.ts';

const plan = (change: Partial<DataPlan>): DataPlan => ({ rows: [], order: 'sequential', generate: [], seed: 7, first: 0, ...change });
const rows = ['a', 'b', 'c'].map((user) => ({ user }));
const made = (generator: GeneratorPlan, count: number, change: Partial<DataPlan> = {}) => Array.from({ length: count }, (_, n) => valuesOf(plan({ generate: [{ name: 'x', generator }], ...change }), n)['data.x']);

describe('the values of an iteration', () => {
  it('are those of the next row, from the first again when all were used', () => {
    expect(Array.from({ length: 5 }, (_, n) => valuesOf(plan({ rows, first: 1 }), n)['data.user'])).toEqual(['b', 'c', 'a', 'b', 'c']);
  });

  it('are drawn at random by the seed, all rows alike', () => {
    const drawn = (seed: number) => Array.from({ length: 3_000 }, (_, n) => valuesOf(plan({ rows, order: 'random', seed }), n)['data.user']);
    expect(drawn(1)).toEqual(drawn(1));
    expect(drawn(1)).not.toEqual(drawn(2));
    // 1,000 expected of each; five standard deviations of a binomial count.
    for (const user of ['a', 'b', 'c']) expect(Math.abs(drawn(1).filter((each) => each === user).length - 1_000)).toBeLessThan(130);
  });

  it('are made from seed and number', () => {
    const integers = made({ type: 'integer', from: -1, to: 1 }, 300);
    expect(new Set(integers)).toEqual(new Set([-1, 0, 1]));
    expect(new Set(made({ type: 'choice', values: ['x', 5, null] }, 100))).toEqual(new Set(['x', 5, null]));
    expect(made({ type: 'sequence', from: 10, step: 5 }, 3, { first: 2 })).toEqual([20, 25, 30]);
    const uuids = made({ type: 'uuid' }, 20_000);
    expect(new Set(uuids).size).toBe(20_000);
    expect(uuids).toEqual(made({ type: 'uuid' }, 20_000));
    for (const uuid of uuids.slice(0, 100)) expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
