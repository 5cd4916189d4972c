import { describe, expect, test } from 'vitest';
import type { MachineBaseline } from '../../../src/compare/baseline-files.ts';
import { UNDECIDED } from '../../../src/compare/decisions.ts';
import { historyOf, isGated, sessionsOf } from '../../../src/compare/history.ts';
import { sessionOf } from '../../../src/compare/session.ts';
import type { RunRecord } from '../../../src/record/schema.ts';
import { renderHistory } from '../../../src/report/history/terminal.ts';
import { encodeWorkload, record, rounds, scenario } from '../record/fixture.ts';

const MACHINE = 'aaaaaaaaaaaa';

function run(day: number, cpuMs: number, changes: { hash?: string; sha256?: string; status?: 'interrupted'; profile?: string } = {}): RunRecord {
  const { hash = MACHINE, sha256 = 'c'.repeat(64), status = 'complete', profile = 'quick' } = changes;
  const labels = { encoder: 'libx264' };
  const metrics = [rounds('encode.cpu', [cpuMs * 0.98, cpuMs, cpuMs * 1.02], 3, labels), rounds('encode.fps', [100, 101, 102], 3, labels)];
  const date = new Date(Date.UTC(2026, 0, day, 7)).toISOString();
  return record([scenario([encodeWorkload({ metrics })], { sha256 })], { id: `${date.replaceAll(/[-:]/g, '')}-aaaaaa`, startedAt: date, status, profile, git: { commit: '9f2c1ab47d0e', branch: 'main', dirty: false } }, { environment: { hard: {}, soft: {}, hash } });
}

const baselineOf = (records: readonly RunRecord[]): MachineBaseline => ({ scenario: 'demo', hash: MACHINE, dir: '', sessions: records.flatMap((each) => each.scenarios.map((one) => sessionOf(each, one))), decided: UNDECIDED });
const cpu = (baselines: readonly MachineBaseline[], records: readonly RunRecord[]) => historyOf(baselines, records.flatMap(sessionsOf), MACHINE, 100).filter(isGated);
const stepped = Array.from({ length: 20 }, (_, day) => run(day + 1, (day < 12 ? 10_000 : 12_000) * (1 + 0.01 * Math.sin(day * 2.4))));

describe('history', () => {
  test('of no run, one and two', () => {
    expect(historyOf([], [], MACHINE, 100)).toEqual([]);
    expect(cpu([], [run(1, 10_000)])).toMatchObject([{ workload: 'encode-30s', metric: 'encode.cpu{encoder=libx264}', points: [{ value: 10_000, low: 9_800, high: 10_200, stored: false }], changes: [] }]);
    expect(cpu([], [run(2, 11_000), run(1, 10_000)])[0]?.points.map(({ value }) => value)).toEqual([10_000, 11_000]);
    for (const records of [[run(1, 10_000)], [run(1, 10_000), run(2, 11_000)]]) expect(renderHistory(cpu([], records), { color: false, width: 100 })).toContain('encode-30s');
  });

  test('counts a run that is also a session once', () => {
    const [series] = cpu([baselineOf([run(1, 10_000), run(2, 10_000)])], [run(2, 10_000), run(3, 10_000)]);
    expect(series?.points.map(({ stored }) => stored)).toEqual([true, true, false]);
  });

  test('leaves out other machines, interrupted runs and what the scenario measured before', () => {
    const runs = [run(1, 1, { hash: 'b' }), run(2, 2, { status: 'interrupted' }), run(3, 3, { sha256: 'd'.repeat(64) }), run(4, 10_000)];
    expect(cpu([], runs)[0]?.points.map(({ value }) => value)).toEqual([10_000]);
    expect(cpu([], [run(1, 5, { profile: 'nightly', sha256: 'd'.repeat(64) }), run(4, 10_000)]).map(({ profile, points }) => [profile, points.length])).toEqual([['nightly', 1], ['quick', 1]]);
  });

  test('marks where a metric changed for good', () => {
    const [series] = cpu([baselineOf(stepped)], []);
    expect(series?.changes).toMatchObject([{ index: 12 }]);
    expect(series?.changes[0]?.before).toBeCloseTo(10_000, -3);
    expect(series?.changes[0]?.after).toBeCloseTo(12_000, -3);
    expect(historyOf([baselineOf(stepped)], [], MACHINE, 6).filter(isGated)[0]).toMatchObject({ points: { length: 6 }, changes: [] });
  });

  test('as people read it', () => {
    expect(renderHistory(cpu([baselineOf(stepped)], []), { color: false, width: 120 })).toMatchInlineSnapshot(`
      "demo  profile quick, target embedded
        metric                          oldest → newest          runs  first    last   change  changed
      encode-30s
        CPU time of an encode, libx264  ▁▂▁▂▁▁▂▁▁▁▁▂▇██▇██▇█  20 runs   10 s  12.1 s  +21.2 %  worse since 2026-01-13

      Change points
        encode-30s: CPU time of an encode, libx264 went from 10.0 s to 12.0 s (+19.7 %) with run
          20260113T070000.000Z-aaaaaa, commit 9f2c1ab (p = 0.001)
      "
    `);
  });
});
