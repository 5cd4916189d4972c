import { describe, expect, test } from 'vitest';
import { DEFAULT_POLICY, parseFailOn } from '../../../src/judge/policy.ts';
import { statusOf, withFindings } from '../../../src/judge/validity.ts';
import { judgeRun, type RunOutcome } from '../../../src/judge/verdict.ts';
import type { ComparisonResult, Finding, Reason, SlaResult, WorkloadRecord } from '../../../src/record/schema.ts';
import { httpWorkload, rounds, scenario } from '../record/fixture.ts';

const sla = (changes: Partial<SlaResult> = {}): SlaResult => ({
  metric: 'latency.p95', operator: '<=', limit: 100, unit: 'ms', actual: 132, interval: null, n: 750, samplesNeeded: null, verdict: 'breach', severity: 'critical',
  sentence: 'p95 latency 132 ms, limit 100 ms: 32 % over (n = 750)', ...changes,
});
const compared = (verdict: ComparisonResult['verdict'], changes: Partial<ComparisonResult> = {}): ComparisonResult => ({
  metric: 'latency.p50', verdict, unit: 'ms', baseline: 2, current: 52, change: 25, interval: null, pValue: 0.001, suspected: verdict === 'regression', smallestDetectable: 0.4, sessions: 1,
  sentence: `p50 latency: ${verdict}`, ...changes,
});
const finding = (severity: Finding['severity']): Finding => ({ severity, code: 'generator-saturated', message: 'the load generator was saturated', remedy: 'lower the rate' });
const measured = (changes: Partial<WorkloadRecord> = {}): WorkloadRecord => httpWorkload({ metrics: [rounds('latency.p95', [10, 11, 12])], ...changes });
const nvenc = { what: 'h264_nvenc', cause: 'no-driver', reason: 'no NVIDIA driver on this machine', remedy: 'Run on a machine with a GPU.' };

function judge(workloads: WorkloadRecord[], changes: Partial<RunOutcome> = {}) {
  return judgeRun({ scenarios: [scenario(workloads)], policy: DEFAULT_POLICY, interrupted: null, failures: [], ...changes });
}
const failure = (kind: Reason['kind']): Reason => ({ kind, scenario: null, workload: null, metric: null, sentence: `a ${kind}` });

describe('exit codes', () => {
  test('pass', () => {
    expect(judge([measured({ sla: [sla({ verdict: 'pass' })], comparison: [compared('same')] })])).toEqual({
      exitCode: 0,
      verdict: { status: 'pass', sentence: '1 of 1 limit met, no regression in 1 metric compared', reasons: [], warnings: [] },
    });
  });

  test('a breach is 1 and named first, before a regression', () => {
    const { verdict, exitCode } = judge([measured({ comparison: [compared('regression')] }), measured({ name: 'submit', sla: [sla()] })]);
    expect([exitCode, verdict.status]).toEqual([1, 'fail']);
    expect(verdict.sentence).toBe('submit: p95 latency 132 ms, limit 100 ms: 32 % over (n = 750); and 1 more reason');
  });

  test('a regression is 3', () => {
    expect(judge([measured({ comparison: [compared('regression')] })])).toMatchObject({ exitCode: 3, verdict: { status: 'fail', reasons: [{ kind: 'regression', metric: 'latency.p50' }] } });
  });

  test('a saturated generator is 4, before breach and regression', () => {
    const workload = measured({ validity: { status: 'invalid', findings: [finding('invalid')] }, sla: [sla()], comparison: [compared('regression')] });
    expect(judge([workload])).toMatchObject({ exitCode: 4, verdict: { status: 'invalid', reasons: [{ kind: 'invalid' }, { kind: 'sla' }, { kind: 'regression' }] } });
  });

  test.each([
    [['internal', 'usage', 'tool-missing', 'unreachable'], 70],
    [['usage', 'tool-missing', 'unreachable'], 2],
    [['tool-missing', 'unreachable'], 6],
    [['unreachable'], 5],
  ] as const)('%j → %i, before everything that was measured', (kinds, expected) => {
    const workload = measured({ validity: { status: 'invalid', findings: [finding('invalid')] }, sla: [sla()] });
    const { exitCode, verdict } = judge([workload], { failures: [...kinds].reverse().map(failure) });
    expect([exitCode, verdict.status, verdict.reasons[0]?.kind]).toEqual([expected, 'error', kinds[0]]);
  });

  test('an interrupt is 130 or 143 and never a pass', () => {
    expect(judge([measured()], { interrupted: 'SIGINT' })).toMatchObject({ exitCode: 130, verdict: { status: 'interrupted', sentence: 'interrupted with 1 of 1 workload measured; what was measured is kept and is no verdict' } });
    expect(judge([measured({ sla: [sla()] })], { interrupted: 'SIGTERM' }).exitCode).toBe(143);
    expect(judge([measured()], { interrupted: 'SIGINT', failures: [failure('internal')] }).exitCode).toBe(70);
  });

  test('nothing measured at all is 4, whatever the policy', () => {
    const none = httpWorkload({ status: 'not-measured', notMeasured: [nvenc] });
    for (const policy of [DEFAULT_POLICY, parseFailOn('sla')]) {
      expect(judge([none], { policy })).toMatchObject({ exitCode: 4, verdict: { status: 'invalid', reasons: [{ sentence: 'nothing was measured: h264_nvenc: no NVIDIA driver on this machine' }] } });
      expect(judge([], { policy }).exitCode).toBe(4);
    }
    expect(judge([measured(), httpWorkload({ name: 'silent' })])).toMatchObject({ exitCode: 4, verdict: { sentence: 'silent: nothing was measured' } });
  });
});

