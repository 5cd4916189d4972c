import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { approve } from '../../../src/compare/approve.ts';
import { keepSessions, listBaselines, showBaseline } from '../../../src/compare/baselines.ts';
import { machineDir, readBaselines } from '../../../src/compare/baseline-files.ts';
import { removeBaseline } from '../../../src/compare/remove.ts';
import { compareRecords } from '../../../src/compare/compare-records.ts';
import { compareRun } from '../../../src/compare/compare-run.ts';
import { ruleFor, type GateOptions } from '../../../src/compare/options.ts';
import { changesSince } from '../../../src/compare/reference.ts';
import { metric } from '../../../src/record/metrics.ts';
import { gate } from '../../../src/scenario/schema.ts';
import type { ComparisonResult, Environment, RunRecord, WorkloadRecord } from '../../../src/record/schema.ts';
import { encodeWorkload, record, rounds, scenario } from '../record/fixture.ts';

let dir: string;
beforeEach(async () => { dir = await mkdtemp(join(tmpdir(), 'readybench-baselines-')); });
afterEach(() => rm(dir, { recursive: true, force: true }));

const HERE: Environment = { hard: { cpu: 'Test CPU', cores: 2 }, soft: { kernel: '6.1' }, hash: 'aaaaaaaaaaaa' };
const THERE: Environment = { hard: { cpu: 'Test CPU', cores: 8 }, soft: { kernel: '6.1' }, hash: 'bbbbbbbbbbbb' };

interface Measurement {
  at: number;
  cpuMs?: number;
  bytes?: number;
  environment?: Environment;
  target?: string | null;
  sha256?: string;
  changes?: Partial<WorkloadRecord>;
  run?: Partial<RunRecord['run']>;
}

/** A run of one encode workload, `at` seconds after a start. */
function run({ at, cpuMs = 10_000, bytes = 7e6, environment = HERE, target = 'embedded', sha256 = 'c'.repeat(64), changes = {}, run: runChanges = {} }: Measurement): RunRecord {
  const labels = { encoder: 'libx264' };
  const metrics = [rounds('encode.cpu', [cpuMs * 0.99, cpuMs, cpuMs * 1.01], 3, labels), rounds('output.bytes', [bytes, bytes, bytes], 3, labels)];
  const id = `20260131T0705${String(at).padStart(2, '0')}.000Z-aaaaaa`;
  return record([scenario([encodeWorkload({ metrics, ...changes })], { target, sha256 })], { id, ...runChanges }, { environment });
}

async function compared(current: RunRecord): Promise<ComparisonResult[]> {
  const [only] = current.scenarios;
  if (only === undefined) throw new Error('no scenario');
  const baselines = await readBaselines(dir, only.name);
  const [result] = compareRun({ runId: current.run.id, environment: current.environment }, [{ scenario: only, baselines }]);
  return result?.workloads.flatMap(({ comparison }) => comparison) ?? [];
}
const cpu = (results: ComparisonResult[]): ComparisonResult | undefined => results.find(({ metric }) => metric.startsWith('encode.cpu'));
const size = (results: ComparisonResult[]): ComparisonResult | undefined => results.find(({ metric }) => metric.startsWith('output.bytes'));

