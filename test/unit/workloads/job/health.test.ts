import { describe, expect, it } from 'vitest';
import { submitFindings } from '../../../../src/workloads/job/health.ts';
import { UnderWay } from '../../../../src/workloads/job/under-way.ts';

/** Ten submits a second, each so late. */
const rounds = (seconds: number, lateMs: (second: number) => number | null) => Array.from({ length: 10 * seconds }, (_, job) => ({ submittedMs: 100 * job, submitLateMs: lateMs(Math.floor(job / 10)) }));
const codes = (runs: Parameters<typeof submitFindings>[0]): string[] => submitFindings(runs).map(({ severity, code }) => `${severity} ${code}`);

describe('submits', () => {
  it('that are sent when they are due are no finding', () => {
    expect(codes(rounds(10, () => 1))).toEqual([]);
    expect(codes([])).toEqual([]);
  });

  it('that are late are one, by the limits of every open loop', () => {
    expect(codes(rounds(10, (second) => (second < 3 ? 30 : 1)))).toEqual(['warning generator-strained-late']);
    expect(codes(rounds(10, (second) => (second < 3 ? 80 : 1)))).toEqual(['invalid generator-saturated-late']);
    expect(codes(rounds(10, (second) => (second < 1 ? 80 : 1)))).toEqual([]);
  });

  it('at a concurrency are never late: nothing is due', () => {
    expect(codes(rounds(10, () => null))).toEqual([]);
  });
});

describe('jobs under way', () => {
  it('are counted from the first beginning to the last end, weighted by time', () => {
    let nowMs = 50;
    const underWay = new UnderWay(() => nowMs);
    expect(underWay.overTime).toBeNull();
    const first = underWay.begin();
    nowMs = 150;
    const second = underWay.begin();
    nowMs = 250;
    first();
    first();
    nowMs = 450;
    second();
    nowMs = 9_000;
    // One for 100 ms, two for 100 ms, one for 200 ms.
    expect(underWay.overTime).toEqual({ mean: (100 + 200 + 200) / 400, spanMs: 400 });
  });
});
