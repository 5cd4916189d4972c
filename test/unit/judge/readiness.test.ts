import { describe, expect, it } from 'vitest';
import { readinessOf, type Guide } from '../../../src/judge/readiness.ts';
import type { ScenarioRecord, SlaResult, WorkloadRecord } from '../../../src/record/schema.ts';
import { httpWorkload, scenario } from '../record/fixture.ts';

const limit = (verdict: SlaResult['verdict'], changes: Partial<SlaResult> = {}): SlaResult => ({ metric: 'latency.p95', operator: '<=', limit: 100, unit: 'ms', actual: verdict === 'not-measured' ? null : 12, interval: null, n: 100, samplesNeeded: null, verdict, severity: 'critical', sentence: `p95 latency ${verdict}`, ...changes });
const checks = (verdict: 'pass' | 'fail', severity?: 'warning'): Partial<WorkloadRecord> => ({
  name: 'limits',
  series: { kind: 'check' },
  detail: { kind: 'check', checks: [{ name: 'rateLimit', verdict, ...(severity === undefined ? {} : { severity }), sentences: [verdict === 'pass' ? '429 after 10' : 'no 429'], evidence: [{ sent: 'GET /videos', received: '429 Too Many Requests\nbody' }] }] },
});

function verdictOf(by: string | string[], workloads: WorkloadRecord[], changes: Partial<ScenarioRecord> = {}): string {
  const guide: Guide = { guide: 'g', items: [{ item: 'i', section: null, by: [by].flat() }], outside: [] };
  const [item] = readinessOf(guide, scenario(workloads, changes), [{ workload: 'users', why: 'not in the profile quick' }]).items;
  return `${item?.verdict}${item?.figure === null ? '' : ` ${item?.figure ?? ''}`}: ${item?.evidence.map(({ sentence }) => sentence).join('; ') ?? ''}`;
}

