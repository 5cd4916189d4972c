import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { orderOfRound } from '../../../src/pipeline/rounds.ts';

describe('orderOfRound', () => {
  const lane = (name: string, rounds: number) => ({ name, rounds });

  it('rotates, so that no workload is always first', () => {
    const lanes = [lane('a', 3), lane('b', 3), lane('c', 3)];
    expect([0, 1, 2].map((round) => orderOfRound(lanes, round).map(({ name }) => name).join(''))).toEqual(['abc', 'bca', 'cab']);
  });

  it('leaves out what has had its rounds', () => {
    expect(orderOfRound([lane('a', 1), lane('b', 2)], 1).map(({ name }) => name)).toEqual(['b']);
  });

  it('runs every lane exactly as often as it asks for', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 8 }), (asked) => {
        const lanes = asked.map((rounds, index) => lane(String(index), rounds));
        const runs = new Map<string, number>();
        for (let round = 0; round < 6; round += 1) for (const { name } of orderOfRound(lanes, round)) runs.set(name, (runs.get(name) ?? 0) + 1);
        lanes.forEach(({ name, rounds }) => expect(runs.get(name) ?? 0).toBe(rounds));
      }),
    );
  });
});
