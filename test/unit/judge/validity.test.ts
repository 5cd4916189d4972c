import { describe, expect, it } from 'vitest';
import { withSuccess } from '../../../src/judge/validity.ts';
import type { SlaLimit } from '../../../src/record/limits.ts';
import type { Metric } from '../../../src/record/schema.ts';

const success = (value: number, labels: Metric['labels'] = {}, n = 40): Metric => ({ id: 'success.rate', labels, unit: 'share', better: 'higher', value, rounds: [value], n });
const limit = (id: string, severity: SlaLimit['severity'] = 'critical', labels: SlaLimit['labels'] = {}): SlaLimit => ({ id, labels, operator: '<=', limit: 0.01, severity });
const valid = { status: 'valid' as const, findings: [] };
const of = (metrics: Metric[], ...limits: SlaLimit[]) => withSuccess({ validity: valid, metrics }, limits);

describe('a workload of which nothing succeeded', () => {
  it('is invalid: a limit on a time cannot be broken by what has no time', () => {
    expect(of([success(0)], limit('latency.p95'))).toMatchObject({ status: 'invalid', findings: [{ code: 'nothing-succeeded', message: 'None of 40 succeeded, so there is nothing to hold against limits or baselines.' }] });
    expect(of([success(1, { encoder: 'libx265' }), success(0, { encoder: 'libx264' }, 4)]).findings.map(({ message }) => message)).toEqual([expect.stringContaining('None of 4 (libx264) succeeded') as string]);
  });

  it('is a breach instead where a critical limit says how many may fail', () => {
    expect(of([success(0)], limit('errors.rate'))).toEqual(valid);
    expect(of([success(0, { request: 'a' })], limit('success.rate', 'critical', { request: 'a' }))).toEqual(valid);
    expect(of([success(0, { request: 'a' })], limit('success.rate', 'critical', { request: 'b' })).status).toBe('invalid');
    expect(of([success(0)], limit('errors.rate', 'warning')).status).toBe('invalid');
  });

  it('one that succeeded is enough, and of nothing nothing is said', () => {
    expect(of([success(0.01)])).toEqual(valid);
    expect(of([success(0, {}, 0)])).toEqual(valid);
    expect(of([])).toEqual(valid);
  });

  it('is said once: what was invalid already stays as it is', () => {
    const invalid = { status: 'invalid' as const, findings: [] };
    expect(withSuccess({ validity: invalid, metrics: [success(0)] }, [])).toBe(invalid);
  });
});
