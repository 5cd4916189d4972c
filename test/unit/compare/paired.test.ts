import { describe, expect, test } from 'vitest';
import { DEFAULT_GATE } from '../../../src/compare/options.ts';
import { comparePaired } from '../../../src/compare/compare-paired.ts';
import { pairedGate } from '../../../src/compare/paired.ts';
import { smallestSeen } from '../../../src/compare/paired-power.ts';
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

  const errors = (rounds: number[], trials = 200) => metric('errors.rate', {}, rounds.reduce((sum, each) => sum + each, 0) / rounds.length, rounds, trials * rounds.length);
  const judgedShares = (now: number[], other: number[]): ComparisonResult | undefined => pairedGate([{ metric: errors(now), against: errors(other), options: DEFAULT_GATE }])[0];
  const each = (value: number, count = 20): number[] => Array.from({ length: count }, () => value);

  test('shares are compared round by round', () => {
    expect(judgedShares(each(0.04), each(0))).toMatchObject({ verdict: 'regression', baseline: 0, current: 0.04, change: null, pairs: 20 });
    expect(judgedShares(each(0), each(0.04))?.verdict).toBe('improved');
    expect(judgedShares(each(0, 30), each(0, 30))).toMatchObject({ verdict: 'same', smallestDetectable: expect.closeTo(0.005, 2) as number });
    expect(pairedGate([{ metric: metric('success.rate', {}, 0.9, each(0.9), 4_000), against: metric('success.rate', {}, 1, each(1), 4_000), options: DEFAULT_GATE }])[0]?.verdict).toBe('regression');
  });

  test('a burst of failures is one bad round, however many requests failed in it', () => {
    const burst = each(0).map((_, round) => (round === 7 ? 0.9 : 0));
    expect(judgedShares(burst, each(0))).toMatchObject({ verdict: 'inconclusive', suspected: false });
    expect(judgedShares([0.5, 0.4, 0.6], [0, 0, 0])).toMatchObject({ verdict: 'inconclusive', smallestDetectable: null, sentence: expect.stringContaining('3 pairs can show no change') as string });
  });

  test('a side that fell to 0 is no round to leave out', () => {
    const rate = (values: number[]) => rounds('throughput', values);
    const [fallen] = pairedGate([{ metric: rate(each(0)), against: rate(each(50)), options: DEFAULT_GATE }]);
    expect(fallen).toMatchObject({ verdict: 'regression', baseline: 50, current: 0 });
    expect(fallen?.change).toBeCloseTo(-1, 4);
    expect(pairedGate([{ metric: rate(each(50).map((value, round) => (round < 12 ? 0 : value))), against: rate(each(50)), options: DEFAULT_GATE }])[0]?.change).toBeCloseTo(-1, 2);
    expect(pairedGate([{ metric: rate(each(50)), against: rate(each(0)), options: DEFAULT_GATE }])[0]).toMatchObject({ verdict: 'improved', change: null, interval: null });
    expect(pairedGate([{ metric: rate(each(0)), against: rate(each(0)), options: DEFAULT_GATE }])[0]?.verdict).toBe('not-comparable');
  });

  test('a tail needs its samples on both sides', () => {
    const tail = (n: number) => rounds('latency.p95', each(100), n);
    expect(pairedGate([{ metric: tail(5_000), against: tail(5_000), options: DEFAULT_GATE }])[0]?.verdict).toBe('same');
    expect(pairedGate([{ metric: tail(5_000), against: tail(500), options: DEFAULT_GATE }])[0]?.verdict).toBe('advisory');
  });

  test('the smallest change seen falls with the pairs, is not there for a few, and lies beyond the smallest that counts', () => {
    const seen = (n: number, spread = 0.05): number => smallestSeen(n, spread, { threshold: 0.03, alpha: 0.001, power: 0.8 });
    expect(seen(6)).toBe(Infinity);
    for (const n of [12, 20, 30, 53, 200]) expect(seen(n + 8)).toBeLessThan(seen(n));
    // Where the threshold decides, a change that only equals it is found half the time: 0.84 standard errors more are needed.
    expect(seen(30, 0.01)).toBeCloseTo(0.03 + 0.8416 * 0.01 * Math.sqrt(Math.PI / 90), 5);
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

test('what only one side has is told, and told apart by whether it would have decided anything', () => {
  const twenty = (value: number): number[] => Array.from({ length: 20 }, () => value);
  const both = rounds('latency.p50', twenty(100), 5_000);
  const workload = httpWorkload({ metrics: [both, rounds('latency.p95', twenty(200), 5_000), rounds('connect.p50', twenty(1), 5_000)], against: { label: 'v1', validity: { status: 'valid', findings: [] }, metrics: [both, rounds('throughput', twenty(50)), rounds('tls.p50', twenty(1), 5_000)] } });
  const [compared] = comparePaired([scenario([workload])], () => undefined);
  expect(compared?.workloads[0]?.comparison.map(({ metric: key, verdict, sentence }) => [key, verdict, sentence])).toEqual([
    ['latency.p50', 'same', expect.any(String)],
    ['latency.p95', 'not-comparable', 'the other side does not have it'],
    ['connect.p50', 'advisory', 'the other side does not have it'],
    ['throughput', 'not-measured', 'throughput was not measured this time; the other side has it'],
    ['tls.p50', 'advisory', expect.any(String)],
  ]);
});

test('a success rate beside an error rate is for information', () => {
  const share = (id: string, value: number) => metric(id, {}, value, Array.from({ length: 20 }, () => value), 4_000);
  const sides = (failed: number) => [share('errors.rate', failed), share('success.rate', 1 - failed)];
  const [compared] = comparePaired([scenario([httpWorkload({ metrics: sides(0.1), against: { label: 'v1', validity: { status: 'valid', findings: [] }, metrics: sides(0) } })])], () => undefined);
  expect(compared?.workloads[0]?.comparison.map(({ verdict }) => verdict)).toEqual(['regression', 'advisory']);
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
