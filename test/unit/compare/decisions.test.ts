import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { anchor, approve, waive } from '../../../src/compare/approve.ts';
import { annotate } from '../../../src/compare/annotate.ts';
import { machineDir, readBaselines } from '../../../src/compare/baseline-files.ts';
import { keepSessions, listBaselines } from '../../../src/compare/baselines.ts';
import { compareRun } from '../../../src/compare/compare-run.ts';
import { parseFailOn } from '../../../src/judge/policy.ts';
import { judgeRun } from '../../../src/judge/verdict.ts';
import type { Environment, RunRecord, ScenarioRecord, SlaResult } from '../../../src/record/schema.ts';
import { encodeWorkload, record, rounds, scenario } from '../record/fixture.ts';

let dir: string;
beforeEach(async () => { dir = await mkdtemp(join(tmpdir(), 'readybench-decisions-')); });
afterEach(() => rm(dir, { recursive: true, force: true }));

const HERE: Environment = { hard: { cpu: 'Test CPU' }, soft: { kernel: '6.1' }, hash: 'aaaaaaaaaaaa' };
const KEY = 'encode-30s/encode.cpu{encoder=libx264}';
const breach: SlaResult = { metric: 'encode.cpu{encoder=libx264}', operator: '<=', limit: 1, unit: 'ms', actual: 2, interval: null, n: 3, samplesNeeded: null, verdict: 'breach', severity: 'critical', sentence: 'CPU time is over its limit' };

/** Day `day` of January 2026. */
function run(day: number, cpuMs = 10_000, sla: SlaResult[] = []): RunRecord {
  const labels = { encoder: 'libx264' };
  const metrics = [rounds('encode.cpu', [cpuMs * 0.99, cpuMs, cpuMs * 1.01], 3, labels), rounds('output.bytes', [7e6, 7e6, 7e6], 3, labels)];
  const date = `2026-01-${String(day).padStart(2, '0')}`;
  return record([scenario([encodeWorkload({ metrics, sla })])], { id: `${date.replaceAll('-', '')}T070000.000Z-aaaaaa`, startedAt: `${date}T07:00:00.000Z` }, { environment: HERE });
}

/** As the pipeline does it: compared, annotated, judged. */
async function judged(current: RunRecord, failOn?: string): Promise<{ scenarios: ScenarioRecord[]; exitCode: number; sentences: string[]; warnings: string[]; record: RunRecord }> {
  const baselines = await readBaselines(dir, 'demo');
  const measurer = { runId: current.run.id, environment: current.environment };
  const compared = compareRun(measurer, current.scenarios.map((each) => ({ scenario: each, baselines })));
  const scenarios = compared.map((each) => annotate(each, baselines, { ...measurer, tools: current.run.tools, startedAt: new Date(current.run.startedAt) }));
  const { verdict, exitCode } = judgeRun({ scenarios, policy: parseFailOn(failOn), interrupted: null, failures: [] });
  return { scenarios, exitCode, sentences: verdict.reasons.map(({ sentence }) => sentence), warnings: verdict.warnings.map(({ sentence }) => sentence), record: { ...current, scenarios, verdict, exitCode } };
}

describe('a waiver', () => {
  const give = (until: string, metric = 'encode.cpu') => waive({ dir, record: run(1), reason: 'slower preset until the GPU arrives', metric, until, now: new Date('2026-01-02T12:00:00Z') });

  test('lets a regression pass up to its day, and then says that it is over', async () => {
    await approve({ dir, record: run(1), reason: 'first', metric: null });
    expect((await judged(run(3, 20_000))).exitCode).toBe(3);
    const [given] = await give('2026-01-10');
    expect(given).toMatchObject({ scenario: 'demo', metrics: [KEY] });
    const waived = await judged(run(10, 20_000));
    expect(waived.exitCode).toBe(0);
    expect(waived.warnings[0]).toMatch(/a regression .*\(waived until 2026-01-10: slower preset until the GPU arrives\)$/);
    const over = await judged(run(11, 20_000));
    expect(over.exitCode).toBe(3);
    expect(over.sentences[0]).toMatch(/a regression .*\(its waiver ended on 2026-01-10: slower preset until the GPU arrives\)$/);
  });

  test('lets a breach of a limit pass, and only that one', async () => {
    await give('2026-01-10');
    expect((await judged(run(3, 10_000, [breach]))).exitCode).toBe(0);
    expect((await judged(run(3, 10_000, [{ ...breach, metric: 'output.bytes{encoder=libx264}' }]))).exitCode).toBe(1);
    expect((await judged(run(11, 10_000, [breach]))).exitCode).toBe(1);
  });

  test('keeps what regressed out of the stored sessions, and the other metrics in', async () => {
    await approve({ dir, record: run(1), reason: 'first', metric: null });
    await give('2026-01-10');
    expect(await keepSessions(dir, (await judged(run(5, 20_000))).record)).toMatchObject([{ kept: true }]);
    const [baseline] = await readBaselines(dir, 'demo');
    expect(Object.keys(baseline?.sessions.at(-1)?.workloads['encode-30s'] ?? {})).toEqual(['output.bytes{encoder=libx264}']);
    expect((await judged(run(12, 20_000))).exitCode).toBe(3);
    await approve({ dir, record: (await judged(run(5, 20_000))).record, reason: 'it stays', metric: 'encode.cpu' });
    expect((await judged(run(13, 20_000))).exitCode).toBe(0);
  });

  test('the later one counts, another content of the scenario has none, and list tells', async () => {
    await approve({ dir, record: run(1), reason: 'first', metric: null });
    await give('2026-01-10');
    await waive({ dir, record: run(1), reason: 'longer', metric: KEY, until: '2026-01-20', now: new Date('2026-01-03T00:00:00Z') });
    expect((await judged(run(15, 20_000))).exitCode).toBe(0);
    expect((await listBaselines(dir))[0]?.waivers).toMatchObject([{ metric: KEY, until: '2026-01-20', reason: 'longer' }]);
    const other = run(5, 10_000, [breach]);
    expect((await judged({ ...other, scenarios: other.scenarios.map((each) => ({ ...each, sha256: 'd'.repeat(64) })) })).exitCode).toBe(1);
  });

  test.each([
    ['2025-12-31', '2025-12-31 is over already'],
    ['2026-02-30', '"2026-02-30" is no date'],
    ['tomorrow', '"tomorrow" is no date'],
  ])('refuses the day %s', async (until, message) => {
    await expect(give(until)).rejects.toMatchObject({ exitCode: 2, message });
  });

  test('refuses a metric that the run does not have', async () => {
    await expect(give('2026-01-10', 'latency.p95')).rejects.toMatchObject({ exitCode: 2, hint: `it has ${KEY}, encode-30s/output.bytes{encoder=libx264}` });
  });
});

