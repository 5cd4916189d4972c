import { seedFor, seededRandom } from '../random.ts';

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
  return inSequence(part(seedFor(plan.seed, 'warm-up'), plan.warmupMs), part(plan.seed, plan.durationMs), plan.warmupMs);
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
