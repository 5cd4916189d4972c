import { describe, expect, it } from 'vitest';
import { advance, drawProgress, initialProgress, logLine, outlook } from '../../../src/cli/progress-view.ts';
import type { RunEvent } from '../../../src/pipeline/events.ts';

const events: [number, RunEvent][] = [
  [0, { type: 'stage', text: 'starting the embedded service' }],
  [500, { type: 'planned', estimateMs: 40_000 }],
  [1_000, { type: 'workload-started', scenario: 's', workload: 'health', round: 0, rounds: 3, fresh: false, estimateMs: 10_000 }],
  [11_000, { type: 'workload-finished', scenario: 's', workload: 'health', round: 0, fresh: false, headline: 'p95 latency 3.2 ms', durationMs: 10_000 }],
  [11_000, { type: 'workload-started', scenario: 's', workload: 'encode-30s', round: 0, rounds: 3, fresh: false, estimateMs: 10_000 }],
  [16_000, { type: 'progress', progress: { phase: 'libx264', done: 0.5, figure: 'fps 212' } }],
];
const state = events.reduce((so, [at, event]) => advance(so, event, at), initialProgress);

describe('progress', () => {
  it('shows what runs, how far, time left and the current figure', () => {
    expect(drawProgress(state, 16_000, 80)).toMatchInlineSnapshot(`
      "  █████████░░░░░░░░░░░░░░░  38 %  about 25 s left
        round 1/3  encode-30s  libx264  50 %  fps 212"
    `);
    expect(logLine(state, 16_000)).toMatchInlineSnapshot(`"38 %, about 25 s left: round 1/3  encode-30s  libx264  50 %  fps 212"`);
  });

  it('says what finished', () => {
    expect(state.finished).toMatchInlineSnapshot(`
      [
        "round 1  health: p95 latency 3.2 ms  (10 s)",
      ]
    `);
  });

  it('scales time left by how the estimates did so far', () => {
    const slow = advance(state, { type: 'progress', progress: { phase: 'libx264', done: 0.5 } }, 16_000);
    expect(outlook(slow, 31_000).leftMs).toBeCloseTo(50_000);
  });

  it('never says more than there is until the end that is set, however late the estimates are', () => {
    const bound = advance(state, { type: 'planned', estimateMs: 40_000, withinMs: 20_000 }, 16_000);
    expect(outlook(bound, 31_000).leftMs).toBe(5_000);
    expect(outlook(bound, 40_000).leftMs).toBe(0);
  });

  it('shows how far a stage is that takes long, and forgets it with the next', () => {
    const checking = advance(initialProgress, { type: 'stage', text: 'checking what clip needs' }, 0);
    const making = advance(checking, { type: 'progress', progress: { phase: 'making the clip', done: 0.12 } }, 9_000);
    expect(drawProgress(making, 9_000, 80)).toBe('  checking what clip needs: making the clip, 12 % …');
    expect(logLine(making, 9_000)).toBe('checking what clip needs: making the clip, 12 %');
    expect(logLine(advance(making, { type: 'stage', text: 'checking what batch needs' }, 10_000), 10_000)).toBe('checking what batch needs');
  });

  it('never draws wider than the terminal', () => {
    for (const line of drawProgress(state, 16_000, 30).split('\n')) expect(line.length).toBeLessThanOrEqual(30);
  });

  it('is honest before the first workload', () => {
    const early = advance(initialProgress, { type: 'stage', text: 'starting the embedded service' }, 0);
    expect(drawProgress(early, 100, 80)).toBe('  starting the embedded service …');
    expect(outlook(early, 100)).toEqual({ done: 0, leftMs: null });
  });
});
