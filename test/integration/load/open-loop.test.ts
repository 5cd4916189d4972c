import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { single } from '../../../src/load/plan.ts';
import { openLoopFindings } from '../../../src/load/health.ts';
import { Histogram } from '../../../src/load/histogram.ts';
import { LoadGenerator, runLoad } from '../../../src/load/thread.ts';
import { lognormalCycleQuantile } from '../../support/servers/truth.js';
import { startTruthServer } from '../../support/servers/start.ts';
import { expectQuantiles, GET, kinds, machineMs, measure, openPlan } from './load.ts';

describe.concurrent('open loop, against servers of known truth', () => {
  it('fixed delay: percentiles, every arrival sent once and when it was due', async () => {
    const measured = await measure({ kind: 'fixed', ms: 20 }, (origin) => openPlan(origin));
    const { request, latency, service, result, seen } = measured;
    expect(request).toMatchObject({ sent: 100, completed: 100, failed: 0, statuses: { '200': 100 }, errors: [] });
    expect(result).toMatchObject({ engine: 'readybench-open', ended: 'complete', measuredMs: 1_000 });
    expect(result.windows.slice(0, 1).map(({ offered }) => offered)).toEqual([100]);
    expectQuantiles(measured, latency, { 0.5: 20, 0.9: 20, 0.95: 20, 0.99: 20 });
    expectQuantiles(measured, service, { 0.5: 20, 0.9: 20 });

    // After 10 of the warm-up, of which a busy machine leaves some out, 100 on a grid of 10 ms whose origin is the earliest fit.
    expect(seen.length).toBeLessThanOrEqual(110);
    const counted = seen.slice(-100);
    const origin = Math.min(...counted.map((atMs, index) => atMs - index * 10));
    const lateMs = counted.map((atMs, index) => atMs - index * 10 - origin).sort((a, b) => a - b);
    expect(lateMs[49]).toBeLessThan(3 + machineMs(measured, 0.5));
    expect(lateMs[89]).toBeLessThan(6 + machineMs(measured, 0.9));
  });

  it('a backlog of the warm-up never stands in the way of the measurement', async () => {
    const { request, result, seen } = await measure({ kind: 'fixed', ms: 1 }, (origin) => openPlan(origin), 150);
    expect(seen).toHaveLength(100);
    expect(request).toMatchObject({ sent: 100, completed: 100, failed: 0 });
    expect(result.started).toBe(110);
  });

  it('Poisson arrivals: as many as the seed gives, the same percentiles', async () => {
    const measured = await measure({ kind: 'fixed', ms: 20 }, (origin) => openPlan(origin, { arrivals: 'poisson', seed: 7 }));
    const { request, latency } = measured;
    expect(request.completed).toBe(request.sent);
    expect(request.failed).toBe(0);
    expectQuantiles(measured, latency, { 0.5: 20, 0.9: 20, 0.95: 20 });
  });

  it('stages: as many arrivals as the area under the rate, in the seconds they belong to', async () => {
    const stages = [{ fromPerSecond: 50, toPerSecond: 150, durationMs: 1_000 }, { fromPerSecond: 300, toPerSecond: 300, durationMs: 1_000 }];
    const measured = await measure({ kind: 'fixed', ms: 10 }, (origin) => openPlan(origin, { stages, durationMs: 2_000 }));
    expect(measured.request).toMatchObject({ sent: 400, completed: 400, failed: 0 });
    expect(measured.result.windows.slice(0, 2).map(({ offered }) => offered)).toEqual([100, 300]);
    expectQuantiles(measured, measured.latency, { 0.5: 10, 0.9: 10, 0.95: 10 });
  });

  it('a mix: arrivals by weight, each request with its own books', async () => {
    const flows = [single({ ...GET, labels: { request: 'a' } }, 4), single({ ...GET, labels: { request: 'b' }, path: '/b', expect: { ...GET.expect, statuses: { codes: [404], classes: [] } } })];
    const { result } = await measure({ kind: 'fixed', ms: 5 }, (origin) => openPlan(origin, { flows, ratePerSecond: 200 }));
    const [a, b] = result.requests;
    expect((a?.completed ?? 0) + (b?.failed ?? 0)).toBe(200);
    expect(a?.failed).toBe(0);
    expect(b).toMatchObject({ labels: { request: 'b' }, completed: 0, errors: [{ kind: 'check', example: 'GET /b: 200 ok' }] });
    // 160 expected; four standard deviations of a binomial count.
    expect(Math.abs((a?.completed ?? 0) - 160)).toBeLessThan(23);
  });

  it('two threads: every arrival once, interleaved, histograms and windows merged', async () => {
    const flows = [single({ ...GET, labels: { request: 'a' } }, 3), single({ ...GET, labels: { request: 'b' }, path: '/b' })];
    const both = await measure({ kind: 'bimodal', ms: 10, slowMs: 60, every: 10 }, (origin) => openPlan(origin, { workers: 2, ratePerSecond: 200, flows }));
    const one = await measure({ kind: 'fixed', ms: 10 }, (origin) => openPlan(origin, { ratePerSecond: 200, flows }));
    // The same requests as one thread would send.
    expect(both.result.requests.map(({ sent, completed, failed }) => [sent, completed, failed])).toEqual(one.result.requests.map(({ sent }) => [sent, sent, 0]));
    expect(both.result.windows[0]).toMatchObject({ second: 0, offered: 200 });
    expect(both.result.samples).toEqual([]);
    expect(both.seen.length).toBeLessThanOrEqual(220);
    const all = Histogram.fromData(both.request.latency);
    both.result.requests.slice(1).forEach(({ latency }) => all.add(Histogram.fromData(latency)));
    expect(all.count).toBe(200);
    expectQuantiles(both, all, { 0.5: 10, 0.95: 60 });
    // On one grid of 5 ms: the threads began together.
    const lateMs = both.seen.slice(-200).map((atMs, index) => atMs - index * 5).sort((a, b) => a - b);
    expect((lateMs[100] ?? 0) - (lateMs[0] ?? 0)).toBeLessThan(6 + machineMs(both, 0.9));
  });

  it('stalls: every arrival of a stall waits, as its users would', async () => {
    // Frozen for 400 ms of every 2 s: a fifth of the arrivals wait, evenly, from 420 ms down to 20.
    const measured = await measure({ kind: 'stalling', ms: 20, periodMs: 2_000, frozenMs: 400 }, (origin) => openPlan(origin, { ratePerSecond: 250, durationMs: 4_000 }));
    const { latency, request } = measured;
    expect(request.completed).toBe(1_000);
    const truth = (q: number): number => 20 + 400 * ((q - 0.8) / 0.2);
    expectQuantiles(measured, latency, { 0.5: 20, 0.9: truth(0.9), 0.95: truth(0.95), 0.99: truth(0.99) }, 5);
  });

  it('log-normal delays', async () => {
    const distribution = { medianMs: 20, sigma: 0.6, size: 200 };
    const measured = await measure({ kind: 'lognormal', ...distribution, seed: 11 }, (origin) => openPlan(origin, { ratePerSecond: 200, durationMs: 2_000 }));
    const { latency, request } = measured;
    expect(request.completed).toBe(400);
    const truth = (q: number): number => lognormalCycleQuantile(distribution, q);
    expectQuantiles(measured, latency, { 0.5: truth(0.5), 0.9: truth(0.9), 0.95: truth(0.95), 0.99: truth(0.99) });
  });

  it('two kinds of requests: nine fast, one slow', async () => {
    const measured = await measure({ kind: 'bimodal', ms: 5, slowMs: 90, every: 10 }, (origin) => openPlan(origin));
    const { latency } = measured;
    expectQuantiles(measured, latency, { 0.5: 5, 0.95: 90, 0.99: 90 });
  });

  it.each([{ announced: true }, { announced: false }])('connections closed after every 10th answer (announced: $announced): opened again, latencies right', async ({ announced }) => {
    const measured = await measure({ kind: 'closing', ms: 20, every: 10, announced }, (origin) => openPlan(origin));
    const { latency, request, result } = measured;
    expect(request).toMatchObject({ sent: 100, completed: 100 - request.failed });
    // Unannounced, a request can meet the closing on its way: that is a reset, for any client.
    expect(request.failed).toBeLessThanOrEqual(announced ? 0 : 3);
    expect(result.generator.connectionsOpened).toBeGreaterThanOrEqual(10);
    expectQuantiles(measured, latency, { 0.5: 20, 0.9: 20, 0.95: 20 });
  });

  it.each(['dropping', 'resetting'] as const)('%s every 10th connection: counted, the others measured right', async (kind) => {
    const measured = await measure({ kind, ms: 20, every: 10 }, (origin) => openPlan(origin));
    const { latency, request } = measured;
    expect(request).toMatchObject({ sent: 100, completed: 100 - request.failed });
    // Exactly 10 unless an arrival of the warm-up and a measured one change places on their way.
    expect(Math.abs(request.failed - 10)).toBeLessThanOrEqual(1);
    expect(kinds(request)).toEqual({ reset: request.failed });
    expect(latency.count).toBe(request.completed);
    expectQuantiles(measured, latency, { 0.5: 20, 0.9: 20, 0.95: 20 });
  });

  it('hanging: a fifth times out and enters the percentiles at the timeout', async () => {
    const measured = await measure({ kind: 'hanging', ms: 20, every: 5 }, (origin) => openPlan(origin, { timeoutMs: 600 }));
    const { latency, service, request } = measured;
    expect(request).toMatchObject({ sent: 100, completed: 80, failed: 20 });
    expect(kinds(request)).toEqual({ timeout: 20 });
    expect(request.errors[0]?.example).toBe('GET /: no answer within 600 ms');
    expect(latency.count).toBe(100);
    expect(service.count).toBe(100);
    expectQuantiles(measured, latency, { 0.5: 20 });
    expect(latency.quantile(0.9)).toBe(600_000);
    expect(latency.quantile(0.99)).toBe(600_000);
  });

  it('instant 503s: failures with an example, and no faster percentiles', async () => {
    const { latency, request } = await measure({ kind: 'failing', ms: 20, every: 4 }, (origin) => openPlan(origin));
    expect(request).toMatchObject({ sent: 100, completed: 75, failed: 25, statuses: { '200': 75, '503': 25 } });
    expect(request.errors).toEqual([{ kind: '5xx', count: 25, example: 'GET /: 503 overloaded' }]);
    expect(Histogram.fromData(request.failedLatency).count).toBe(25);
    expect(latency.minUs).toBeGreaterThanOrEqual(19_400);
  });

  it('a slow body counts until its last byte', async () => {
    const measured = await measure({ kind: 'slowBody', ms: 60, chunks: 6 }, (origin) => openPlan(origin));
    const { latency } = measured;
    expectQuantiles(measured, latency, { 0.5: 60, 0.9: 60 });
  });

  it('a target that answers too slowly: arrivals are dropped and counted, and the generator is not blamed', async () => {
    const { latency, request, result } = await measure({ kind: 'hanging', ms: 0, every: 1 }, (origin) => openPlan(origin, { maxInFlight: 20, timeoutMs: 800 }));
    expect(request.completed).toBe(0);
    expect(request.failed).toBe(100);
    expect(kinds(request)['dropped']).toBeGreaterThan(40);
    expect((kinds(request)['dropped'] ?? 0) + (kinds(request)['timeout'] ?? 0)).toBe(100);
    expect(latency.count).toBe(100);
    expect(latency.quantile(0.5)).toBe(800_000);
    const findings = openLoopFindings(result);
    // On a machine so busy that the generator lagged for other reasons, the drops are no longer the target's alone.
    const saturated = findings.some(({ code }) => /^generator-saturated-(busy|delayed|late)$/.test(code));
    expect(findings.map(({ code }) => code)).toContain(saturated ? 'generator-saturated-drops' : 'in-flight-limit-reached');
  });

  it('a port that nobody listens on: refused, no latency at all', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const result = await runLoad(openPlan(`http://127.0.0.1:${port}`, { durationMs: 500 }));
    expect(result.requests[0]).toMatchObject({ sent: 0, completed: 0, failed: 50 });
    expect(result.requests[0]?.errors).toMatchObject([{ kind: 'refused', count: 50 }]);
    expect(result.requests[0]?.latency.counts).toHaveLength(0);
  });

  it('checks: status, text in the body, size of the body', async () => {
    const behaviour = { kind: 'fixed', ms: 1, body: '{"status":"degraded"}' } as const;
    const load = (expectation: object) => (origin: string) => openPlan(origin, { warmupMs: 0, durationMs: 200, flows: [single({ ...GET, expect: { ...GET.expect, ...expectation } })] });
    const failuresOf = async (expectation: object): Promise<unknown> => (await measure(behaviour, load(expectation))).request.errors;
    expect(await failuresOf({ bodyIncludes: 'degraded', maxBodyBytes: 21 })).toEqual([]);
    expect(await failuresOf({ bodyIncludes: '"ok"' })).toEqual([{ kind: 'check', count: 20, example: 'GET /: 200, body of 21 bytes without "\\"ok\\""' }]);
    expect(await failuresOf({ maxBodyBytes: 20 })).toEqual([{ kind: 'check', count: 20, example: 'GET /: 200, body of 21 bytes, more than 20' }]);
    expect(await failuresOf({ statuses: { codes: [204], classes: [] } })).toMatchObject([{ kind: 'check', count: 20 }]);
  });

  it('redirects are not followed, and fail where another status was asked for', async () => {
    const flows = [single({ ...GET, expect: { ...GET.expect, statuses: { codes: [], classes: [2] } } })];
    const { request } = await measure({ kind: 'fixed', ms: 1, status: 302 }, (origin) => openPlan(origin, { warmupMs: 0, durationMs: 200, flows }));
    expect(kinds(request)).toEqual({ redirect: 20 });
  });

  it('a certificate that does not verify: failures of kind tls, unless told not to mind', async () => {
    const behaviour = { kind: 'fixed', ms: 1, tls: true } as const;
    const strict = await measure(behaviour, (origin) => openPlan(origin, { durationMs: 300 }));
    expect(kinds(strict.request)).toEqual({ tls: 30 });
    const insecure = await measure(behaviour, (origin) => {
      const plan = openPlan(origin, { durationMs: 300 });
      return { ...plan, target: { ...plan.target, insecureTls: true } };
    });
    expect(insecure.request).toMatchObject({ completed: 30, failed: 0 });
  });

  it('connections go to the guarded addresses only, whatever the name says', async () => {
    const { request } = await measure({ kind: 'fixed', ms: 1 }, (origin) => openPlan(origin.replace('127.0.0.1', 'service.invalid'), { durationMs: 300 }));
    expect(request).toMatchObject({ completed: 30, failed: 0 });
  });

  it('an abort ends it at once and keeps what was measured', async () => {
    const server = await startTruthServer({ kind: 'hanging', ms: 5, every: 10 });
    const stop = new AbortController();
    try {
      const result = await runLoad(openPlan(server.origin, { durationMs: 60_000, timeoutMs: 60_000 }), {
        signal: stop.signal,
        onProgress: ({ phase, done }) => {
          if (phase === 'measuring' && done > 800 / 60_000) stop.abort();
        },
      });
      expect(result.ended).toBe('aborted');
      expect(result.measuredMs).toBeGreaterThan(300);
      expect(result.measuredMs).toBeLessThan(20_000);
      expect(result.requests[0]?.completed).toBeGreaterThan(20);
      expect(result.requests[0]?.failed).toBe(0);
    } finally {
      await server.stop();
    }
  });

  it('one generator, load after load: each its own counts, after an abort and after its threads have ended too', async () => {
    const server = await startTruthServer({ kind: 'fixed', ms: 1 });
    const generator = new LoadGenerator();
    try {
      const completed = async (durationMs: number, workers = 1, signal?: AbortSignal): Promise<number | undefined> =>
        (await generator.run(openPlan(server.origin, { durationMs, workers }), signal === undefined ? {} : { signal })).requests[0]?.completed;
      expect(await completed(300)).toBe(30);
      expect(await completed(200, 2)).toBe(20);
      expect(await completed(60_000, 1, AbortSignal.abort())).toBe(0);
      expect(await completed(300)).toBe(30);
      await generator.close();
      expect(await completed(200)).toBe(20);
    } finally {
      await generator.close();
      await server.stop();
    }
  });
});
