import { describe, expect, it } from 'vitest';
import { decided, highestKept, withVerdicts } from '../../../src/capacity/decided.ts';
import { figuresOf } from '../../../src/capacity/figures.ts';
import { gaveWay } from '../../../src/capacity/gave-way.ts';
import type { CapacityLevel } from '../../../src/record/capacity.ts';
import type { SlaLimit } from '../../../src/record/limits.ts';
import type { Metric } from '../../../src/record/schema.ts';

const level = (ratePerSecond: number, length: 'short' | 'long', together: CapacityLevel['together'], kept: boolean[] = []): CapacityLevel => {
  const trials = (kept.length > 0 ? kept : Array.from({ length: 3 }, () => together === 'kept')).map((each) => ({
    kept: each, completedPerSecond: null, inFlightAtStart: null, inFlightAtEnd: null, machineBusy: null,
    figures: [{ metric: 'latency.p95', operator: '<=' as const, limit: 100, unit: 'ms' as const, value: each ? 50 : 150, kept: each }],
  }));
  return { ratePerSecond, length, together, trials, why: null };
};
const rates = (levels: CapacityLevel[]): number[] => levels.map(({ ratePerSecond }) => ratePerSecond);

describe('what was decided at each level', () => {
  // A hiccup at 200/s that longer trials did not see; 300/s that only short trials kept.
  const levels = [level(100, 'short', 'kept'), level(200, 'short', 'failed'), level(200, 'long', 'kept'), level(400, 'short', 'failed'), level(300, 'short', 'kept'), level(300, 'long', 'failed'), level(250, 'long', 'open', [true, true, false, true, false]), level(260, 'long', 'open', [true])];

  it('short trials that long ones took the place of count no more', () => {
    expect(rates(decided(levels, 'kept'))).toEqual([100, 200, 250]);
    expect(rates(decided(levels, 'failed'))).toEqual([300, 400]);
    expect(highestKept(levels)).toMatchObject({ ratePerSecond: 250 });
    expect(highestKept(levels.slice(0, 3))).toMatchObject({ ratePerSecond: 200, length: 'long' });
    expect(gaveWay(levels)?.sentence).toContain('at 300/s');
    expect(gaveWay(levels.slice(0, 3))).toBeNull();
  });

  it('the record says it, a majority included', () => {
    expect(withVerdicts(levels).map(({ verdict }) => verdict)).toEqual(['kept', 'superseded', 'kept', 'failed', 'superseded', 'failed', 'kept', 'open']);
  });
});

describe('limits against the figures of one trial', () => {
  const limit = (labels: SlaLimit['labels'], ms: number): SlaLimit => ({ id: 'latency.p95', labels, operator: '<=', limit: ms, severity: 'critical' });
  const metric = (labels: Metric['labels'], value: number): Metric => ({ id: 'latency.p95', labels, unit: 'ms', better: 'lower', value, rounds: [value], n: 100 });

  it('one of a request takes the place of that of the workload, as when they are judged', () => {
    const limits = [limit({}, 100), limit({ request: 'report' }, 2_000)];
    const figures = figuresOf(limits, [metric({ request: 'list' }, 40), metric({ request: 'report' }, 1_500)], 0);
    expect(figures.map(({ metric: key, limit: ms, kept }) => [key, ms, kept])).toEqual([['latency.p95{request=list}', 100, true], ['latency.p95{request=report}', 2_000, true]]);
  });
});
