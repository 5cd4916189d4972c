import { describe, expect, test } from 'vitest';
import { controlMetrics } from '../../../src/compare/control-metrics.ts';
import { disturbances, underDisturbance } from '../../../src/compare/environment.ts';
import type { Figure } from '../../../src/compare/figure.ts';
import { pairedGate } from '../../../src/compare/paired.ts';
import { DEFAULT_GATE } from '../../../src/compare/options.ts';
import { stolenTicks } from '../../../src/host/control.ts';
import { judgeRun } from '../../../src/judge/verdict.ts';
import { DEFAULT_POLICY } from '../../../src/judge/policy.ts';
import { httpWorkload, rounds, scenario } from '../record/fixture.ts';

const control = (changes: { kernelMs?: number; loopbackMs?: number; waitShare?: number | null; stealShare?: number | null } = {}) => {
  const { kernelMs = 30, loopbackMs = 0.2, waitShare = 0.02, stealShare = 0.01 } = changes;
  return { rounds: [0.99, 1, 1.01].map((luck) => ({ kernelMs: kernelMs * luck, loopbackMs: loopbackMs * luck, waitShare })), stealShare };
};
const stored = (): Record<string, Figure>[] => Array.from({ length: 5 }, () => Object.fromEntries(controlMetrics(control()).map((each) => [each.id, each])));
const codes = (changes: Parameters<typeof control>[0]): string[] => disturbances(control(changes), stored()).map(({ code }) => code);

describe('what disturbs the environment', () => {
  test('nothing does on a steady machine, with and without history', () => {
    expect(codes({})).toEqual([]);
    expect(disturbances(control(), [])).toEqual([]);
    expect(codes({ waitShare: null, stealShare: null })).toEqual([]);
  });

  test('steal, a control that waits for a processor, and one slower than ever', () => {
    expect(codes({ stealShare: 0.06 })).toEqual(['cpu-steal']);
    expect(codes({ waitShare: 0.4 })).toEqual(['cpu-contended']);
    expect(codes({ kernelMs: 60 })).toEqual(['control-slower']);
    expect(codes({ kernelMs: 15, loopbackMs: 0.1 })).toEqual([]);
  });

  test('a control that is a little slower than in five steady sessions: what docs/gate.md says is seen', () => {
    expect(codes({ kernelMs: 30 * 1.09 })).toEqual(['control-slower']);
    expect(codes({ kernelMs: 30 * 1.05 })).toEqual([]);
    expect(codes({ loopbackMs: 0.2 * 1.25 })).toEqual(['control-slower']);
    expect(codes({ loopbackMs: 0.2 * 1.15 })).toEqual([]);
  });

  test('the loopback of a round is compared with that of the same round, and rounds beyond those of the others do not count', () => {
    const measured = (loopback: number[]) => ({ stealShare: 0.01, rounds: loopback.map((loopbackMs) => ({ kernelMs: 30, loopbackMs, waitShare: 0 })) });
    const before = Array.from({ length: 5 }, () => Object.fromEntries(controlMetrics(measured([0.13, 0.17])).map((each) => [each.id, each])));
    expect(disturbances(measured([0.13, 0.17, 0.25, 0.25, 0.25, 0.25]), before)).toEqual([]);
    expect(disturbances(measured([0.18, 0.22]), before).map(({ code }) => code)).toEqual(['control-slower']);
  });

  test('one bad round of three does not', () => {
    const measured = control();
    measured.rounds[1] = { kernelMs: 90, loopbackMs: 2, waitShare: 0.8 };
    expect(disturbances(measured, stored())).toEqual([]);
  });
});

describe('a regression in a disturbed environment', () => {
  const slower = pairedGate([{ metric: rounds('latency.p50', Array.from({ length: 20 }, () => 200), 5_000), against: rounds('latency.p50', Array.from({ length: 20 }, () => 100), 5_000), options: DEFAULT_GATE }]);
  const before = scenario([httpWorkload({ metrics: [rounds('latency.p50', [200, 200, 200])], comparison: slower })]);
  const found = disturbances(control({ stealShare: 0.2 }), []);

  test('is none: the run is invalid, and says why', () => {
    const after = underDisturbance(before, found);
    const { exitCode, verdict } = judgeRun({ scenarios: [after], policy: DEFAULT_POLICY, interrupted: null, failures: [], disturbed: found });
    expect(exitCode).toBe(4);
    expect(verdict.sentence).toContain('looks slower, and the environment was disturbed: the hypervisor gave 20 % of this machine');
    expect(after.workloads[0]?.comparison[0]).toMatchObject({ verdict: 'inconclusive', suspected: true });
  });

  test('stays one where nothing disturbed it, and what passes in spite of a disturbance passes with a warning', () => {
    expect(judgeRun({ scenarios: [underDisturbance(before, [])], policy: DEFAULT_POLICY, interrupted: null, failures: [] }).exitCode).toBe(3);
    const calm = scenario([httpWorkload({ metrics: [rounds('latency.p50', [200, 200, 200])] })]);
    const { exitCode, verdict } = judgeRun({ scenarios: [underDisturbance(calm, found)], policy: DEFAULT_POLICY, interrupted: null, failures: [], disturbed: found });
    expect(exitCode).toBe(0);
    expect(verdict.warnings.map(({ sentence }) => sentence)).toEqual([expect.stringContaining('the environment was disturbed')]);
  });
});

test('stolen time is read from /proc/stat', () => {
  expect(stolenTicks('cpu  100 1 20 300 5 0 4 70 9 9\ncpu0 1\n')).toEqual({ stolen: 70, all: 500 });
  expect(stolenTicks('')).toBeNull();
});
