import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dueMs } from '../../../k6/generic/arrivals.ts';
import { stagesOf, timeOf } from '../../../src/k6/curve.ts';
import { makeK6Plan } from '../../../src/k6/make-plan.ts';
import { plannedWithin } from '../../../src/k6/merge/planned.ts';
import { passesOf } from '../../../src/k6/merge/passes.ts';
import type { K6Part } from '../../../src/k6/plan.ts';
import { plainGet, single, type OpenPlan } from '../../../src/load/plan.ts';
import { openPlan } from '../../support/k6/plans.ts';

const partOf = (load: Partial<OpenPlan>): K6Part => makeK6Plan('s', [{ workload: 'w', round: 0, load: openPlan(load), setup: [] }], 1, [], 'id').parts[0]!;

/** As the generic script counts: every iteration that k6 starts, one at the very end included, by when it is due. */
function counted(part: K6Part): number {
  const { load, delayMs, first } = part;
  const stages = stagesOf(load);
  const endMs = load.warmupMs + load.durationMs;
  let count = 0;
  for (let n = 0; timeOf(stages, n + first) <= endMs && n < 50_000; n += 1) {
    const due = dueMs(part, stages, n);
    if (due - delayMs <= endMs - 1e-6 && due >= load.warmupMs + delayMs) count += 1;
  }
  return count;
}

describe('how many iterations a measurement has', () => {
  const lengths = { warmupMs: fc.integer({ min: 0, max: 5_000 }), durationMs: fc.integer({ min: 1_000, max: 20_000 }), ratePerSecond: fc.oneof(fc.double({ min: 0.1, max: 5, noNaN: true }), fc.integer({ min: 1, max: 300 })) };

  it('evenly spaced: to the one', () => {
    fc.assert(fc.property(fc.record(lengths), (load) => {
      const part = partOf(load);
      const { least, planned, most } = plannedWithin(part);
      expect(planned).toBe(counted(part));
      expect(most).toBe(planned);
      expect(least).toBeLessThanOrEqual(planned);
      // Those of the last 50 ms alone may come too late.
      expect(planned - least).toBeLessThanOrEqual(Math.ceil(load.ratePerSecond * 0.05) + 1);
    }));
    expect(plannedWithin(partOf({ warmupMs: 0, ratePerSecond: 0.3 }))).toEqual({ least: 3, planned: 3, most: 3 });
  });

  it('a rate that changes: to the one', () => {
    fc.assert(fc.property(lengths.warmupMs, fc.array(fc.record({ fromPerSecond: fc.integer({ min: 1, max: 100 }), toPerSecond: fc.integer({ min: 1, max: 100 }), durationMs: fc.integer({ min: 100, max: 5_000 }) }), { minLength: 1, maxLength: 4 }), (warmupMs, stages) => {
      const part = partOf({ warmupMs, stages, durationMs: stages.reduce((sum, { durationMs }) => sum + durationMs, 0), ratePerSecond: stages[0]!.fromPerSecond });
      const { planned, most } = plannedWithin(part);
      expect(planned).toBe(counted(part));
      expect(most).toBe(planned);
    }));
  });

  it('at random: chance is within the bounds (4,000 seeds), and three of three are still three of three', () => {
    for (const load of [{ warmupMs: 1_000, durationMs: 10_000, ratePerSecond: 0.3 }, { warmupMs: 700, durationMs: 3_000, ratePerSecond: 40 }, { warmupMs: 2_000, durationMs: 4_000, ratePerSecond: 5 }, { warmupMs: 0, durationMs: 10_000, ratePerSecond: 20 }]) {
      let outside = 0;
      for (let seed = 0; seed < 1_000; seed += 1) {
        const part = partOf({ ...load, seed, arrivals: 'poisson' });
        const { least, most } = plannedWithin(part);
        const count = counted(part);
        if (count < least || count > most) outside += 1;
      }
      expect(outside, JSON.stringify(load)).toBeLessThanOrEqual(3);
    }
    expect(plannedWithin(partOf({ warmupMs: 0, durationMs: 10_000, ratePerSecond: 0.3, arrivals: 'poisson' }))).toMatchObject({ least: 3, planned: 3 });
  });
});

describe('passes over the files', () => {
  it('hold every part once, in order, so many requests at once', () => {
    const part = (steps: number, round: number): K6Part => ({ ...partOf({ flows: Array.from({ length: steps }, (_, n) => single({ ...plainGet('/'), labels: { n: String(n) } })) }), round });
    expect(passesOf([part(1, 0), part(63, 1), part(1, 2), part(100, 3), part(1, 4)]).map((pass) => pass.map(({ round }) => round))).toEqual([[0, 1], [2], [3], [4]]);
    expect(passesOf([])).toEqual([]);
  });
});
