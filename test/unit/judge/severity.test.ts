import { describe, expect, it } from 'vitest';
import { parseFailOn } from '../../../src/judge/policy.ts';
import { judgeRun } from '../../../src/judge/verdict.ts';
import type { SlaResult, WorkloadRecord } from '../../../src/record/schema.ts';
import { http } from '../../../src/workloads/http/http.ts';
import { httpWorkload as httpSchema } from '../../../src/workloads/http/schema.ts';
import { httpWorkload, rounds, scenario } from '../record/fixture.ts';

const breach = (severity: SlaResult['severity']): SlaResult => ({ metric: 'latency.p95', operator: '<=', limit: 100, unit: 'ms', actual: 200, interval: null, n: 100, samplesNeeded: null, verdict: 'breach', severity, sentence: 'twice the limit' });
const check = (severity: SlaResult['severity']): Partial<WorkloadRecord> => ({ detail: { kind: 'check', checks: [{ name: 'cors', verdict: 'fail', severity, sentences: ['anybody'], evidence: [] }] } });
const host = (severity: SlaResult['severity']) => ({ source: 'proc' as const, everyMs: 1_000, readings: 5, cost: 0, series: [], sla: [{ ...breach(severity), metric: 'host.cpu' }] });

const judged = (what: 'limit' | 'check' | 'host', severity: SlaResult['severity'], failOn?: string): string => {
  const workload = httpWorkload({ metrics: [rounds('latency.p95', [200])], ...(what === 'limit' ? { sla: [breach(severity)] } : what === 'check' ? check(severity) : {}) });
  const { exitCode, verdict } = judgeRun({ scenarios: [scenario([workload], what === 'host' ? { host: host(severity) } : {})], policy: parseFailOn(failOn), interrupted: null, failures: [] });
  return `${exitCode} ${verdict.reasons.length}/${verdict.warnings.length}`;
};

describe.each(['limit', 'check', 'host'] as const)('a broken %s', (what) => {
  it.each([
    ['critical', undefined, '1 1/0'],
    ['warning', undefined, '0 0/1'],
    ['info', undefined, '0 0/0'],
    ['critical', 'critical', '1 1/0'],
    ['warning', 'critical', '0 0/1'],
    ['critical', 'regression', '0 0/1'],
    ['warning', 'warning', '1 1/0'],
    ['critical', 'warning', '1 1/0'],
    ['info', 'warning,regression', '0 0/0'],
    ['info', 'info', '1 1/0'],
  ] as const)('%s with --fail-on %s: %s', (severity, failOn, expected) => expect(judged(what, severity, failOn)).toBe(expected));
});

it('limits of every severity come from the sla section', () => {
  const workload = httpSchema.parse({ name: 'a', http: { request: { path: '/' }, load: { model: 'open', rate: 1, duration: '1s' } }, sla: { errorRate: '10%', warning: { errorRate: '5%', latency: { p95: '2s' } }, info: { throughput: '5/s' } } });
  expect(http.limits(workload).map(({ id, operator, limit, severity }) => `${severity} ${id} ${operator} ${limit}`)).toEqual(['critical errors.rate <= 0.1', 'warning latency.p95 <= 2000', 'warning errors.rate <= 0.05', 'info throughput >= 5']);
});