describe('warnings', () => {
  test('an encoder that cannot run here is listed once and does not fail the run', () => {
    const results = [sla({ metric: 'encode.wall{encoder=h264_nvenc}', verdict: 'not-measured' }), sla({ verdict: 'pass' })];
    const { verdict, exitCode } = judge([measured({ notMeasured: [nvenc], sla: results })]);
    expect([exitCode, verdict.sentence, verdict.warnings.map(({ sentence }) => sentence)]).toEqual([
      0,
      '1 of 2 limits met, nothing to compare with, 1 not measured',
      ['health: h264_nvenc was not measured: no NVIDIA driver on this machine. Run on a machine with a GPU.'],
    ]);
  });

  test('limits of severity warning, undecided limits and too few samples do not fail the run', () => {
    const results = [sla({ severity: 'warning' }), sla({ severity: 'info' }), sla({ verdict: 'undecided' }), sla({ verdict: 'too-few-samples' })];
    expect(judge([measured({ sla: results })])).toMatchObject({ exitCode: 0, verdict: { warnings: [{ kind: 'sla' }, { kind: 'sla' }, { kind: 'sla' }] } });
  });

  test('suspicion is a warning, plain inconclusive is none', () => {
    expect(judge([measured({ comparison: [compared('inconclusive'), compared('inconclusive', { suspected: true })] })])).toMatchObject({ exitCode: 0, verdict: { warnings: [{ kind: 'regression' }] } });
  });

  test('no baseline is said once for a scenario', () => {
    const { verdict } = judge([measured({ comparison: [compared('no-baseline', { sentence: 'no baseline yet' }), compared('no-baseline')] })]);
    expect(verdict.warnings).toEqual([{ kind: 'no-baseline', scenario: 'demo', workload: null, metric: null, sentence: 'demo: no baseline yet' }]);
  });
});

describe('--fail-on', () => {
  test('decides what fails', () => {
    const breached = measured({ sla: [sla()], comparison: [compared('regression')] });
    expect(judge([breached], { policy: parseFailOn('regression') }).exitCode).toBe(3);
    expect(judge([breached], { policy: parseFailOn('no-baseline') })).toMatchObject({ exitCode: 0, verdict: { status: 'pass', warnings: [{ kind: 'sla' }, { kind: 'regression' }] } });
    expect(judge([measured({ comparison: [compared('no-baseline')] })], { policy: parseFailOn('sla,no-baseline') }).exitCode).toBe(3);
  });

  test('invalid by name also fails what could not be decided', () => {
    for (const verdict of ['undecided', 'too-few-samples'] as const) expect(judge([measured({ sla: [sla({ verdict })] })], { policy: parseFailOn('invalid') }).exitCode).toBe(4);
  });

  test('an invalid run does not become a pass when invalid is left out', () => {
    const workload = measured({ validity: { status: 'invalid', findings: [finding('invalid')] } });
    expect(judge([workload], { policy: parseFailOn('sla') })).toMatchObject({ exitCode: 0, verdict: { status: 'invalid', sentence: 'health: the load generator was saturated (--fail-on leaves that out)' } });
  });

  test('unknown names are a usage error', () => {
    expect(() => parseFailOn('sla,latency')).toThrow('--fail-on does not know "latency"');
    expect(() => parseFailOn(' , ')).toThrow('--fail-on does not know an empty list');
  });
});

test('validity: the worst finding decides', () => {
  const valid: WorkloadRecord['validity'] = { status: 'valid', findings: [] };
  expect(withFindings(valid, []).status).toBe('valid');
  expect(withFindings(valid, [finding('warning')]).status).toBe('suspect');
  expect(withFindings({ status: 'suspect', findings: [finding('warning')] }, [finding('invalid')])).toMatchObject({ status: 'invalid', findings: [{}, {}] });
  expect(statusOf({ metrics: [], notMeasured: [] }, false)).toBe('not-measured');
  expect(statusOf({ metrics: measured().metrics, notMeasured: [nvenc] }, false)).toBe('partly-measured');
  expect(statusOf(measured(), true)).toBe('interrupted');
});
