import { describe, expect, it } from 'vitest';
import { judgeRun } from '../../../src/judge/verdict.ts';
import { DEFAULT_POLICY } from '../../../src/judge/policy.ts';
import type { WorkloadRecord } from '../../../src/record/schema.ts';
import { check } from '../../../src/workloads/check/check.ts';
import { checkWorkload } from '../../../src/workloads/check/schema.ts';
import { checked } from '../../support/check.ts';
import { contextFor, embedded } from '../../support/context.ts';

const KEY = 'readybench-demo-key';
const token = (name: string, expiresInS: number) => ({ name, request: { method: 'POST', path: '/api/token', headers: { 'x-api-key': KEY }, json: { expiresInS } }, capture: { [name]: { json: '/token' } } });
const submit = { request: { method: 'POST', path: '/videos', json: { durationS: 0.1 } }, expect: { status: 202 } };

/** Every check, by the guard of the embedded service without which it fails. */
const CHECKS = {
  'security-headers': { securityHeaders: { path: '/health' } },
  cors: { cors: { path: '/videos', allowed: 'http://localhost:3000' } },
  auth: { setup: [token('good', 60), token('old', 0)], auth: { request: { path: '/api/videos', headers: { authorization: 'Bearer ${good}' } }, expect: { status: 200 }, expired: 'Bearer ${old}' } },
  compression: { compression: { path: '/metrics' } },
  pagination: { pagination: { path: '/videos' } },
  idempotency: { idempotency: { ...submit, delete: { request: { method: 'DELETE', path: '/videos/${id}' } } } },
  'body-limit': { bodyLimit: { path: '/videos', limit: '64KiB', then: '/health' } },
  'rate-limit': { headers: { 'x-api-key': KEY }, rateLimit: { path: '/api/videos', limit: '10/s', recovery: '1100ms' } },
} as const;

async function twoVideos(baseUrl: string): Promise<void> {
  for (const seed of [1, 2]) expect((await fetch(`${baseUrl}/videos`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ durationS: 0.1, seed }) })).status).toBe(202);
}

describe('checks of behaviour', () => {
  it.each(Object.entries(CHECKS))('%s: passes, and fails with the defect switched on', async (guard, spec) => {
    for (const [faults, verdict] of [['', 'pass'], [`off=${guard}`, 'fail']] as const) {
      const { baseUrl } = await embedded({ READYBENCH_FAULTS: faults });
      await twoVideos(baseUrl);
      const { checks, measurement } = await checked(spec, baseUrl);
      expect({ faults, measurement: measurement.validity, checks: checks.map((each) => ({ verdict: each.verdict, sentences: each.verdict === verdict ? [] : each.sentences })) }).toEqual({ faults, measurement: { status: 'valid', findings: [] }, checks: [{ verdict, sentences: [] }] });
      expect(checks[0]?.evidence.length).toBeGreaterThan(0);
      expect(JSON.stringify(checks)).not.toContain(KEY);
    }
  });

  it('health: status, shape and latency', async () => {
    const probes = [{ path: '/health', expect: { json: { '/status': 'ok' } } }, { path: '/health/ready', expect: { status: 200 } }];
    const quick = await embedded();
    expect((await checked({ health: { probes, limit: '500ms' } }, quick.baseUrl)).checks).toMatchObject([{ verdict: 'pass' }]);
    const slow = await embedded({ READYBENCH_FAULTS: 'latency=120ms@/health' });
    expect((await checked({ health: { probes, limit: '100ms' } }, slow.baseUrl)).checks).toMatchObject([{ verdict: 'fail', sentences: [expect.stringMatching(/^\/health takes .* the limit is 100 ms$/), expect.any(String)] as string[] }]);
    expect((await checked({ health: { probes: [{ path: '/health', expect: { json: { '/status': 'fine' } } }], limit: '500ms' } }, quick.baseUrl)).checks).toMatchObject([{ verdict: 'fail' }]);
  });

  it('what does harm must be allowed, and stays on this machine', async () => {
    const shutdown = { pid: '1', request: { path: '/videos' } };
    expect(checkWorkload.safeParse({ name: 'ready', check: { shutdown } }).error?.issues[0]).toMatchObject({ path: ['check', 'shutdown'], message: 'stops the service: write allow: [shutdown] beside it where that is meant' });
    const target = { baseUrl: 'http://192.0.2.1', label: 'http://192.0.2.1', headers: {}, addresses: [{ address: '192.0.2.1', family: 4 as const }] };
    await expect(check.prepare(checkWorkload.parse({ name: 'ready', check: { allow: ['shutdown'], shutdown } }), await contextFor('http://192.0.2.1', { target }))).rejects.toMatchObject({ exitCode: 2 });
  });

  it('a failed check fails the run as a broken limit does', async () => {
    const { baseUrl } = await embedded({ READYBENCH_FAULTS: 'off=security-headers' });
    const { measurement } = await checked(CHECKS['security-headers'], baseUrl);
    const workload: WorkloadRecord = { name: 'ready', kind: 'check', status: 'measured', sla: [], comparison: [], ...measurement };
    const judged = judgeRun({ scenarios: [{ name: 'a', file: 'a.yaml', sha256: '', target: null, source: '', workloads: [workload] }], policy: DEFAULT_POLICY, interrupted: null, failures: [] });
    expect(judged).toMatchObject({ exitCode: 1, verdict: { status: 'fail', sentence: 'ready: securityHeaders: there is no x-content-type-options, no content-security-policy, no x-frame-options' } });
  });
});