describe('sessions', () => {
  test('gate only once five are stored, and say how many there are', async () => {
    expect(cpu(await compared(run({ at: 0 })))).toMatchObject({ verdict: 'no-baseline', sentence: 'no baseline yet; `bench baseline approve` gates from now on' });
    for (let at = 1; at <= 2; at += 1) await keepSessions(dir, run({ at }));
    expect(cpu(await compared(run({ at: 3 })))?.sentence).toBe('no baseline yet: 2 of 5 sessions stored; `bench baseline approve` gates from now on');
    for (let at = 3; at <= 5; at += 1) await keepSessions(dir, run({ at }));
    expect(cpu(await compared(run({ at: 6, cpuMs: 15_000 })))).toMatchObject({ verdict: 'regression', sessions: 5 });
    expect(cpu(await compared(run({ at: 6 })))).toMatchObject({ verdict: expect.not.stringMatching('regression') as string, change: 0 });
  });

  test('failing, invalid, interrupted and stand-in runs are not kept, and say why', async () => {
    const breach = { metric: 'encode.cpu', operator: '<=' as const, limit: 1, unit: 'ms' as const, actual: 2, interval: null, n: 3, samplesNeeded: null, verdict: 'breach' as const, severity: 'critical' as const, sentence: '' };
    const regression = { ...(await compared(run({ at: 0 })))[0], verdict: 'regression' } as ComparisonResult;
    const checked = (severity: 'critical' | 'warning'): WorkloadRecord['detail'] => ({ kind: 'check', checks: [{ name: 'auth', verdict: 'fail', severity, sentences: [], evidence: [] }] });
    const cases: [Measurement, string][] = [
      [{ at: 1, run: { status: 'interrupted' } }, 'the run is interrupted'],
      [{ at: 1, run: { status: 'running' } }, 'the run is not finished'],
      [{ at: 1, changes: { validity: { status: 'invalid', findings: [] } } }, 'the measurement of encode-30s is invalid'],
      [{ at: 1, changes: { testDouble: true } }, 'it was measured on a stand-in for the real device'],
      [{ at: 1, changes: { metrics: [] } }, 'nothing was measured'],
      [{ at: 1, changes: { sla: [breach] } }, 'encode-30s breached a limit'],
      [{ at: 1, changes: { comparison: [regression] } }, 'encode-30s regressed'],
      [{ at: 1, changes: { detail: checked('critical') } }, 'a check of encode-30s failed'],
    ];
    for (const [measurement, why] of cases) expect(await keepSessions(dir, run(measurement))).toEqual([{ scenario: 'demo', kept: false, why }]);
    expect(await readdir(dir)).toEqual([]);
    expect(await keepSessions(dir, run({ at: 1, changes: { detail: checked('warning') } }))).toMatchObject([{ kept: true }]);
  });

  test('two writers at once lose none, and a run stored twice is one session', async () => {
    await Promise.all(Array.from({ length: 40 }, (_, at) => keepSessions(dir, run({ at }))));
    await keepSessions(dir, run({ at: 7 }));
    const [baseline] = await readBaselines(dir, 'demo');
    expect(baseline?.sessions).toHaveLength(40);
    expect(await readdir(join(dir, 'demo', HERE.hash, 'sessions'))).toHaveLength(40);
  });

  test('only the last 20 count, and never the run itself', async () => {
    for (let at = 1; at <= 25; at += 1) await keepSessions(dir, run({ at, cpuMs: at <= 5 ? 1_000 : 10_000 }));
    expect(cpu(await compared(run({ at: 30 })))).toMatchObject({ sessions: 20, baseline: expect.closeTo(10_000, 6) as number });
    expect(cpu(await compared(run({ at: 25 })))?.sessions).toBe(20);
  });

  test('the files read well in a pull request', async () => {
    await approve({ dir, record: run({ at: 1 }), reason: 'first', metric: null, now: new Date('2026-02-01T00:00:00Z') });
    expect(await readFile(join(dir, 'demo', HERE.hash, 'sessions', '20260131T070501.000Z-aaaaaa.json'), 'utf8')).toMatchInlineSnapshot(`
      "{
        "commit": null,
        "joined": "passed",
        "machine": {
          "hard": {
            "cores": 2,
            "cpu": "Test CPU"
          },
          "hash": "aaaaaaaaaaaa",
          "soft": {
            "kernel": "6.1"
          }
        },
        "profile": "quick",
        "runId": "20260131T070501.000Z-aaaaaa",
        "scenario": "demo",
        "sha256": "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc",
        "startedAt": "2026-01-31T07:05:03.042Z",
        "subjects": {
          "node": "v20.20.2",
          "readybench": "0.1.0"
        },
        "target": "embedded",
        "version": 1,
        "workloads": {
          "encode-30s": {
            "encode.cpu{encoder=libx264}": {
              "n": 3,
              "rounds": [9900, 10000, 10100],
              "unit": "ms",
              "value": 10000
            },
            "output.bytes{encoder=libx264}": {
              "n": 3,
              "rounds": [7000000, 7000000, 7000000],
              "unit": "bytes",
              "value": 7000000
            }
          }
        }
      }
      "
    `);
    const decisions = join(machineDir(dir, 'demo', HERE.hash), 'decisions');
    const [name = ''] = await readdir(decisions);
    expect(name).toMatch(/^20260201T000000\.000Z-approve-[0-9a-f]{6}\.json$/);
    expect(await readFile(join(decisions, name), 'utf8')).toMatchInlineSnapshot(`
      "{
        "date": "2026-02-01T00:00:00.000Z",
        "kind": "approve",
        "metrics": null,
        "reason": "first",
        "runId": "20260131T070501.000Z-aaaaaa",
        "sha256": "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc",
        "version": 1
      }
      "
    `);
  });
});

