import type { LoadPlan, RateStage } from '../../src/load/plan.ts';
import type { K6Part } from '../../src/k6/plan.ts';
import { drawn } from './values.ts';

/** The rate over time, the warm-up first. */
export function stagesOf(load: LoadPlan): RateStage[] {
  if (load.model === 'closed') return [];
  const steady = (durationMs: number): RateStage => ({ fromPerSecond: load.ratePerSecond, toPerSecond: load.ratePerSecond, durationMs });
  return [steady(load.warmupMs), ...(load.stages.length === 0 ? [steady(load.durationMs)] : load.stages)].filter(({ durationMs }) => durationMs > 0);
}

/** Arrivals due by a time: the area under the rate. */
export function arrivalsBy(stages: readonly RateStage[], atMs: number): number {
  let count = 0;
  let left = atMs;
  for (const { fromPerSecond, toPerSecond, durationMs } of stages) {
    if (left <= 0) return count;
    const ms = Math.min(left, durationMs);
    const rate = fromPerSecond + ((toPerSecond - fromPerSecond) * ms) / durationMs;
    count += ((fromPerSecond + rate) / 2) * (ms / 1_000);
    left -= durationMs;
  }
  return count;
}

/** The inverse of `arrivalsBy`. */
export function timeOf(stages: readonly RateStage[], arrivals: number): number {
  let before = 0;
  let beganMs = 0;
  let lastPerSecond = 0;
  for (const { fromPerSecond, toPerSecond, durationMs } of stages) {
    const inStage = ((fromPerSecond + toPerSecond) / 2) * (durationMs / 1_000);
    const n = arrivals - before;
    if (n <= inStage) {
      if (n <= 0) return beganMs;
      const growth = (toPerSecond - fromPerSecond) / (durationMs / 1_000);
      const square = Math.max(0, fromPerSecond * fromPerSecond + 2 * growth * n);
      return beganMs + Math.min(durationMs, (2_000 * n) / (fromPerSecond + Math.sqrt(square)));
    }
    before += inStage;
    beganMs += durationMs;
    lastPerSecond = toPerSecond;
  }
  return lastPerSecond > 0 ? beganMs + ((arrivals - before) * 1_000) / lastPerSecond : beganMs;
}

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
