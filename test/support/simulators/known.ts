import type { ModelSpec } from './models.ts';
import type { SimulatorLimit } from './truth.ts';

/** A simulated service with a limit; its capacity follows from both. */
export interface Known {
  name: string;
  spec: Exclude<ModelSpec, { kind: 'shared' }>;
  limit: SimulatorLimit;
}

const queue = (service: 'exponential' | 'deterministic', servers: number, serviceMs: number, limitMs: number): Known => ({
  name: `M/${service === 'exponential' ? 'M' : 'D'}/${servers}, ${serviceMs} ms, p95 ≤ ${limitMs} ms`,
  spec: { kind: 'queue', servers, serviceMs, service },
  limit: { kind: 'latency', quantile: 0.95, ms: limitMs },
});

/** The services that the search is held against: a few hundred requests a second, so that trials are short. */
export const KNOWN: readonly Known[] = [
  queue('exponential', 1, 2, 20),
  queue('exponential', 2, 4, 30),
  queue('exponential', 8, 10, 50),
  queue('deterministic', 1, 2, 12),
  queue('deterministic', 2, 4, 16),
  queue('deterministic', 8, 10, 20),
  { name: 'refuses above 400/s, errors ≤ 1 %', spec: { kind: 'rate-limit', perSecond: 400, burst: 40 }, limit: { kind: 'errors', share: 0.01 } },
  { name: '5 ms, above 400/s 60 ms, p95 ≤ 30 ms', spec: { kind: 'latency-step', perSecond: 400, fastMs: 5, slowMs: 60 }, limit: { kind: 'latency', quantile: 0.95, ms: 30 } },
];

/** Throughput is highest, 137/s, with 13.8 in it. Slow enough for what HTTP adds to a request not to count. */
export const SHARED = { kind: 'shared', sigma: 0.05, kappa: 0.005, lambda: 25 } as const satisfies ModelSpec;