describe('other machines, scenarios and targets', () => {
  test('another machine has no baseline, but what does not depend on the machine compares', async () => {
    await approve({ dir, record: run({ at: 1, environment: THERE }), reason: 'r', metric: null });
    const results = await compared(run({ at: 2, cpuMs: 90_000, bytes: 9e6 }));
    expect(cpu(results)).toMatchObject({ verdict: 'no-baseline', sentence: 'no baseline for this machine: cores 2 here, 8 in the stored sessions; `bench baseline approve` gates from now on' });
    expect(size(results)).toMatchObject({ verdict: 'regression', sessions: 1 });
  });

  test('another scenario content or target has none, and says which', async () => {
    await keepSessions(dir, run({ at: 1 }));
    expect(cpu(await compared(run({ at: 2, sha256: 'd'.repeat(64) })))?.sentence).toMatch(/^no baseline for the scenario as it is now/);
    expect(cpu(await compared(run({ at: 2, target: 'http://x' })))?.sentence).toBe('no baseline for the target http://x: stored sessions measured embedded; `bench baseline approve` gates from now on');
  });

  test('an approved session counts whatever its target; those since must have the present one', async () => {
    await approve({ dir, record: run({ at: 1 }), reason: 'r', metric: null });
    await keepSessions(dir, run({ at: 2 }));
    expect(cpu(await compared(run({ at: 3, target: 'http://x' })))?.sessions).toBe(1);
    expect(cpu(await compared(run({ at: 3 })))?.sessions).toBe(2);
  });

  test('a run that has no target, of encodes alone, has the sessions of every target', async () => {
    await approve({ dir, record: run({ at: 1 }), reason: 'r', metric: null });
    await keepSessions(dir, run({ at: 2 }));
    await keepSessions(dir, run({ at: 3, target: 'http://x' }));
    expect(cpu(await compared(run({ at: 4, target: null })))?.sessions).toBe(3);
  });

  test('profiles of one scenario have approvals side by side', async () => {
    await approve({ dir, record: run({ at: 1 }), reason: 'quick', metric: null });
    await approve({ dir, record: run({ at: 2, sha256: 'd'.repeat(64), cpuMs: 50_000 }), reason: 'nightly', metric: null });
    expect(cpu(await compared(run({ at: 3 })))?.baseline).toBeCloseTo(10_000, 6);
    expect(cpu(await compared(run({ at: 3, sha256: 'd'.repeat(64) })))?.baseline).toBeCloseTo(50_000, 6);
    expect((await listBaselines(dir)).map(({ approval }) => approval?.reason)).toEqual(['quick', 'nightly']);
  });
});

