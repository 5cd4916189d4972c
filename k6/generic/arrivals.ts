import type { RateStage } from '../../src/load/plan.ts';
import type { K6Part } from '../../src/k6/plan.ts';
import { arrivalsBy, timeOf } from './curve.ts';
import { drawn } from './values.ts';

/**
 * When iteration `n` is due, in ms since its k6 scenario began. Evenly spaced: when k6 starts it. At random: each arrival of a
 * window is drawn anew within it, which is a Poisson process given how many the window has, and k6 starts it one window early.
 */
export function dueMs({ load, delayMs, first }: Pick<K6Part, 'load' | 'delayMs' | 'first'>, stages: readonly RateStage[], n: number): number {
  const slotMs = timeOf(stages, n + first);
  if (delayMs === 0) return slotMs;
  const endMs = load.warmupMs + load.durationMs;
  const fromMs = Math.floor(slotMs / delayMs) * delayMs;
  const from = arrivalsBy(stages, fromMs);
  const to = arrivalsBy(stages, Math.min(endMs, fromMs + delayMs));
  return delayMs + timeOf(stages, from + (to - from) * drawn(load.seed, 'arrival', n));
}
