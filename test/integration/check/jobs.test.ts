import { beforeAll, afterAll, describe, expect, it } from 'vitest';
import { createToolResolver } from '../../../src/host/tools.ts';
import { serviceOptions } from '../../../src/service/options.ts';
import { startService, type RunningService } from '../../../src/service/service.ts';
import { checked, embeddedJob } from '../../support/check.ts';
import { embedded } from '../../support/context.ts';

const MODES = { break: (mode: string) => ({ request: { method: 'POST', path: '/dependency', json: { mode } } }), restore: { request: { method: 'POST', path: '/dependency', json: { mode: 'ok' } } } };
const LONG = { durationS: 60, width: 640, height: 360 };

/** Checks that start jobs or break a dependency, by the defect with which each must fail, and what it says then. */
const CHECKS = {
  queueLimit: { spec: { job: embeddedJob(), queueLimit: { limit: 2 } }, faults: 'off=concurrency', says: /^3 jobs were at work at once, the limit is 2$/, evidence: 2 },
  priority: { spec: { job: embeddedJob(), priority: { high: { method: 'POST', path: '/videos', json: { durationS: 0.2, cache: false, priority: 'high' } }, behind: 4 } }, faults: 'off=priority', says: /^of 4 jobs that waited when the one of high priority came, 4 began before it$/, evidence: 3 },
  health: {
    spec: { job: embeddedJob(LONG), health: { probes: [{ path: '/health' }, { path: '/health/ready' }], limit: '300ms', busy: { jobs: 4, limit: '300ms' } } },
    faults: 'off=health-isolation',
    says: /^with the workers saturated \/health takes \d+ ms \(median of \d+\), the limit is 300 ms$/,
    evidence: 3,
  },
  ready: { spec: { allow: ['ready'], job: embeddedJob(LONG), ready: { path: '/health/ready', jobs: 20 } }, faults: 'off=ready-probe', says: /^while submits are refused, \/health\/ready is still answered 200$/, evidence: 3 },
  retry: { spec: { allow: ['retry'], retry: { request: { path: '/translate?text=a' }, break: MODES.break('flaky'), restore: MODES.restore, requests: 9 } }, faults: 'off=retry', says: /^while the dependency fails now and then, 3 of 9 requests fail: /, evidence: 4 },
  circuitBreaker: {
    spec: { allow: ['circuitBreaker'], circuitBreaker: { request: { path: '/translate?text=a' }, break: MODES.break('down'), restore: MODES.restore, opensAfter: 6, fast: '100ms' } },
    faults: 'off=circuit-breaker',
    says: /^after 6 failures requests still take .* to fail \(median of 5\), the limit is 100 ms: nothing cuts them short$/,
    evidence: 4,
  },
} as const;

const SHORT_QUEUE = { READYBENCH_SERVICE_QUEUE_LIMIT: '8' };
let good: RunningService;
beforeAll(async () => {
  good = await startService(serviceOptions(SHORT_QUEUE), createToolResolver());
});
afterAll(() => good.stop());
const total = async (baseUrl: string): Promise<number> => ((await (await fetch(`${baseUrl}/videos`)).json()) as { total: number }).total;

describe('checks with jobs and broken dependencies', () => {
  it.each(Object.entries(CHECKS))('%s: passes, and fails with the defect switched on', async (name, { spec, faults, says, evidence }) => {
    const { checks, measurement } = await checked(spec, good.baseUrl);
    expect(checks.map((each) => ({ ...each, sentences: each.verdict === 'pass' ? [] : each.sentences, evidence: [] }))).toEqual([{ name, verdict: 'pass', sentences: [], evidence: [] }]);
    expect(measurement.validity.status).toBe('valid');
    expect(checks[0]?.evidence.length).toBeGreaterThanOrEqual(evidence);
    // What was started is removed, what was broken is well again.
    expect(await total(good.baseUrl)).toBe(0);
    expect((await fetch(`${good.baseUrl}/translate?text=a`)).status).toBe(200);

    const bad = await embedded({ ...SHORT_QUEUE, READYBENCH_FAULTS: faults });
    const failed = await checked(spec, bad.baseUrl);
    expect(failed.checks).toMatchObject([{ name, verdict: 'fail' }]);
    expect(failed.checks[0]?.sentences[0]).toMatch(says);
    expect(await total(bad.baseUrl)).toBe(0);
    expect((await fetch(`${bad.baseUrl}/translate?text=a`)).status).toBe(200);
  });

  it('ready: a queue without a limit, jobs that are never done', async () => {
    const endless = await embedded({ READYBENCH_FAULTS: 'off=queue-limit' });
    expect((await checked(CHECKS.ready.spec, endless.baseUrl)).checks[0]?.sentences).toEqual(['20 jobs were taken and none refused: the queue has no limit that could be seen']);
    const stuck = await embedded({ READYBENCH_FAULTS: 'stuck=100%' });
    const job = { ...embeddedJob({ durationS: 0.2 }), timeout: '1s' };
    expect((await checked({ job, queueLimit: { limit: 2 } }, stuck.baseUrl)).checks[0]?.sentences).toContain('3 of 3 jobs had not ended after 1 s');
  });

  it('an interrupt removes the jobs and restores the dependency', async () => {
    const stop = new AbortController();
    const { baseUrl } = await embedded();
    const running = checked({ allow: ['circuitBreaker'], circuitBreaker: { ...CHECKS.circuitBreaker.spec.circuitBreaker, opensAfter: 1_000 } }, baseUrl, { signal: stop.signal });
    for (let status = 200; status === 200; ) status = (await fetch(`${baseUrl}/translate?text=a`)).status;
    stop.abort();
    await running;
    // Its own circuit is open for a second.
    await expect.poll(async () => (await fetch(`${baseUrl}/translate?text=a`)).status, { timeout: 5_000 }).toBe(200);
  });
});
