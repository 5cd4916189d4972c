import { seedFor, seededRandom } from '../random.ts';
import type { RateStage } from './plan.ts';

/**
 * Intended start times of requests in milliseconds since the load began, ascending; `Infinity` when there are no more.
 * Generated one at a time, so that a day at 100,000/s takes no more memory than a second.
 */
export interface Arrivals {
  next(): number;
}

export interface ArrivalPlan {
  arrivals: 'constant' | 'poisson';
  ratePerSecond: number;
  /** Of the measured part; empty: the rate stays. */
  stages: readonly RateStage[];
  warmupMs: number;
  durationMs: number;
  seed: number;
}

/**
 * The whole schedule: warm-up from 0 to `warmupMs`, then the measured arrivals up to `warmupMs + durationMs`.
 * The measured part is drawn from a stream of its own, so that another warm-up does not change it.
 */
export function scheduleOf(plan: ArrivalPlan): Arrivals {
  const part = (seed: number, durationMs: number): Arrivals =>
    plan.arrivals === 'constant' ? constantArrivals(plan.ratePerSecond, durationMs) : poissonArrivals(plan.ratePerSecond, durationMs, seed);
  const measured = plan.stages.length === 0 ? part(plan.seed, plan.durationMs) : stagedArrivals(plan.stages, plan.arrivals, plan.seed);
  return inSequence(part(seedFor(plan.seed, 'warm-up'), plan.warmupMs), measured, plan.warmupMs);
}

/** Evenly spaced from 0: the i-th at i / rate, computed from i so that no error adds up. */
export function constantArrivals(ratePerSecond: number, durationMs: number): Arrivals {
  let index = 0;
  return {
    next() {
      const atMs = (index * 1_000) / ratePerSecond;
      index += 1;
      return atMs < durationMs ? atMs : Number.POSITIVE_INFINITY;
    },
  };
}

/** A Poisson process: gaps are exponential with mean 1 / rate, drawn by inversion; the same for the same seed. */
export function poissonArrivals(ratePerSecond: number, durationMs: number, seed: number): Arrivals {
  const random = seededRandom(seed);
  const meanMs = 1_000 / ratePerSecond;
  let atMs = 0;
  return {
    next() {
      atMs -= Math.log(1 - random()) * meanMs;
      return atMs < durationMs ? atMs : Number.POSITIVE_INFINITY;
    },
  };
}

/**
 * Arrivals at a rate that changes: the i-th comes when the integral of the rate reaches i (constant), or a sum of i
 * exponential draws with mean 1 (Poisson; time rescaling of a non-homogeneous process, Çinlar 1975).
 */
export function stagedArrivals(stages: readonly RateStage[], arrivals: ArrivalPlan['arrivals'], seed: number): Arrivals {
  const random = seededRandom(seed);
  let wanted = arrivals === 'constant' ? 0 : -Math.log(1 - random());
  let index = 0;
  let beforeStage = 0;
  let beganMs = 0;
  return {
    next() {
      for (let stage = stages[index]; stage !== undefined; stage = stages[index]) {
        const offsetMs = timeToReach(wanted - beforeStage, stage);
        if (offsetMs < stage.durationMs) {
          wanted += arrivals === 'constant' ? 1 : -Math.log(1 - random());
          return beganMs + offsetMs;
        }
        beforeStage += expectedIn(stage);
        beganMs += stage.durationMs;
        index += 1;
      }
      return Number.POSITIVE_INFINITY;
    },
  };
}

/** Arrivals a stage brings: the area under its rate. */
function expectedIn({ fromPerSecond, toPerSecond, durationMs }: RateStage): number {
  return ((fromPerSecond + toPerSecond) / 2) * (durationMs / 1_000);
}

/** When a stage has brought `n` arrivals, in ms since it began; Infinity where it never does. The stable root of a quadratic. */
function timeToReach(n: number, { fromPerSecond, toPerSecond, durationMs }: RateStage): number {
  const growth = (toPerSecond - fromPerSecond) / (durationMs / 1_000);
  const square = fromPerSecond ** 2 + 2 * growth * n;
  if (square < 0) return Number.POSITIVE_INFINITY;
  return n === 0 ? 0 : (2_000 * n) / (fromPerSecond + Math.sqrt(square));
}

/** `first`, then `second` shifted by `offsetMs`. */
function inSequence(first: Arrivals, second: Arrivals, offsetMs: number): Arrivals {
  let current = first;
  return {
    next() {
      if (current === first) {
        const atMs = first.next();
        if (atMs < offsetMs) return atMs;
        current = second;
      }
      return offsetMs + second.next();
    },
  };
}