describe('approving', () => {
  test('gates from one session on, and restarts the window', async () => {
    for (let at = 1; at <= 6; at += 1) await keepSessions(dir, run({ at }));
    const slow = run({ at: 7, cpuMs: 15_000 });
    expect(cpu(await compared(slow))?.verdict).toBe('regression');
    const judged = { ...slow, scenarios: slow.scenarios.map((each) => ({ ...each, workloads: each.workloads.map((workload) => ({ ...workload, comparison: [{ ...(cpu([]) ?? {}), verdict: 'regression' } as ComparisonResult] })) })) };
    expect(await keepSessions(dir, judged)).toMatchObject([{ kept: false }]);
    const [done] = await approve({ dir, record: judged, reason: 'new preset', metric: null });
    expect(done).toMatchObject({ scenario: 'demo', hash: HERE.hash, metrics: null });
    expect(cpu(await compared(run({ at: 8, cpuMs: 15_000 })))).toMatchObject({ sessions: 1, change: expect.closeTo(0, 6) as number });
    await keepSessions(dir, run({ at: 9, cpuMs: 15_000 }));
    expect(cpu(await compared(run({ at: 10, cpuMs: 24_000 })))).toMatchObject({ verdict: 'regression', sessions: 2 });
  });

  test('of one metric leaves the others as they were, even where that run failed', async () => {
    await approve({ dir, record: run({ at: 1 }), reason: 'first', metric: null });
    await keepSessions(dir, run({ at: 2 }));
    const changed = run({ at: 3, cpuMs: 20_000, bytes: 9e6, changes: { comparison: [{ ...(await compared(run({ at: 3 })))[0], verdict: 'regression' } as ComparisonResult] } });
    const [done] = await approve({ dir, record: changed, reason: 'slower preset', metric: 'encode.cpu' });
    expect(done?.metrics).toEqual(['encode-30s/encode.cpu{encoder=libx264}']);
    const results = await compared(run({ at: 4, cpuMs: 20_000, bytes: 7e6 }));
    expect(cpu(results)).toMatchObject({ sessions: 1, change: expect.closeTo(0, 6) as number });
    expect(size(results)).toMatchObject({ sessions: 2, change: expect.closeTo(0, 6) as number });
  });

  test.each([
    [{ run: { status: 'interrupted' as const } }, 'demo: the run is interrupted'],
    [{ changes: { validity: { status: 'invalid' as const, findings: [] } } }, 'demo: the measurement of encode-30s is invalid'],
    [{ changes: { testDouble: true } }, 'demo: it was measured on a stand-in for the real device'],
  ])('is refused: %j', async (changes, why) => {
    const refused = run({ at: 1, ...changes });
    await expect(approve({ dir, record: refused, reason: 'r', metric: null })).rejects.toMatchObject({ exitCode: 2, message: `run ${refused.run.id} cannot be a baseline: ${why}` });
    expect(await readdir(dir)).toEqual([]);
  });

  test('needs a reason and a metric that is there', async () => {
    await expect(approve({ dir, record: run({ at: 1 }), reason: ' ', metric: null })).rejects.toMatchObject({ exitCode: 2 });
    await expect(approve({ dir, record: run({ at: 1 }), reason: 'r', metric: 'latency.p95' })).rejects.toMatchObject({ exitCode: 2, hint: 'it has encode-30s/encode.cpu{encoder=libx264}, encode-30s/output.bytes{encoder=libx264}' });
  });
});

describe('files edited into nonsense', () => {
  const sessionPath = (): string => join(dir, 'demo', HERE.hash, 'sessions', '20260131T070501.000Z-aaaaaa.json');
  const refusal = async (): Promise<string> => {
    const failed: unknown = await readBaselines(dir, 'demo').catch((error: unknown) => error);
    expect(failed).toMatchObject({ exitCode: 2 });
    return (failed as Error).message.replaceAll(dir, 'DIR');
  };

  test.each([
    ['"n": 3', '"n": "three"', 'workloads.encode-30s.encode.cpu{encoder=libx264}.n: Invalid input: expected number, received string'],
    ['"scenario": "demo"', '"scenario": "other"', 'scenario: "other" does not fit its place, which says "demo"'],
    ['"joined": "passed"', '"joined": "maybe"', 'joined: Invalid option: expected one of "passed"|"approved"'],
    ['"version": 1', '"version": 1, "extra": 2', '(whole file): Unrecognized key: "extra"'],
  ])('%s → %s', async (from, to, expected) => {
    await keepSessions(dir, run({ at: 1 }));
    await writeFile(sessionPath(), (await readFile(sessionPath(), 'utf8')).replace(from, to));
    expect(await refusal()).toContain(`DIR/demo/aaaaaaaaaaaa/sessions/20260131T070501.000Z-aaaaaa.json is not what it should be:\n  ${expected}`);
  });

  test('an approval of a session that is not there', async () => {
    await approve({ dir, record: run({ at: 1 }), reason: 'r', metric: null });
    await rm(sessionPath());
    expect((await refusal()).replace(/approve-[0-9a-f]{6}/, 'approve-X').replace(/decisions\/[\dTZ.]+/, 'decisions/DATE')).toBe('DIR/demo/aaaaaaaaaaaa/decisions/DATE-approve-X.json is not what it should be:\n  runId: no session "20260131T070501.000Z-aaaaaa" of sha256 cccccccccccc… is stored');
  });

  test('a file where the folder should be', async () => {
    const file = join(dir, 'baselines');
    await writeFile(file, '{}');
    for (const failing of [() => readBaselines(file, 'demo'), () => listBaselines(file), () => showBaseline(file, 'demo')]) {
      await expect(failing()).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('is not a folder: baselines are kept in one') as string });
    }
  });

  test('what a crash left behind is passed over', async () => {
    await keepSessions(dir, run({ at: 1 }));
    await writeFile(`${sessionPath()}.0123456789ab.tmp`, '{"torn');
    expect((await readBaselines(dir, 'demo'))[0]?.sessions).toHaveLength(1);
  });
});

