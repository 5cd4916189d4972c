import { describe, expect, it } from 'vitest';
import { madeAt } from '../../../src/capacity/plan/made.ts';
import type { CapacityLevel } from '../../../src/record/capacity.ts';

/** Ten jobs, one a second: sent from 0 s to 9 s. */
const level = (lastEndS: number, p95Ms: number): CapacityLevel => ({
  ratePerSecond: 1, length: 'short', together: 'kept', why: null,
  trials: [{ kept: true, figures: [{ metric: 'completion.p95', operator: '<=', limit: 60_000, unit: 'ms', value: p95Ms, kept: true }], completedPerSecond: 10 / lastEndS, inFlightAtStart: 1, inFlightAtEnd: 8, machineBusy: null }],
});
const last = (atWorkMs: number) => ({ metric: 'completion.p95', atWorkMs });

describe('what was made in a trial', () => {
  it('jobs of 30 s, any number at once: the last end is at 39 s, and one a second came out', () => {
    expect(madeAt(level(39, 30_000), last(30_000))).toBeCloseTo(1);
    // A run that saw them take a little less or more changes little.
    expect(madeAt(level(39, 30_000), last(29_000))).toBeCloseTo(0.9);
    expect(madeAt(level(39, 30_000), last(40_000))).toBeCloseTo(1);
  });

  it('jobs of 4 s, one at a time: ends at 4, 8 … 40 s, a quarter a second', () => {
    expect(madeAt(level(40, 31_000), last(4_000))).toBeCloseTo(0.25);
  });

  it('jobs of 30 s, ten at once and then a queue: never more than was sent', () => {
    // Ends from 30 s on, every 1.5 s: the last at 43.5 s, 34.5 s after its submit.
    expect(madeAt(level(43.5, 34_500), last(30_000))).toBeCloseTo(1 / 1.5);
  });

  it('is as it was counted where nobody knows how long one is at work, and null where nobody counted', () => {
    expect(madeAt(level(39, 30_000), null)).toBeCloseTo(10 / 39);
    const [trial] = level(39, 30_000).trials;
    if (trial === undefined) throw new Error('no trial');
    expect(madeAt({ ...level(39, 30_000), trials: [{ ...trial, figures: [] }] }, last(30_000))).toBeCloseTo(10 / 39);
    expect(madeAt({ ...level(39, 30_000), trials: [{ ...trial, completedPerSecond: null }] }, last(30_000))).toBeNull();
  });
});
