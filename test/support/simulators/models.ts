import type { Random } from '../../../src/random.ts';

/** A service whose behaviour is known. Times in ms, rates per second. */
export type ModelSpec =
  /** First come, first served by so many servers: M/M/c or M/D/c under Poisson arrivals. */
  | { kind: 'queue'; servers: number; serviceMs: number; service: 'exponential' | 'deterministic' }
  /** A token bucket: what comes beyond it is refused with 429. */
  | { kind: 'rate-limit'; perSecond: number; burst: number }
  /** Slow while more than so many came within the last second. */
  | { kind: 'latency-step'; perSecond: number; fastMs: number; slowMs: number }
  /** Shared by all that are in it, by the law of scalability. */
  | { kind: 'shared'; sigma: number; kappa: number; lambda: number };

/** What a request that arrives now is answered, and when. */
export interface ServiceModel {
  arrive(nowMs: number): { delayMs: number; status: number };
}

/** The model of everything whose answer is settled when a request arrives. One for the simulation and for the real server. */
export function modelOf(spec: Exclude<ModelSpec, { kind: 'shared' }>, random: Random): ServiceModel {
  switch (spec.kind) {
    case 'queue': {
      const freeAt = new Float64Array(spec.servers);
      return {
        arrive(nowMs) {
          let first = 0;
          for (let index = 1; index < freeAt.length; index += 1) if ((freeAt[index] ?? 0) < (freeAt[first] ?? 0)) first = index;
          const serviceMs = spec.service === 'exponential' ? -spec.serviceMs * Math.log(1 - random()) : spec.serviceMs;
          const end = Math.max(nowMs, freeAt[first] ?? 0) + serviceMs;
          freeAt[first] = end;
          return { delayMs: end - nowMs, status: 200 };
        },
      };
    }
    case 'rate-limit': {
      let tokens = spec.burst;
      let lastMs: number | null = null;
      return {
        arrive(nowMs) {
          tokens = Math.min(spec.burst, tokens + (spec.perSecond * (nowMs - (lastMs ?? nowMs))) / 1_000);
          lastMs = nowMs;
          if (tokens < 1) return { delayMs: 0, status: 429 };
          tokens -= 1;
          return { delayMs: 0, status: 200 };
        },
      };
    }
    case 'latency-step': {
      const arrivals: number[] = [];
      let oldest = 0;
      return {
        arrive(nowMs) {
          arrivals.push(nowMs);
          while ((arrivals[oldest] ?? nowMs) < nowMs - 1_000) oldest += 1;
          if (oldest > 10_000) {
            arrivals.splice(0, oldest);
            oldest = 0;
          }
          return { delayMs: arrivals.length - oldest > spec.perSecond ? spec.slowMs : spec.fastMs, status: 200 };
        },
      };
    }
  }
}
