import { describe, expect, it } from 'vitest';
import { closedLoopFindings } from '../../../src/load/health.ts';
import { single } from '../../../src/load/plan.ts';
import { lognormalCycleQuantile } from '../../support/servers/truth.js';
import { closedPlan, expectQuantiles, GET, kinds, measure, type Measured } from './load.ts';

const CONNECTIONS = 4;
const invalid = ({ result }: Measured): string[] =>
  closedLoopFindings(result, CONNECTIONS)
    .filter(({ severity }) => severity === 'invalid')
    .map(({ code }) => code);

describe.concurrent('closed loop on autocannon, against servers of known truth', () => {
  it('fixed delay: percentiles in µs, throughput = connections / delay', async () => {
    const measured = await measure({ kind: 'fixed', ms: 20 }, (origin) => closedPlan(origin));
    const { request, latency, result } = measured;
    expect(invalid(measured)).toEqual([]);
    expect(result).toMatchObject({ engine: 'autocannon', ended: 'complete' });
    expect(request.failed).toBe(0);
    expectQuantiles(measured, latency, { 0.5: 20, 0.9: 20, 0.95: 20 });
    // A closed loop completes connections × time / latency: 4 × 1 s / 20 ms, and no fewer than its slower answers allow.
    expect(request.completedInTime).toBeLessThanOrEqual(204);
    expect(request.completedInTime).toBeGreaterThan((CONNECTIONS * 1_000_000) / (latency.quantile(0.99) ?? 0) - CONNECTIONS);
  });

  it('log-normal delays', async () => {
    const distribution = { medianMs: 10, sigma: 0.5, size: 100 };
    const measured = await measure({ kind: 'lognormal', ...distribution, seed: 3 }, (origin) => closedPlan(origin));
    const { latency } = measured;
    const truth = (q: number): number => lognormalCycleQuantile(distribution, q);
    expectQuantiles(measured, latency, { 0.5: truth(0.5), 0.9: truth(0.9), 0.95: truth(0.95) }, 1.5);
  });

  it('two kinds of requests: nine fast, one slow', async () => {
    const measured = await measure({ kind: 'bimodal', ms: 5, slowMs: 60, every: 10 }, (origin) => closedPlan(origin));
    const { latency } = measured;
    expectQuantiles(measured, latency, { 0.5: 5, 0.95: 60 });
  });

  it('a slow body counts until its last byte', async () => {
    const measured = await measure({ kind: 'slowBody', ms: 60, chunks: 6 }, (origin) => closedPlan(origin));
    const { latency } = measured;
    expectQuantiles(measured, latency, { 0.5: 60, 0.9: 60 });
  });

  it('instant 503s: failures, and no faster percentiles', async () => {
    const { request, latency } = await measure({ kind: 'failing', ms: 20, every: 4 }, (origin) => closedPlan(origin));
    expect(request.statuses['503']).toBe(request.failed);
    expect(Math.abs(request.failed - request.completed / 3)).toBeLessThan(5);
    expect(latency.minUs).toBeGreaterThanOrEqual(19_400);
  });

  it('hanging: timeouts are counted and enter the percentiles', async () => {
    const measured = await measure({ kind: 'hanging', ms: 10, every: 20 }, (origin) => closedPlan(origin, { timeoutMs: 1_000, durationMs: 2_500 }));
    expect(invalid(measured)).toEqual([]);
    expect(kinds(measured.request)['timeout']).toBeGreaterThan(1);
    expect(measured.latency.maxUs).toBe(1_000_000);
    expectQuantiles(measured, measured.latency, { 0.5: 10 });
  });

  it.each(['closing', 'dropping', 'resetting'] as const)('%s connections: its latencies are declared invalid', async (kind) => {
    const measured = await measure({ kind, ms: 10, every: 10, announced: false }, (origin) => closedPlan(origin));
    expect(invalid(measured)).toContain('closed-loop-reconnected');
  });

  it('a target that never answers: no figures, and said so', async () => {
    const measured = await measure({ kind: 'hanging', ms: 0, every: 1 }, (origin) => closedPlan(origin, { durationMs: 500 }));
    expect(measured.latency.count).toBe(0);
    expect(invalid(measured)).toEqual(['no-answers']);
  });

  it('checks of the body', async () => {
    const load = (expectation: object) => (origin: string) => closedPlan(origin, { warmupMs: 0, durationMs: 300, flows: [single({ ...GET, expect: { ...GET.expect, ...expectation } })] });
    const right = await measure({ kind: 'fixed', ms: 5, body: 'ready' }, load({ bodyIncludes: 'read', maxBodyBytes: 5 }));
    expect(right.request.failed).toBe(0);
    const wrong = await measure({ kind: 'fixed', ms: 5, body: 'ready' }, load({ bodyIncludes: 'done' }));
    expect(wrong.request.completed).toBe(0);
    expect(wrong.request.errors).toMatchObject([{ kind: 'check', example: 'GET /: 200, body of 5 bytes without "done"' }]);
  });

  it('connections go to the guarded addresses only, whatever the name says', async () => {
    const { request } = await measure({ kind: 'fixed', ms: 5 }, (origin) => closedPlan(origin.replace('127.0.0.1', 'service.invalid'), { durationMs: 300 }));
    expect(request.completed).toBeGreaterThan(50);
    expect(request.failed).toBe(0);
  });
});
