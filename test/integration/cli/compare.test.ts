import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { approve, waive } from '../../../src/compare/approve.ts';
import { sessionFile } from '../../../src/compare/baseline-files.ts';
import { keepSessions } from '../../../src/compare/baselines.ts';
import { sessionOf } from '../../../src/compare/session.ts';
import type { RunRecord, WorkloadRecord } from '../../../src/record/schema.ts';
import { project } from '../../support/bench.ts';
import { encodeWorkload, record, rounds, scenario } from '../../unit/record/fixture.ts';

interface Made {
  cpuMs?: number;
  source?: string;
  workload?: Partial<WorkloadRecord>;
  run?: Partial<RunRecord['run']>;
  rest?: Partial<RunRecord>;
}

const idOf = (at: number): string => `20260131T0705${String(at).padStart(2, '0')}.000Z-aaaaaa`;

/** A run of one encode, `at` seconds after a start. */
function run(at: number, { cpuMs = 10_000, source = 'name: demo\n', workload = {}, run: changes = {}, rest = {} }: Made = {}): RunRecord {
  const metrics = [rounds('encode.cpu', [cpuMs * 0.99, cpuMs, cpuMs * 1.01], 3, { encoder: 'libx264' })];
  return record([scenario([encodeWorkload({ metrics, ...workload })], { source })], { id: idOf(at), ...changes }, rest);
}

/** A project in which these runs are stored. */
async function stored(...runs: RunRecord[]) {
  return project(Object.fromEntries(runs.map((each) => [`reports/${each.run.id}/result.json`, JSON.stringify(each)])));
}

const slow = { cpuMs: 20_000 };

describe('bench compare of two runs', () => {
  it('ends with 3 where the second is slower, and with 0 where it is not', async () => {
    const { bench } = await stored(run(1), run(2, slow));
    const slower = await bench(['compare', idOf(1), 'latest']);
    expect(slower, slower.stderr).toMatchObject({ code: 3, stdout: expect.stringMatching(/^20260131T070502\S+ against 20260131T070501\S+\ndemo\n {2}encode-30s\n {4}regression /) as string });
    expect((await bench(['compare', idOf(2), idOf(1)])).code).toBe(0);
    expect(JSON.parse((await bench(['compare', idOf(1), idOf(2), '--json'])).stdout)).toMatchObject({ a: idOf(1), b: idOf(2), notes: [], noVerdict: [], scenarios: [{ name: 'demo', workloads: [{ comparison: [{ verdict: 'regression' }] }] }] });
  });

  it('knows the gate section of the scenario, as the record has it', async () => {
    const source = 'name: demo\ngate: { metrics: { encode.cpu: { gate: false } } }\n';
    const { bench } = await stored(run(1), run(2, { ...slow, source }), run(3, { cpuMs: 15_000, source: 'name: demo\ngate: { minEffect: 80% }\n' }), run(4, { ...slow, source: 'gate: { metrics: { nonsense: 1 } }' }));
    expect(await bench(['compare', idOf(1), idOf(2)])).toMatchObject({ code: 0, stdout: expect.stringContaining('advisory') as string });
    expect((await bench(['compare', idOf(1), idOf(3)])).code).toBe(0);
    expect(await bench(['compare', idOf(1), idOf(4)])).toMatchObject({ code: 3, stdout: expect.stringContaining('note: the gate section of demo in the record cannot be read: the usual limits hold') as string });
  });

  it.each<[string, Made, Made, string]>([
    ['an interrupted first run', { run: { status: 'interrupted' } }, slow, 'no verdict: demo in 20260131T070501.000Z-aaaaaa is no fair reference: the run is interrupted'],
    ['an invalid first run', { workload: { validity: { status: 'invalid', findings: [] } } }, slow, 'is no fair reference: the measurement of encode-30s is invalid'],
    ['an invalid second run', {}, { ...slow, workload: { validity: { status: 'invalid', findings: [{ severity: 'invalid', code: 'generator-saturated', message: 'the generator was late', remedy: '' }] } } }, 'the measurement of encode-30s is invalid; the generator was late'],
    ['an interrupted second run', {}, { ...slow, run: { status: 'interrupted' }, workload: { status: 'interrupted' } }, 'no verdict: demo in 20260131T070502.000Z-aaaaaa: the run is interrupted'],
    ['a second run in a disturbed environment', {}, { ...slow, rest: { control: { rounds: [{ kernelMs: 10, loopbackMs: 1, waitShare: 0 }], stealShare: 0.5, findings: [] } } }, 'looks slower, and the environment was disturbed: the hypervisor gave 50'],
  ])('gives no verdict, and 4, for %s', async (_name, first, second, why) => {
    const { bench } = await stored(run(1, first), run(2, second));
    const compared = await bench(['compare', idOf(1), idOf(2)]);
    expect(compared, compared.stderr).toMatchObject({ code: 4, stdout: expect.stringContaining(why) as string });
    expect(compared.stdout).not.toMatch(/^ {4}regression/m);
  });

  it('holds the control against that of the first run, and says where the first was disturbed', async () => {
    const control = (kernelMs: number, message?: string): RunRecord['control'] => ({ rounds: Array.from({ length: 5 }, () => ({ kernelMs, loopbackMs: 1, waitShare: 0 })), stealShare: 0, findings: message === undefined ? [] : [{ severity: 'warning', code: 'cpu-steal', message, remedy: '' }] });
    const made = (at: number, cpuMs: number, own: RunRecord['control']): RunRecord => run(at, { cpuMs, rest: own === undefined ? {} : { control: own } });
    const { bench } = await stored(made(1, 10_000, control(10)), made(2, 20_000, control(30)), made(3, 10_000, control(10, 'the hypervisor took half of it')));
    expect(await bench(['compare', idOf(1), idOf(2)])).toMatchObject({ code: 4, stdout: expect.stringContaining('the control, the same work every time, took 30') as string });
    expect(await bench(['compare', idOf(3), idOf(1)])).toMatchObject({ code: 0, stdout: expect.stringContaining('which may hide what is slower now: the hypervisor took half of it') as string });
  });
});