describe('list, show and remove', () => {
  test('list says what gates', async () => {
    await keepSessions(dir, run({ at: 1 }));
    await approve({ dir, record: run({ at: 2, environment: THERE }), reason: 'r', metric: null });
    expect((await listBaselines(dir)).map(({ hash, sessions, gates }) => ({ hash, sessions, gates }))).toEqual([
      { hash: HERE.hash, sessions: 1, gates: { state: 'no', why: 'no baseline yet: 1 of 5 sessions stored; `bench baseline approve` gates from now on' } },
      { hash: THERE.hash, sessions: 1, gates: { state: 'yes', sessions: 1 } },
    ]);
  });

  test('remove takes a session, a machine, or everything; never an approved session alone', async () => {
    await keepSessions(dir, run({ at: 1 }));
    await approve({ dir, record: run({ at: 2 }), reason: 'r', metric: null });
    await approve({ dir, record: run({ at: 3, environment: THERE }), reason: 'r', metric: null });
    const only = { dir, scenario: 'demo', machine: null, reason: 'measured on a busy machine' };
    await expect(removeBaseline({ ...only, run: '20260131T070502.000Z-aaaaaa' })).rejects.toMatchObject({ exitCode: 2 });
    expect(await removeBaseline({ ...only, run: '20260131T070501.000Z-aaaaaa' })).toHaveLength(1);
    expect(await removeBaseline({ ...only, machine: 'bbbb', run: null })).toEqual([join(dir, 'demo', THERE.hash, 'sessions', '20260131T070503.000Z-aaaaaa.json')]);
    expect(await removeBaseline({ ...only, run: null })).toHaveLength(1);
    await expect(showBaseline(dir, 'demo')).rejects.toMatchObject({ exitCode: 2, hint: expect.stringMatching(/^removed on .*: measured on a busy machine$/) as string });
    expect(cpu(await compared(run({ at: 4 })))?.verdict).toBe('no-baseline');
    await approve({ dir, record: run({ at: 2 }), reason: 'after all', metric: null });
    expect(cpu(await compared(run({ at: 4 })))?.sessions).toBe(1);
    await expect(removeBaseline({ ...only, run: null, reason: ' ' })).rejects.toMatchObject({ exitCode: 2 });
    for (const name of ['../demo', '.', '', 'a/b']) await expect(removeBaseline({ ...only, scenario: name, run: null })).rejects.toMatchObject({ exitCode: 2 });
  });
});

test('a metric the baseline has and the run has not is named', async () => {
  await approve({ dir, record: run({ at: 1 }), reason: 'r', metric: null });
  const without = run({ at: 2 });
  const results = await compared({ ...without, scenarios: without.scenarios.map((each) => ({ ...each, workloads: each.workloads.map((workload) => ({ ...workload, metrics: workload.metrics.slice(1) })) })) });
  expect(cpu(results)).toMatchObject({ verdict: 'not-measured', baseline: 10_000, current: null });
});

test('the gate section of a scenario is what the comparison takes; without a minimum effect CPU seconds have their own', () => {
  const options: GateOptions = gate.parse({ metrics: { 'latency.p99': { minEffect: '15%', floor: '20ms' } } });
  expect(['latency.p99', 'latency.p50', 'encode.cpu', 'encode.fps'].map((id) => ruleFor({ id, labels: {} }, options))).toEqual([
    { minEffect: 0.15, floor: 20, gated: true },
    { minEffect: 0.05, floor: 5, gated: true },
    { minEffect: 0.03, floor: 100, gated: true },
    { minEffect: 0.05, floor: 0.5, gated: false },
  ]);
});

