// Copied from src/k6/curve.ts by `npm run generate`. Do not edit.
import type { LoadPlan, RateStage } from '../../src/load/plan.ts';

/** Where an open load is at any time: stages of its rate, the warm-up first. */
export function stagesOf(load: LoadPlan): RateStage[] {
  if (load.model === 'closed') return [];
  const steady = (durationMs: number): RateStage => ({ fromPerSecond: load.ratePerSecond, toPerSecond: load.ratePerSecond, durationMs });
  return [steady(load.warmupMs), ...(load.stages.length === 0 ? [steady(load.durationMs)] : load.stages)].filter(({ durationMs }) => durationMs > 0);
}

/** Arrivals that were due by a time, as the area under the rate. */
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

/** When that many were due; beyond the end, as if the last rate went on. The inverse of `arrivalsBy`. */
export function timeOf(stages: readonly RateStage[], arrivals: number): number {
  let before = 0;
  let beganMs = 0;
  let lastPerSecond = 0;
  for (const stage of stages) {
    const inStage = ((stage.fromPerSecond + stage.toPerSecond) / 2) * (stage.durationMs / 1_000);
    if (arrivals - before <= inStage) return beganMs + within(arrivals - before, stage);
    before += inStage;
    beganMs += stage.durationMs;
    lastPerSecond = stage.toPerSecond;
  }
  return lastPerSecond > 0 ? beganMs + ((arrivals - before) * 1_000) / lastPerSecond : beganMs;
}

/** The stable root of a quadratic. */
function within(n: number, { fromPerSecond, toPerSecond, durationMs }: RateStage): number {
  if (n <= 0) return 0;
  const growth = (toPerSecond - fromPerSecond) / (durationMs / 1_000);
  const square = Math.max(0, fromPerSecond ** 2 + 2 * growth * n);
  return Math.min(durationMs, (2_000 * n) / (fromPerSecond + Math.sqrt(square)));
}

/** Arrivals in the measured part. */
export function plannedArrivals(load: LoadPlan): number {
  const stages = stagesOf(load);
  return arrivalsBy(stages, load.warmupMs + load.durationMs) - arrivalsBy(stages, load.warmupMs);
}
