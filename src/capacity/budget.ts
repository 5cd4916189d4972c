import { TRIALS } from './search.ts';

/** What the trials of one level took, up to the end of the pause after it. */
export interface LevelCost {
  trials: number;
  /** One trial by the estimate of its workload. */
  plannedMs: number;
  wallMs: number;
}

/** The last levels are near what comes next; the first ones were at other rates. */
const RECENT = 3;
/** Left free for what no estimate knows. */
const MARGIN_MS = 5_000;

/**
 * What a trial will take: the estimate, and on top of it what trials of the last levels took beyond theirs, the most of them. That is
 * where answers that are waited for, jobs that end late and pauses are.
 */
export function trialCostMs(plannedMs: number, costs: readonly LevelCost[]): number {
  return plannedMs + Math.max(0, ...costs.slice(-RECENT).map(({ trials, plannedMs: planned, wallMs }) => wallMs / trials - planned));
}

/** True where a level fits into the time that is left, with all the trials that an undecided one takes, and the end after it. */
export function fits({ leftMs, trialMs, endMs }: { leftMs: number; trialMs: number; endMs: number }): boolean {
  return TRIALS.most * trialMs + endMs + MARGIN_MS <= leftMs;
}