test('a success rate beside an error rate is told and does not decide twice', async () => {
  const failing = (share: number): WorkloadRecord['metrics'] => [metric('errors.rate', {}, share, [share, share, share], 3_000), metric('success.rate', {}, 1 - share, [1 - share, 1 - share, 1 - share], 3_000)];
  await approve({ dir, record: run({ at: 1, changes: { metrics: failing(0) } }), reason: 'r', metric: null });
  expect((await compared(run({ at: 2, changes: { metrics: failing(0.1) } }))).map(({ metric: key, verdict }) => [key, verdict])).toEqual([['errors.rate', 'regression'], ['success.rate', 'advisory']]);
});

test('an invalid measurement is not compared', async () => {
  await approve({ dir, record: run({ at: 1 }), reason: 'r', metric: null });
  expect(cpu(await compared(run({ at: 2, cpuMs: 90_000, changes: { validity: { status: 'invalid', findings: [] } } })))).toMatchObject({ verdict: 'not-comparable', sentence: 'not compared: the measurement is invalid' });
});

test('changes of tools and kernel since the reference are told', async () => {
  await approve({ dir, record: run({ at: 1 }), reason: 'r', metric: null });
  const now = run({ at: 2, environment: { ...HERE, soft: { kernel: '6.8' } } });
  const [only] = now.scenarios;
  if (only === undefined) throw new Error('no scenario');
  const subjects = { readybench: '0.1.0', node: 'v20.20.2', ffmpeg: '6.0' };
  expect(changesSince({ runId: now.run.id, environment: now.environment, scenario: only, subjects }, await readBaselines(dir, 'demo'))).toEqual(['kernel: 6.1 then, 6.8 now', 'ffmpeg: none then, 6.0 now']);
});

describe('two records', () => {
  const verdicts = (a: RunRecord, b: RunRecord): Record<string, string> =>
    Object.fromEntries(compareRecords(a, b).scenarios.flatMap(({ workloads }) => workloads.flatMap(({ comparison }) => comparison.map(({ metric, verdict }) => [metric.split('{')[0] ?? '', verdict]))));

  test('compare as if the first were approved', () => {
    expect(verdicts(run({ at: 1 }), run({ at: 2, cpuMs: 20_000 }))).toEqual({ 'encode.cpu': 'regression', 'output.bytes': expect.not.stringMatching('regression') as string });
    expect(verdicts(run({ at: 2, cpuMs: 20_000 }), run({ at: 1 }))).toMatchObject({ 'encode.cpu': 'improved' });
    expect(Object.values(verdicts(run({ at: 1 }), run({ at: 1 })))).not.toContain('not-comparable');
  });

  test('of which the first is of an earlier version and holds a metric that is no more: told, and never gated', () => {
    const [first, second] = [run({ at: 1 }), run({ at: 2 })];
    for (const { workloads } of first.scenarios) for (const workload of workloads) workload.metrics = [...workload.metrics, { ...rounds('encode.cpu', [1, 2, 3]), id: 'encode.gone' }];
    expect(compareRecords(first, second).scenarios[0]?.workloads[0]?.comparison.find(({ metric }) => metric === 'encode.gone')).toMatchObject({ verdict: 'advisory', current: null });
  });

  test('of two machines or two scenario contents say what does not compare', () => {
    expect(verdicts(run({ at: 1, environment: THERE }), run({ at: 2, cpuMs: 20_000, bytes: 9e6 }))).toEqual({ 'encode.cpu': 'not-comparable', 'output.bytes': 'regression' });
    expect(compareRecords(run({ at: 1, environment: THERE }), run({ at: 2 })).notes[0]).toMatch(/two machines.*cores 2 here, 8/);
    const other = compareRecords(run({ at: 1, sha256: 'd'.repeat(64) }), run({ at: 2 }));
    expect(other.notes).toEqual(['demo measures something else in the two runs (another profile, or changed workloads)']);
    expect(other.scenarios[0]?.workloads[0]?.comparison[0]).toMatchObject({ verdict: 'not-comparable', sentence: 'the scenario measured something else in the other run' });
  });
});
