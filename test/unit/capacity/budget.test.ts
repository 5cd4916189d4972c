import { describe, expect, it } from 'vitest';
import { fits, trialCostMs } from '../../../src/capacity/budget.ts';

describe('what a trial will take', () => {
  it('is its estimate, and what the last levels took beyond theirs', () => {
    expect(trialCostMs(4_000, [])).toBe(4_000);
    // Three trials planned at 4 s each took 18 s with the pause.
    expect(trialCostMs(10_000, [{ trials: 3, plannedMs: 4_000, wallMs: 18_000 }])).toBe(12_000);
    expect(trialCostMs(10_000, [{ trials: 3, plannedMs: 4_000, wallMs: 18_000 }, { trials: 3, plannedMs: 4_000, wallMs: 12_300 }])).toBe(12_000);
  });

  it('forgets what was long ago, and never goes below the estimate', () => {
    const cheap = { trials: 3, plannedMs: 4_000, wallMs: 9_000 };
    expect(trialCostMs(4_000, [{ trials: 3, plannedMs: 4_000, wallMs: 30_000 }, cheap, cheap, cheap])).toBe(4_000);
  });

  it('fits with the five trials of an undecided level, the end, and a margin', () => {
    expect(fits({ leftMs: 100_000, trialMs: 10_000, endMs: 45_000 })).toBe(true);
    expect(fits({ leftMs: 100_000, trialMs: 10_000, endMs: 46_000 })).toBe(false);
  });
});
