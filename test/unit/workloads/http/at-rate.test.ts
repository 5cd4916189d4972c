import { describe, expect, it } from 'vitest';
import { httpWorkload } from '../../../../src/workloads/http/schema.ts';
import { atRate } from '../../../../src/workloads/http/at-rate.ts';

const level = { ratePerSecond: 4_000, warmupMs: 1_000, durationMs: 5_000 };
const open = { model: 'open', rate: '50/s', duration: '15s', warmup: '3s', timeout: '10s' };
const steps = [{ name: 'a', request: { path: '/a' }, pause: '500ms' }, { name: 'b', request: { path: '/b' }, sla: { latency: { p95: '250ms' } } }];
const roomOf = (http: object, sla: object = {}): number | null => {
  const held = atRate(httpWorkload.parse({ name: 'status', http: { load: open, ...http }, sla }), level)?.http.load;
  return held?.model === 'open' ? held.maxInFlight : null;
};

describe('requests at another rate', () => {
  it('have room for twice what a service has under way that just keeps its limits', () => {
    const request = { path: '/' };
    // 4,000/s for 1 s are 4,000 at once.
    expect(roomOf({ request }, { latency: { p50: '100ms', p95: '1s' } })).toBe(8_000);
    expect(roomOf({ request }, { latency: { p95: '20ms' } })).toBe(1_000);
    expect(roomOf({ request, load: { ...open, maxInFlight: 9_000 } }, { latency: { p95: '1s' } })).toBe(9_000);
    // A warning decides nothing; without a limit on its time a request may take until its timeout. The ceiling stays.
    expect(roomOf({ request, load: { ...open, timeout: '1s' } }, { errorRate: '1%', warning: { latency: { p95: '20ms' } } })).toBe(8_000);
    expect(roomOf({ request }, { errorRate: '1%' })).toBe(10_000);
  });

  it('a flow: for its steps and pauses, or as long as the whole may take', () => {
    expect(roomOf({ flow: { steps } }, { latency: { p95: '100ms' } })).toBe(2 * 4_000 * (0.1 + 0.5 + 0.25));
    expect(roomOf({ flow: { steps } }, { iteration: { latency: { p95: '1s' } } })).toBe(8_000);
  });

  it('have none in a closed loop', () => {
    expect(roomOf({ request: { path: '/' }, load: { model: 'closed', connections: 2, duration: '1s' } })).toBeNull();
  });
});
