import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { controlMetrics } from '../../../src/compare/control-metrics.ts';
import type { MachineBaseline } from '../../../src/compare/baseline-files.ts';
import { sessionOf } from '../../../src/compare/session.ts';
import { UNDECIDED } from '../../../src/compare/decisions.ts';
import { DEFAULT_POLICY } from '../../../src/judge/policy.ts';
import { judgeRun } from '../../../src/judge/verdict.ts';
import { compareMeasured, storeSessions, type Comparison } from '../../../src/pipeline/comparison.ts';
import type { ControlRecord, ScenarioRecord } from '../../../src/record/schema.ts';
import { httpWorkload, record, rounds, scenario } from '../record/fixture.ts';

const twenty = (value: number): number[] => Array.from({ length: 20 }, () => value);
const fast = [rounds('latency.p50', twenty(100), 5_000)];
const slow = [rounds('latency.p50', twenty(200), 5_000)];
const control = (stealShare: number): Omit<ControlRecord, 'findings'> => ({ rounds: [30, 30.1, 29.9].map((kernelMs) => ({ kernelMs, loopbackMs: 0.2, waitShare: 0 })), stealShare });

const paired: Comparison = { kind: 'paired', stored: new Map(), calibrations: new Map() };
const inTurns = scenario([httpWorkload({ metrics: slow, against: { label: 'v1', validity: { status: 'valid', findings: [] }, metrics: fast } })]);

/** Five stored sessions in which the service was fast. */
function history(): Comparison {
  const sessions = Array.from({ length: 5 }, (_, day) => {
    const run = record([scenario([httpWorkload({ metrics: fast })])], { id: `2026010${day + 1}T000000.000Z-aaaaaa` });
    return { ...sessionOf(run, run.scenarios[0] ?? scenario([])), control: Object.fromEntries(controlMetrics(control(0)).map(({ id, value, rounds: own, n, unit }) => [id, { value, rounds: own, n, unit }])) };
  });
  const baseline: MachineBaseline = { scenario: 'demo', hash: 'h'.repeat(12), dir: '', sessions, decided: UNDECIDED };
  return { kind: 'history', stored: new Map([['demo', [baseline]]]), calibrations: new Map() };
}

function judged(comparison: Comparison, measured: ScenarioRecord, stealShare: number): { exitCode: number; sentence: string; verdicts: string[] } {
  const { run, environment } = record([measured], { id: '20260201T000000.000Z-ffffff' });
  const { scenarios, disturbed } = compareMeasured(comparison, [measured], [], { runId: run.id, environment, tools: run.tools, startedAt: new Date(run.startedAt), control: control(stealShare) });
  const { exitCode, verdict } = judgeRun({ scenarios, policy: DEFAULT_POLICY, interrupted: null, failures: [], disturbed });
  return { exitCode, sentence: verdict.sentence, verdicts: scenarios.flatMap(({ workloads }) => workloads.flatMap(({ comparison: results }) => results.map((each) => each.verdict))) };
}

describe.each([
  { name: 'a paired run', comparison: paired, measured: inTurns },
  { name: 'a run against stored sessions', comparison: history(), measured: scenario([httpWorkload({ metrics: slow })]) },
])('a slower service in $name', ({ comparison, measured }) => {
  test('is a regression on a steady machine', () => {
    expect(judged(comparison, measured, 0)).toMatchObject({ exitCode: 3, verdicts: ['regression'] });
  });

  test('is no regression on a disturbed one: the run is invalid, and says that it looks slower', () => {
    expect(judged(comparison, measured, 0.2)).toMatchObject({ exitCode: 4, verdicts: ['inconclusive'], sentence: expect.stringContaining('looks slower, and the environment was disturbed') as string });
  });
});

test('a paired run that passes on a disturbed machine passes', () => {
  const same = scenario([httpWorkload({ metrics: fast, against: { label: 'v1', validity: { status: 'valid', findings: [] }, metrics: fast } })]);
  expect(judged(paired, same, 0.2)).toMatchObject({ exitCode: 0, verdicts: ['same'] });
});

test('what the baseline has and the run has not is told, and fails only who asks for it', () => {
  const comparison = history();
  const measured = scenario([httpWorkload({ metrics: [rounds('throughput', twenty(50))] })]);
  const { run, environment } = record([measured], { id: '20260201T000000.000Z-ffffff' });
  const { scenarios } = compareMeasured(comparison, [measured], [], { runId: run.id, environment, tools: run.tools, startedAt: new Date(run.startedAt), control: null });
  expect(scenarios[0]?.workloads[0]?.comparison.find(({ metric }) => metric === 'latency.p50')?.verdict).toBe('not-measured');
  const verdictOn = (on: 'no-baseline' | 'regression') => judgeRun({ scenarios, policy: { on: new Set([on]), strict: false }, interrupted: null, failures: [] });
  expect(verdictOn('regression')).toMatchObject({ exitCode: 0 });
  expect(verdictOn('regression').verdict.warnings.map(({ sentence }) => sentence)).toContain('health: p50 latency was not measured this time; the baseline has it');
  expect(verdictOn('no-baseline')).toMatchObject({ exitCode: 3 });
});

test('where a run cannot be stored, what to do is told beside it', async () => {
  const file = fileURLToPath(import.meta.url);
  const [note, ...more] = await storeSessions(file, record([scenario([httpWorkload({ metrics: fast })])], { id: '20260201T000000.000Z-ffffff' }));
  expect(note).toMatch(/^the run could not be added to the baselines in .*; name a folder with --baselines DIR/);
  expect(more).toEqual([]);
});
