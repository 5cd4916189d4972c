import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { calibrationOf } from '../../../src/compare/calibrate.ts';
import { readCalibration, writeCalibration } from '../../../src/compare/calibration-file.ts';
import { compareRun } from '../../../src/compare/compare-run.ts';
import { gate } from '../../../src/compare/gate.ts';
import { DEFAULT_GATE } from '../../../src/compare/options.ts';
import { seededRandom } from '../../../src/random.ts';
import { metric } from '../../../src/record/metrics.ts';
import type { Metric } from '../../../src/record/schema.ts';
import { encodeWorkload, rounds, scenario } from '../record/fixture.ts';

const normal = (random: () => number): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const noisy = (noise: number, count = 60): number[] => {
  const random = seededRandom(3);
  return Array.from({ length: count }, () => 10_000 * Math.exp(noise * normal(random)));
};
const calibrated = (noise: number, count?: number) => calibrationOf(scenario([encodeWorkload({ metrics: [rounds('encode.cpu', noisy(noise, count))] })]), { planned: 3, pairs: 30, disturbed: false }, DEFAULT_GATE)['encode-30s/encode.cpu'];

describe('calibration', () => {
  test('finds the noise, and the rounds that see through it', () => {
    const found = calibrated(0.03);
    expect(found?.noise).toBeGreaterThan(0.02);
    expect(found?.noise).toBeLessThan(0.04);
    expect(Math.abs(found?.autocorrelation ?? 1)).toBeLessThan(0.4);
    expect(found?.roundsFor5).toBeGreaterThan(found?.roundsFor10 ?? 0);
    expect(calibrated(0.1)?.roundsFor10).toBeGreaterThan(found?.roundsFor10 ?? 0);
  });

  test('says what runs as they are will see: pairs of a paired run, and planned rounds against a baseline', () => {
    const found = calibrated(0.03);
    expect(found?.smallestSeen).toBeNull();
    expect(found?.seenInPairs).toBeGreaterThan(0.03);
    expect(found?.seenInPairs).toBeLessThan(0.06);
    expect(found?.seenInHistory).toBeGreaterThan(0.1);
    expect(found?.seenInHistory).toBeLessThan(0.6);
  });

  test('counts shares of failures among what is tested, and not what only mirrors them', () => {
    const share = (id: string, value: number) => metric(id, {}, value, Array.from({ length: 60 }, () => value), 6_000);
    const seen = (metrics: Metric[]): number => calibrationOf(scenario([encodeWorkload({ metrics: [rounds('encode.cpu', noisy(0.03)), ...metrics] })]), { planned: 3, pairs: 30, disturbed: false }, DEFAULT_GATE)['encode-30s/encode.cpu']?.seenInHistory ?? 0;
    expect(seen([share('errors.rate', 0)])).toBeGreaterThan(seen([]));
    expect(seen([share('errors.rate', 0), share('success.rate', 1)])).toBe(seen([share('errors.rate', 0)]));
  });

  test('of a disturbed machine the usual prior stays', () => {
    const of = (disturbed: boolean) => calibrationOf(scenario([encodeWorkload({ metrics: [rounds('encode.cpu', noisy(0.002))] })]), { planned: 3, pairs: 30, disturbed }, DEFAULT_GATE)['encode-30s/encode.cpu']?.spread;
    expect([of(false), of(true)]).toEqual([expect.closeTo(0.025, 6), 0.05]);
  });

  test('narrows the usual prior by half at most, and widens it where the machine is wild', () => {
    expect(calibrated(0.002)?.spread).toBeCloseTo(0.025, 6);
    expect(calibrated(0.2)?.spread).toBeCloseTo(0.15, 6);
  });

  test('says nothing with fewer than six rounds', () => {
    expect(calibrated(0.03, 5)).toBeUndefined();
  });

  test('what is calibrated replaces the prior of the gate', () => {
    const judged = (prior: number | undefined) => gate([{ metric: rounds('encode.cpu', [12_500, 12_500, 12_500]), reference: { kind: 'sessions', figures: [rounds('encode.cpu', [10_000, 10_000, 10_000])] }, options: DEFAULT_GATE, confirmedFrom: null, prior }])[0];
    expect(judged(0.025)?.smallestDetectable).toBeLessThan(judged(undefined)?.smallestDetectable ?? 0);
    expect(compareRun({ runId: 'r', environment: { hard: {}, soft: {}, hash: 'h' } }, [])).toEqual([]);
  });

  test('is kept beside the baselines, and nonsense in it is named', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'readybench-calibration-'));
    onTestFinished(() => rm(dir, { recursive: true, force: true }));
    const row = calibrated(0.03);
    if (row === undefined) throw new Error('not calibrated');
    const found = { version: 1 as const, date: '2026-01-31T07:05:03.042Z', scenario: 'demo', sha256: 'c'.repeat(64), profile: 'quick', planned: 3, metrics: { 'encode-30s/encode.cpu': row } };
    const file = await writeCalibration(dir, 'aaaaaaaaaaaa', found);
    expect(await readCalibration(dir, 'demo', 'aaaaaaaaaaaa', 'c'.repeat(64))).toEqual(found);
    expect(await readCalibration(dir, 'demo', 'aaaaaaaaaaaa', 'd'.repeat(64))).toBeNull();
    await writeFile(file, '{"version": 2}');
    await expect(readCalibration(dir, 'demo', 'aaaaaaaaaaaa', 'c'.repeat(64))).rejects.toMatchObject({ exitCode: 2 });
  });
});
