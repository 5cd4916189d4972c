import { describe, expect, it } from 'vitest';
import { single } from '../../../src/load/plan.ts';
import { closedPlan, expectQuantiles, GET, kinds, measure } from './load.ts';

const CONNECTIONS = 4;
const own = (origin: string, plan: Parameters<typeof closedPlan>[1] = {}) => closedPlan(origin, { engine: 'own', ...plan });

describe.concurrent('closed loop on our own engine, against servers of known truth', () => {
  it('fixed delay: percentiles, throughput = connections / delay', async () => {
    const measured = await measure({ kind: 'fixed', ms: 20 }, (origin) => own(origin));
    const { request, latency, result } = measured;
    expect(result).toMatchObject({ engine: 'readybench-closed', ended: 'complete' });
    expect(request.failed).toBe(0);
    expectQuantiles(measured, latency, { 0.5: 20, 0.9: 20, 0.95: 20 });
    expect(request.completedInTime).toBeLessThanOrEqual(204);
    expect(request.completedInTime).toBeGreaterThan((CONNECTIONS * 1_000_000) / (latency.quantile(0.99) ?? 0) - CONNECTIONS);
  });

  it('think time: connections / (delay + think time)', async () => {
    const { request, latency } = await measure({ kind: 'fixed', ms: 20 }, (origin) => own(origin, { thinkMs: 80 }));
    expect(request.completedInTime).toBeLessThanOrEqual(CONNECTIONS * 11);
    expect(request.completedInTime).toBeGreaterThan((CONNECTIONS * 1_000) / (82 + (latency.quantile(0.99) ?? 0) / 1_000) - 2 * CONNECTIONS);
  });

  it.each(['dropping', 'resetting'] as const)('%s every 10th connection: counted, the others measured right', async (kind) => {
    const measured = await measure({ kind, ms: 20, every: 10 }, (origin) => own(origin));
    const { request, latency } = measured;
    expect(request.completed + request.failed).toBe(request.sent);
    expect(Math.abs(request.failed - request.completed / 9)).toBeLessThan(3);
    expect(kinds(request)).toEqual({ reset: request.failed });
    expectQuantiles(measured, latency, { 0.5: 20, 0.9: 20 });
  });

  it('hanging: timeouts are counted and enter the percentiles', async () => {
    const measured = await measure({ kind: 'hanging', ms: 10, every: 20 }, (origin) => own(origin, { timeoutMs: 300 }));
    expect(kinds(measured.request)['timeout']).toBeGreaterThan(1);
    expect(measured.latency.maxUs).toBe(300_000);
    expectQuantiles(measured, measured.latency, { 0.5: 10 });
  });

  it('a port that refuses does not become a spin', async () => {
    const { request } = await measure({ kind: 'fixed', ms: 1, tls: true }, (origin) => own(origin, { durationMs: 500 }));
    expect(kinds(request)).toEqual({ tls: request.failed });
    expect(request.failed).toBeLessThanOrEqual(CONNECTIONS * 6);
  });

  it('a mix: each request has its own books', async () => {
    const flows = [single({ ...GET, labels: { request: 'a' } }, 3), single({ ...GET, labels: { request: 'b' }, path: '/b', expect: { ...GET.expect, bodyIncludes: 'no' } })];
    const { result } = await measure({ kind: 'fixed', ms: 2 }, (origin) => own(origin, { flows }));
    const [a, b] = result.requests;
    expect(a).toMatchObject({ labels: { request: 'a' }, failed: 0 });
    expect(b).toMatchObject({ labels: { request: 'b' }, completed: 0 });
    expect((a?.sent ?? 0) / (b?.sent ?? 1)).toBeGreaterThan(1.5);
    expect((a?.sent ?? 0) / (b?.sent ?? 1)).toBeLessThan(6);
  });
});
