import { makeK6Plan } from '../../../src/k6/make-plan.ts';
import type { K6Plan } from '../../../src/k6/plan.ts';
import { plainGet, single, type OpenPlan } from '../../../src/load/plan.ts';

export function openPlan(part: Partial<OpenPlan> = {}): OpenPlan {
  return {
    model: 'open',
    target: { origin: 'http://127.0.0.1:9930', addresses: [{ address: '127.0.0.1', family: 4 }], insecureTls: false },
    flows: [single(plainGet('/health'))],
    data: null,
    cookies: null,
    connection: 'keep-alive',
    warmupMs: 1_000,
    durationMs: 10_000,
    timeoutMs: 2_000,
    seed: 7,
    ratePerSecond: 100,
    stages: [],
    arrivals: 'constant',
    maxInFlight: 100,
    workers: 1,
    share: { index: 0, of: 1 },
    ...part,
  };
}

export function k6Plan(segments: number, part: Partial<OpenPlan> = {}): K6Plan {
  return makeK6Plan('scenario', [{ workload: 'health', round: 0, load: openPlan(part), setup: [] }], segments, [], 'plan-1');
}