describe('an item of a guide', () => {
  it.each<[string, SlaResult['verdict'], Partial<SlaResult>, string]>([
    ['holds', 'pass', {}, 'pass 12 ms: p95 latency pass'],
    ['does not', 'breach', {}, 'fail 12 ms: p95 latency breach'],
    ['is a warning where the limit is one', 'breach', { severity: 'warning' }, 'warning 12 ms: p95 latency breach'],
    ['cannot be told with too few samples', 'too-few-samples', {}, 'undecided 12 ms: p95 latency too-few-samples'],
    ['is never passed where nothing was measured', 'not-measured', {}, 'not-measured: p95 latency not-measured'],
  ])('%s', (_name, verdict, changes, expected) => expect(verdictOf('health/latency.p95', [httpWorkload({ sla: [limit(verdict, changes)] })])).toBe(expected));

  it('is decided by checks, with what was sent and what came back', () => {
    expect(verdictOf('limits/check.rateLimit', [httpWorkload(checks('pass'))])).toBe('pass: 429 after 10 (GET /videos → 429)');
    expect(verdictOf('limits/check.rateLimit', [httpWorkload(checks('fail'))])).toMatch(/^fail: no 429/);
    expect(verdictOf('limits/check.rateLimit', [httpWorkload(checks('fail', 'warning'))])).toMatch(/^warning/);
    expect(verdictOf('limits/check.auth', [httpWorkload(checks('pass'))])).toBe('not-measured: limits did not check auth');
    expect(verdictOf('limits', [httpWorkload(checks('fail'))])).toMatch(/^fail/);
  });

  it('is decided by the worst of what decides it, and not passed while a part of it was not measured', () => {
    const health = httpWorkload({ sla: [limit('pass')] });
    expect(verdictOf(['health/latency.p95', 'limits/check.rateLimit'], [health, httpWorkload(checks('fail'))])).toMatch(/^fail/);
    expect(verdictOf(['health/latency.p95', 'users/latency.p95'], [health])).toMatch(/^not-measured 12 ms: p95 latency pass; users did not run: not in the profile quick/);
    expect(verdictOf('health/errors.rate', [health])).toBe('not-measured: health has no limit on errors.rate');
  });

  it('is not measured where the measurement is invalid or was interrupted', () => {
    const finding = { severity: 'invalid' as const, code: 'x', message: 'the generator was saturated', remedy: '' };
    expect(verdictOf('health/latency.p95', [httpWorkload({ sla: [limit('pass')], validity: { status: 'invalid', findings: [finding] } })])).toBe('not-measured: health is invalid: the generator was saturated');
    expect(verdictOf('health/latency.p95', [httpWorkload({ sla: [limit('pass')], status: 'interrupted' })])).toBe('not-measured: health was interrupted');
  });

  it('is decided by what was read from the service and from this machine', () => {
    const series = { name: 'queue', source: 'endpoint' as const, query: 'queue_length', take: 'max', unit: 'count' as const };
    expect(verdictOf('health/observe.queue', [httpWorkload({ observed: [{ ...series, value: 3, rounds: [] }] })])).toBe('pass 3: max queue 3, read from the service (queue_length)');
    expect(verdictOf('health/observe.queue', [httpWorkload({ observed: [{ ...series, value: null, rounds: [{ round: 0, value: null, points: [], problem: 'it is down' }] }] })])).toBe('not-measured: queue was not read: it is down');
    expect(verdictOf('health/observe.queue', [httpWorkload({ sla: [limit('breach', { metric: 'observed.count{series=queue,take=max}', unit: 'count' })] })])).toMatch(/^fail 12/);
    const host = { source: 'proc' as const, everyMs: 1_000, readings: 5, cost: 0, series: [{ metric: 'host.cpu', unit: 'share' as const, mean: 0.4, worst: 0.9, points: [] }], sla: [] };
    expect(verdictOf('host.cpu', [httpWorkload()], { host })).toBe('pass 40 %: 40 % on average, 90 % at worst');
    expect(verdictOf('host.cpu', [httpWorkload()], { host: { ...host, sla: [limit('breach', { metric: 'host.cpu', unit: 'share', actual: 0.9 })] } })).toMatch(/^fail 90 %/);
    expect(verdictOf('host.cpu', [httpWorkload()])).toBe('not-measured: this machine was not watched');
  });

  it('may mean the limits of one severity alone', () => {
    const health = httpWorkload({ sla: [limit('pass'), limit('breach', { severity: 'warning' })] });
    expect(verdictOf('health/latency.p95', [health])).toMatch(/^warning/);
    expect(verdictOf('health/latency.p95:critical', [health])).toMatch(/^pass/);
    expect(verdictOf('health/latency.p95:info', [health])).toBe('not-measured: health has no limit on latency.p95:info');
    const host = { source: 'proc' as const, everyMs: 1_000, readings: 5, cost: 0, series: [], sla: [limit('breach', { metric: 'host.cpu', unit: 'share', actual: 0.9, severity: 'warning' })] };
    expect(verdictOf('host.cpu:warning', [health], { host })).toMatch(/^warning 90 %/);
    expect(verdictOf('host.cpu:info', [health], { host })).toBe('not-measured: host has no alert of severity info on it');
  });

  it('is not measured by a run where it takes a search for the capacity', () => {
    expect(verdictOf('capacity', [httpWorkload()])).toBe('not-measured: bench capacity measures and plans it, in a run of its own');
  });

  it('a baseline is there once something was compared with it', () => {
    expect(verdictOf('baseline', [httpWorkload()])).toMatch(/^not-measured: no baseline/);
  });

  it('what cannot be measured from outside is listed as such', () => {
    expect(readinessOf({ guide: 'g', items: [], outside: [{ why: 'it is a matter of the build', items: ['Tests passing'] }] }, scenario([]), [])).toEqual({ guide: 'g', items: [{ section: null, item: 'Tests passing', verdict: 'not-measurable', figure: null, evidence: [{ by: '', verdict: 'not-measurable', sentence: 'it is a matter of the build' }] }] });
  });
});