describe('a release anchor', () => {
  test('warns of a drift in steps that the gate never sees, and gates nothing', async () => {
    await keepSessions(dir, run(1));
    await anchor({ dir, record: run(1), reason: 'v2.0', now: new Date('2026-01-01T08:00:00Z') });
    const seen: [number, string[]][] = [];
    for (let day = 2; day <= 20; day += 1) {
      const { record: current, exitCode, warnings } = await judged(run(day, 10_000 * 1.015 ** day));
      seen.push([exitCode, warnings.filter((each) => each.includes('drifted'))]);
      await keepSessions(dir, current);
    }
    expect(seen.every(([exitCode]) => exitCode === 0)).toBe(true);
    expect(seen[3]?.[1]).toEqual([]);
    expect(seen.at(-1)?.[1]).toEqual([expect.stringMatching(/^encode-30s: CPU time of an encode \(libx264\) has drifted from 10 s to .* \(\+\d+ %\) over 19 sessions since the anchor of 2026-01-01 \(v2\.0\)$/) as string]);
  });

  test('says nothing of noise around it', async () => {
    await anchor({ dir, record: run(1), reason: 'v2.0' });
    for (let day = 2; day <= 20; day += 1) {
      const { record: current, warnings } = await judged(run(day, 10_000 * (1 + 0.04 * Math.sin(day * 2.4))));
      expect(warnings.filter((each) => each.includes('drifted'))).toEqual([]);
      await keepSessions(dir, current);
    }
  });
});

test('what changed around the figures is in the record', async () => {
  await approve({ dir, record: run(1), reason: 'first', metric: null });
  const { scenarios } = await judged({ ...run(2), environment: { ...HERE, soft: { kernel: '6.8' } } });
  expect(scenarios[0]?.notes).toEqual([{ kind: 'changed', workload: null, metric: null, sentence: 'kernel: 6.1 then, 6.8 now' }]);
});

describe('decision files edited into nonsense', () => {
  test.each([
    ['"kind": "approve"', '"kind": "bless"', 'kind: Invalid'],
    ['"reason": "first"', '"reason": ""', 'reason: Too small'],
    ['"runId": "20260101T070000.000Z-aaaaaa"', '"runId": 5', 'runId: Invalid input: expected string, received number'],
    ['"metrics": null', '"metrics": []', 'metrics: Too small'],
    ['"version": 1', '"version": 2', 'version: Invalid input: expected 1'],
    ['{', '{,', 'is not JSON'],
  ])('%s → %s', async (from, to, expected) => {
    await approve({ dir, record: run(1), reason: 'first', metric: null });
    const folder = join(machineDir(dir, 'demo', HERE.hash), 'decisions');
    const [name = ''] = await readdir(folder);
    await writeFile(join(folder, name), (await readFile(join(folder, name), 'utf8')).replace(from, to));
    const failed: unknown = await readBaselines(dir, 'demo').catch((error: unknown) => error);
    expect(failed).toMatchObject({ exitCode: 2 });
    expect((failed as Error).message).toContain(`${join(folder, name)} is not `);
    expect((failed as Error).message).toContain(expected);
  });

  test('approvals of an earlier version are not passed over', async () => {
    await keepSessions(dir, run(1));
    await writeFile(join(machineDir(dir, 'demo', HERE.hash), 'approved.json'), '{}');
    await expect(readBaselines(dir, 'demo')).rejects.toMatchObject({ exitCode: 2 });
  });
});
