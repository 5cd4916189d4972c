import { describe, expect, test } from 'vitest';
import { DEFAULT_GATE } from '../../../src/compare/options.ts';
import { comparePaired, pairedGate, smallestShift } from '../../../src/compare/paired.ts';
import { againstFirst, parseAgainst } from '../../../src/pipeline/against.ts';
import { seededRandom, type Random } from '../../../src/random.ts';
import { metric } from '../../../src/record/metrics.ts';
import type { ComparisonResult } from '../../../src/record/schema.ts';
import { httpWorkload, rounds, scenario } from '../record/fixture.ts';

const normal = (random: Random): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** Twenty metrics, both sides noisy by 3 %, with a common drift that would drown the change were it not paired. */
function run(random: Random, shift: number, pairs = 30): ComparisonResult[] {
  const drift = Array.from({ length: pairs }, (_, round) => 0.1 * Math.sin(round / 3));
  const side = (factor: number): number[] => drift.map((luck) => 10_000 * factor * Math.exp(luck + 0.03 * normal(random)));
  return pairedGate(Array.from({ length: 20 }, (_, index) => ({ metric: rounds('encode.cpu', side(index === 0 ? 1 + shift : 1)), against: rounds('encode.cpu', side(1)), options: DEFAULT_GATE })));
}

describe('two sides measured in turns', () => {
  test('5 % at 3 % noise is found among 20 metrics, and nothing else is', () => {
    const random = seededRandom(7);
    const runs = Array.from({ length: 60 }, () => run(random, 0.05));
    expect(runs.filter(([first]) => first?.verdict === 'regression').length).toBeGreaterThanOrEqual(55);
    expect(runs.flatMap((results) => results.slice(1)).filter(({ verdict }) => verdict === 'regression')).toEqual([]);
  });

  test('the result names both figures, the interval and the pairs', () => {
    const pairs = Array.from({ length: 20 }, (_, round) => 10_000 + 10 * round);
    const [result] = pairedGate([{ metric: rounds('encode.cpu', pairs.map((each) => each * 1.1)), against: rounds('encode.cpu', pairs), options: DEFAULT_GATE }]);
    expect(result).toMatchObject({ verdict: 'regression', pairs: 20, sessions: 0, suspected: true, sentence: 'CPU time of an encode 11.1 s, against 10.1 s: +10 %, a regression (20 pairs)' });
    expect(result?.interval?.low).toBeCloseTo(0.1, 6);
    expect(pairedGate([{ metric: rounds('encode.cpu', pairs), against: rounds('encode.cpu', pairs.map((each) => each * 1.1)), options: DEFAULT_GATE }])[0]?.verdict).toBe('improved');
    expect(pairedGate([{ metric: rounds('encode.cpu', pairs), against: rounds('encode.cpu', pairs), options: DEFAULT_GATE }])[0]?.verdict).toBe('same');
  });

  test('three pairs can show nothing, and say so', () => {
    const [result] = pairedGate([{ metric: rounds('encode.cpu', [20_000, 20_000, 20_100]), against: rounds('encode.cpu', [10_000, 10_100, 10_000]), options: DEFAULT_GATE }]);
    expect(result).toMatchObject({ verdict: 'inconclusive', sentence: 'CPU time of an encode 20 s, against 10 s: +100 %, within noise: 3 pairs can show no change: take more --rounds (3 pairs)' });
  });

  test('a change below the smallest that counts is none, and a higher throughput is better', () => {
    const same = Array.from({ length: 20 }, (_, round) => 1_000 + round);
    const judged = (factor: number): string | undefined => pairedGate([{ metric: rounds('throughput', same.map((each) => each * factor)), against: rounds('throughput', same), options: DEFAULT_GATE }])[0]?.verdict;
    expect([0.98, 1.02, 0.8, 1.25].map(judged)).toEqual(['same', 'same', 'regression', 'improved']);
  });

  test('shares are compared by counts', () => {
    const share = (value: number) => metric('errors.rate', {}, value, Array.from({ length: 20 }, () => value), 4_000);
    expect(pairedGate([{ metric: share(0.04), against: share(0), options: DEFAULT_GATE }])[0]?.verdict).toBe('regression');
  });

  test('the smallest shift falls with the pairs and is not there for a few', () => {
    expect(smallestShift(6, 0.05, 0.001, 0.8)).toBe(Infinity);
    for (const n of [12, 20, 30, 53, 200]) expect(smallestShift(n + 8, 0.05, 0.001, 0.8)).toBeLessThan(smallestShift(n, 0.05, 0.001, 0.8));
  });
});

test('only workloads with another side are compared, and an invalid side compares nothing', () => {
  const metrics = [rounds('latency.p50', Array.from({ length: 20 }, () => 100), 5_000)];
  const slow = [rounds('latency.p50', Array.from({ length: 20 }, () => 150), 5_000)];
  const valid = { status: 'valid', findings: [] } as const;
  const [compared] = comparePaired(
    [scenario([httpWorkload({ name: 'alone', metrics }), httpWorkload({ name: 'both', metrics: slow, against: { label: 'v1', validity: { ...valid, findings: [] }, metrics } }), httpWorkload({ name: 'broken', metrics: slow, against: { label: 'v1', validity: { status: 'invalid', findings: [] }, metrics } })])],
    () => undefined,
  );
  expect(compared?.workloads.map(({ name, comparison }) => [name, comparison.map(({ verdict }) => verdict)])).toEqual([['alone', []], ['both', ['regression']], ['broken', ['not-comparable']]]);
});

test('what --against may name', () => {
  expect(parseAgainst('http://127.0.0.1:1/api')).toEqual({ kind: 'url', url: 'http://127.0.0.1:1/api' });
  expect(parseAgainst('ffmpeg=/opt/ffmpeg')).toEqual({ kind: 'ffmpeg', path: '/opt/ffmpeg' });
  expect(parseAgainst('service=node server.js --port {port}')).toEqual({ kind: 'service', what: 'node server.js --port {port}' });
  for (const wrong of ['', 'service=', '/opt/ffmpeg', 'ftp://x']) expect(() => parseAgainst(wrong)).toThrow(/names nothing to compare with/);
});

test('order ABBA', () => {
  expect([0, 1, 2, 3, 4, 5, 6, 7].map((round) => (againstFirst(round) ? 'BA' : 'AB')).join(' ')).toBe('AB BA BA AB AB BA BA AB');
});