describe('bench compare of a run and a baseline', () => {
  it('takes a folder of baselines, a scenario, a session file; in either order', async () => {
    const { bench, dir } = await stored(run(2, slow));
    const baselines = join(dir, 'baselines');
    await approve({ dir: baselines, record: run(1), reason: 'first', metric: null });
    await keepSessions(baselines, run(2, slow));
    const file = sessionFile('baselines', sessionOf(run(1), run(1).scenarios[0] ?? scenario([])));
    for (const operands of [['latest', 'baselines'], ['baselines', 'latest'], ['latest', 'baselines/demo'], ['latest', 'demo'], ['latest', file], [file, idOf(2)]]) {
      const compared = await bench(['compare', ...operands]);
      expect(compared, operands.join(' ')).toMatchObject({ code: 3, stdout: expect.stringContaining('regression') as string });
    }
    expect(JSON.parse((await bench(['compare', 'latest', 'baselines', '--json'])).stdout)).toMatchObject({ a: 'baselines', b: idOf(2), scenarios: [{ workloads: [{ comparison: [{ verdict: 'regression', sessions: 1 }] }] }] });
  });

  it('knows waivers, and what is not there', async () => {
    const { bench, dir, write } = await stored(run(2, slow));
    const baselines = join(dir, 'elsewhere');
    await approve({ dir: baselines, record: run(1), reason: 'first', metric: null });
    await waive({ dir: baselines, record: run(1), reason: 'known', metric: 'encode.cpu', until: '2026-02-10', now: new Date('2026-01-31T00:00:00Z') });
    expect(await bench(['compare', 'latest', 'demo', '--baselines', 'elsewhere'])).toMatchObject({ code: 0, stdout: expect.stringContaining('waived until 2026-02-10: known') as string });
    expect(await bench(['compare', 'elsewhere', 'elsewhere'])).toMatchObject({ code: 2, stderr: expect.stringContaining('are baselines both') as string });
    expect(await bench(['compare', 'latest', 'demo'])).toMatchObject({ code: 2, stderr: expect.stringContaining('no run "demo" in reports') as string });
    await write('empty/README.md', '');
    expect(await bench(['compare', 'latest', 'empty'])).toMatchObject({ code: 2, stderr: expect.stringContaining('empty holds neither a run nor baselines') as string });
    expect(await bench(['compare', 'latest', `elsewhere/demo/${'h'.repeat(12)}/sessions/${idOf(7)}.json`])).toMatchObject({ code: 2 });
  });
});
