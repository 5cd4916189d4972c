import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Figure } from '../../../src/compare/figure.ts';
import { gate, type GateInput } from '../../../src/compare/gate.ts';
import { DEFAULT_GATE, type GateOptions } from '../../../src/compare/options.ts';
import { hasLightTails } from '../../../src/compare/tails.ts';
import { seededRandom, type Random } from '../../../src/random.ts';
import { metric } from '../../../src/record/metrics.ts';
import type { ComparisonResult, Metric } from '../../../src/record/schema.ts';
import { rounds } from '../record/fixture.ts';

const against = (current: Metric, sessions: Figure[], options: GateOptions = DEFAULT_GATE, confirmedFrom: number | null = null): GateInput => ({ metric: current, reference: { kind: 'sessions', figures: sessions }, options, confirmedFrom });
const normal = (random: Random): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
/** Student's t with 3 degrees of freedom, scaled to a standard deviation of 1. */
const heavy = (random: Random): number => normal(random) / Math.sqrt(normal(random) ** 2 + normal(random) ** 2 + normal(random) ** 2);

/** What the quick profile of the default scenario gates: the family a regression must stand out of. */
const FAMILY = [
  ...['health', 'submit', 'status'].flatMap((step) => [
    { id: 'latency.p50', labels: { step }, base: 2, n: 2_250 },
    { id: 'latency.p95', labels: { step }, base: 4, n: 2_250 },
    { id: 'throughput', labels: { step }, base: 50, n: 2_250 },
  ]),
  { id: 'encode.wall', labels: { encoder: 'libx264' }, base: 8_000, n: 3 },
  { id: 'encode.cpu', labels: { encoder: 'libx264' }, base: 12_000, n: 3 },
  { id: 'output.bytes', labels: { encoder: 'libx264' }, base: 7e6, n: 3 },
  ...['1', '2'].flatMap((concurrency) => [
    { id: 'batch.makespan', labels: { concurrency }, base: 40_000, n: 30 },
    { id: 'batch.cpu', labels: { concurrency }, base: 60_000, n: 30 },
    { id: 'encode.wall', labels: { concurrency }, base: 8_000, n: 30 },
    { id: 'output.bytes', labels: { concurrency }, base: 7e6, n: 30 },
  ]),
];

interface Noise {
  round: number;
  session: number;
  draw: (random: Random) => number;
}

/** One session of the whole family; CPU seconds half as noisy as the rest, sizes hardly at all. */
function session(random: Random, { round, session: between, draw }: Noise, change: (id: string, labels: Record<string, string>, value: number) => number = (_id, _labels, value) => value): Metric[] {
  return FAMILY.map(({ id, labels, base, n }) => {
    const scale = id.endsWith('.cpu') ? 0.5 : id === 'output.bytes' ? 0.01 : 1;
    const luck = between * scale * normal(random);
    return rounds(id, Array.from({ length: 3 }, () => change(id, labels as Record<string, string>, base * Math.exp(luck + round * scale * draw(random)))), n, labels);
  });
}

function compareFamily(stored: Metric[][], current: Metric[]): ComparisonResult[] {
  return gate(current.map((each, index) => against(each, stored.map((metrics) => metrics[index]).filter((found) => found !== undefined))));
}

describe('what must be seen with one stored session of three rounds', () => {
  const noise: Noise = { round: 0.03, session: 0.02, draw: normal };
  const runs = 40;

  function detected(change: Parameters<typeof session>[2], wanted: (result: ComparisonResult) => boolean): number {
    const random = seededRandom(17);
    let found = 0;
    for (let run = 0; run < runs; run += 1) {
      const results = compareFamily([session(random, noise)], session(random, noise, change));
      if (results.some((result) => wanted(result) && result.verdict === 'regression')) found += 1;
    }
    return found;
  }

  test('+50 ms on a latency of 2 ms', () => {
    const slower = (id: string, labels: Record<string, string>, value: number): number => (id.startsWith('latency') && labels['step'] === 'submit' ? value + 50 : value);
    expect(detected(slower, ({ metric: key }) => key === 'latency.p50{step=submit}')).toBe(runs);
  });

  test('+50 % CPU seconds of an encode', () => {
    const dearer = (id: string, _labels: Record<string, string>, value: number): number => (id === 'encode.cpu' ? value * 1.5 : value);
    expect(detected(dearer, ({ metric: key }) => key === 'encode.cpu{encoder=libx264}')).toBeGreaterThanOrEqual(0.95 * runs);
  });

  test('errors from 0 to 5 %', () => {
    const before = metric('errors.rate', {}, 0, [0, 0, 0], 750);
    const [result] = gate([against(metric('errors.rate', {}, 0.049, [0.052, 0.044, 0.052], 750), [before])]);
    expect(result).toMatchObject({ verdict: 'regression', baseline: 0, change: null, sentence: 'error rate 4.90 %, baseline 0 %: +4.90 points, a regression (1 session)' });
  });
});

describe('what must not be called a regression', () => {
  test.each([
    { name: 'quiet', noise: { round: 0.01, session: 0.01, draw: normal } },
    { name: 'noisy rounds, drifting sessions', noise: { round: 0.1, session: 0.05, draw: normal } },
    { name: 'drift as large as the noise', noise: { round: 0.05, session: 0.08, draw: normal } },
    { name: 'heavy tails', noise: { round: 0.05, session: 0.03, draw: heavy } },
    { name: 'heavy tails and much noise', noise: { round: 0.1, session: 0.03, draw: heavy } },
  ])('runs in which nothing changed: $name', ({ noise }) => {
    const random = seededRandom(23);
    const [sizes, runsEach] = [[1, 5, 20], 30];
    let falseAlarms = 0;
    for (const size of sizes) {
      for (let run = 0; run < runsEach; run += 1) {
        const stored = Array.from({ length: size }, () => session(random, noise));
        if (compareFamily(stored, session(random, noise)).some(({ verdict }) => verdict === 'regression')) falseAlarms += 1;
      }
    }
    // 90 runs at 1 % give more than 4 in one of 450 tries; `perf:gate` has the thousands.
    expect(falseAlarms).toBeLessThanOrEqual(4);
  });

  test('the same figures again', () => {
    const before = rounds('encode.cpu', [10_000, 10_100, 9_900]);
    expect(gate([against(before, Array.from({ length: 20 }, () => before))])[0]).toMatchObject({ verdict: 'same', change: 0, suspected: false });
  });

  test('a large percentage of next to nothing: the absolute floor', () => {
    const stored = Array.from({ length: 20 }, () => rounds('latency.p50', [0.5, 0.51, 0.49]));
    expect(gate([against(rounds('latency.p50', [1.5, 1.6, 1.4]), stored)])[0]).toMatchObject({ verdict: 'same', suspected: false });
  });

  test('a change below the smallest that counts, however certain', () => {
    const stored = Array.from({ length: 20 }, () => rounds('encode.cpu', [10_000, 10_001, 9_999]));
    expect(gate([against(rounds('encode.cpu', [10_250, 10_251, 10_249]), stored)])[0]?.verdict).toBe('same');
    expect(gate([against(rounds('encode.cpu', [10_400, 10_401, 10_399]), stored)])[0]?.verdict).toBe('regression');
    expect(gate([against(rounds('encode.cpu', [10_400, 10_401, 10_399]), stored, { minEffect: 0.05, metrics: {} })])[0]?.verdict).toBe('same');
    expect(gate([against(rounds('encode.cpu', [10_400, 10_401, 10_399]), stored, { minEffect: 0.01, metrics: { 'encode.cpu': { floor: 500, gate: true } } })])[0]?.verdict).toBe('same');
  });

  test('one bad round of three', () => {
    const stored = Array.from({ length: 10 }, (_, i) => rounds('encode.wall', [10_000 + 10 * i, 10_050, 9_950]));
    expect(gate([against(rounds('encode.wall', [10_000, 10_050, 30_000]), stored)])[0]?.verdict).not.toBe('regression');
    const calm = metric('errors.rate', {}, 0, [0, 0, 0], 3_000);
    expect(gate([against(metric('errors.rate', {}, 0.04, [0, 0, 0.12], 3_000), [calm])])[0]?.verdict).not.toBe('regression');
  });

  test('a burst of errors in two of three rounds, against one quiet session', () => {
    const calm = metric('errors.rate', {}, 0, [0, 0, 0], 3_000);
    expect(gate([against(metric('errors.rate', {}, 0.08, [0, 0.12, 0.12], 3_000), [calm])])[0]).toMatchObject({ verdict: 'inconclusive', suspected: false });
  });

  test('errors whose rounds scatter far beyond chance are so many bursts, not so many requests', () => {
    const stored = [metric('errors.rate', {}, 0.02, [0.06, 0, 0], 3_000)];
    expect(gate([against(metric('errors.rate', {}, 0.06, [0.02, 0.04, 0.12], 3_000), stored)])[0]?.verdict).not.toBe('regression');
    const steady = [metric('errors.rate', {}, 0.02, [0.02, 0.02, 0.02], 3_000)];
    expect(gate([against(metric('errors.rate', {}, 0.06, [0.06, 0.06, 0.06], 3_000), steady)])[0]?.verdict).toBe('regression');
  });

  test('errors that come and go between sessions', () => {
    const stored = [0.001, 0.03, 0.002, 0.045, 0.004].map((share) => metric('errors.rate', {}, share, [share, share, share], 3_000));
    expect(gate([against(metric('errors.rate', {}, 0.04, [0.04, 0.04, 0.04], 3_000), stored)])[0]?.verdict).not.toBe('regression');
  });
});

describe('fresh rounds', () => {
  const stored = Array.from({ length: 20 }, (_, i) => rounds('encode.cpu', [10_000 + 10 * i, 10_050, 9_950]));
  const judged = (values: number[], from: number | null): ComparisonResult | undefined => gate([against(rounds('encode.cpu', values), stored, DEFAULT_GATE, from)])[0];

  test('confirm what the rounds before them flagged', () => {
    expect(judged([15_000, 15_100, 14_900, 15_000, 15_200, 14_800], 3)).toMatchObject({ verdict: 'regression', suspected: true, sentence: 'CPU time of an encode 15 s, baseline 10.1 s: +49 %, a regression (confirmed by 3 fresh rounds; 20 sessions)' });
  });

  test('rule out a burst, and say so', () => {
    const result = judged([15_000, 15_100, 14_900, 10_000, 10_100, 9_900], 3);
    expect(result).toMatchObject({ suspected: false, current: 10_000 });
    expect(['same', 'inconclusive']).toContain(result?.verdict);
    expect(result?.sentence).toContain('a burst that 3 fresh rounds did not show');
  });

  test('never flag by themselves: what the planned rounds did not show is no regression', () => {
    expect(judged([10_000, 10_100, 9_900, 10_000, 15_200, 15_100, 15_000], 3)?.verdict).not.toBe('regression');
  });

  test('that could not be measured confirm nothing', () => {
    const [result] = gate([against({ ...rounds('encode.cpu', [15_000, 15_100, 14_900]), rounds: [15_000, 15_100, 14_900, null, null] }, stored, DEFAULT_GATE, 3)]);
    expect(result).toMatchObject({ verdict: 'inconclusive', suspected: true });
  });

  test('decide on a share by their own counts', () => {
    const calm = metric('errors.rate', {}, 0, [0, 0, 0], 3_000);
    const share = (all: number[], value: number): ComparisonResult | undefined => gate([against(metric('errors.rate', {}, value, all, 6_000), [calm], DEFAULT_GATE, 3)])[0];
    expect(share([0.05, 0.05, 0.05, 0.05, 0.05, 0.05], 0.05)?.verdict).toBe('regression');
    expect(share([0.05, 0.05, 0.05, 0, 0, 0], 0.025)?.verdict).not.toBe('regression');
  });
});

describe('other verdicts', () => {
  test('improved, for figures of either direction', () => {
    const stored = Array.from({ length: 20 }, (_, i) => rounds('encode.cpu', [10_000 + i, 10_001, 9_999]));
    expect(gate([against(rounds('encode.cpu', [5_000, 5_001, 5_002]), stored)])[0]).toMatchObject({ verdict: 'improved', sentence: 'CPU time of an encode 5.00 s, baseline 10.0 s: −50 %, improved (20 sessions)' });
    const rate = Array.from({ length: 20 }, (_, i) => rounds('throughput', [1_000 + i, 1_001, 999]));
    expect(gate([against(rounds('throughput', [2_000, 2_001, 2_002]), rate)])[0]?.verdict).toBe('improved');
    expect(gate([against(rounds('throughput', [500, 501, 502]), rate)])[0]).toMatchObject({ verdict: 'regression', change: expect.closeTo(-0.4995, 3) as number });
  });

  test('inconclusive says what could not have been seen, and whether there is suspicion', () => {
    const sentences = [10_300, 14_000].map((now) => gate([against(rounds('encode.wall', [now, now + 50, now - 50]), [rounds('encode.wall', [10_000, 10_050, 9_950])])])[0]);
    expect(sentences.map((result) => [result?.verdict, result?.suspected, result?.sentence])).toMatchInlineSnapshot(`
      [
        [
          "inconclusive",
          false,
          "encode time 10.3 s, baseline 10 s: +3 %, within noise: a change below 73 % would not be seen (1 session)",
        ],
        [
          "inconclusive",
          true,
          "encode time 14 s, baseline 10 s: +40 %, suspicious but not certain: a change below 73 % would not be seen (1 session)",
        ],
      ]
    `);
    expect(sentences[0]?.smallestDetectable).toBeGreaterThan(0.5);
  });

  test('tails with few samples, and metrics for information, never decide', () => {
    const judged = (id: string, n: number, options?: GateOptions): ComparisonResult | undefined => gate([against(rounds(id, [500, 510, 490], n), [rounds(id, [10, 10, 10], n)], options)])[0];
    expect(judged('latency.p99', 4_999)).toMatchObject({ verdict: 'advisory', pValue: null, sentence: 'p99 latency 500 ms, baseline 10 ms: 50 times as much, for information: 49 samples lie beyond it, 50 are needed to decide' });
    expect(judged('latency.p99', 5_000)?.verdict).toBe('regression');
    expect(judged('latency.p50', 90)?.verdict).toBe('regression');
    expect(judged('latency.p50', 20)?.verdict).toBe('advisory');
    expect(judged('service.p95', 5_000)?.verdict).toBe('advisory');
    expect(judged('latency.p50', 5_000, { metrics: { 'latency.p50': { gate: false } } })?.verdict).toBe('advisory');
    // Checks none of which failed: no figure that could not be compared.
    expect(gate([against(rounds('checks.failed', [0, 0, 0]), [rounds('checks.failed', [0, 0, 0])])])[0]?.verdict).toBe('advisory');
  });

  test('without a reference the reason is passed on, and a figure of 0 has no ratio', () => {
    const none: GateInput = { metric: rounds('encode.wall', [1, 2, 3]), reference: { kind: 'none', verdict: 'no-baseline', sentence: 'no baseline yet' }, options: DEFAULT_GATE, confirmedFrom: null };
    expect(gate([none])[0]).toMatchObject({ verdict: 'no-baseline', baseline: null, current: 2, sessions: 0, sentence: 'no baseline yet' });
    expect(gate([against(rounds('encode.wall', [0, 0, 0]), [rounds('encode.wall', [1, 1, 1])])])[0]?.verdict).toBe('not-comparable');
  });

  test('success rates are judged by their failures', () => {
    const judged = (share: number, n: number): ComparisonResult | undefined => gate([against(metric('success.rate', {}, share, [share, share, share], n), [metric('success.rate', {}, 1, [1, 1, 1], n)])])[0];
    expect(judged(0.5, 30)).toMatchObject({ verdict: 'regression', baseline: 1, current: 0.5, change: -0.5 });
    expect(judged(1, 3_000)?.verdict).toBe('same');
    expect(judged(1, 30)?.verdict).toBe('inconclusive');
  });
});

describe('luck that all metrics have in common', () => {
  const calm = (luck: (at: number) => number): Parameters<typeof hasLightTails>[0] =>
    Array.from({ length: 20 }, (_, at) => ({ metric: rounds('encode.cpu', [1]), figures: Array.from({ length: 20 }, (__, day) => rounds('encode.cpu', [10_000 * Math.exp(0.02 * luck(at * 20 + day))])) }));
  const draws = (seed: number): number[] => { const random = seededRandom(seed); return Array.from({ length: 400 }, () => normal(random)); };

  test('is one piece of evidence, not twenty: tails count as light only where metrics have luck of their own', () => {
    const own = draws(5);
    expect(hasLightTails(calm((index) => own[index] ?? 0))).toBe(true);
    // The same twenty days for every metric, as calm as they are.
    expect(hasLightTails(calm((index) => own[index % 20] ?? 0))).toBe(false);
  });
});

describe('properties', () => {
  const positive = fc.double({ min: 1, max: 1e6, noNaN: true });
  const three = fc.array(positive, { minLength: 3, maxLength: 3 });

  test('scale does not matter, and worse is never better', () => {
    fc.assert(
      fc.property(fc.array(three, { minLength: 1, maxLength: 8 }), three, fc.integer({ min: 2, max: 50 }), (stored, now, factor) => {
        const options: GateOptions = { metrics: { 'encode.cpu': { floor: 0, gate: true } } };
        const judged = (scale: number, worse: number): ComparisonResult | undefined =>
          gate([against(rounds('encode.cpu', now.map((each) => each * scale * worse)), stored.map((each) => rounds('encode.cpu', each.map((value) => value * scale))), options)])[0];
        expect(judged(factor, 1)?.pValue).toBeCloseTo(judged(1, 1)?.pValue ?? -1, 6);
        expect(judged(1, factor)?.pValue ?? 1).toBeLessThanOrEqual((judged(1, 1)?.pValue ?? 1) + 1e-12);
      }),
      { numRuns: 60 },
    );
  });

  test('every result has a finite interval around its change, and a sentence', () => {
    fc.assert(
      fc.property(fc.array(three, { minLength: 1, maxLength: 25 }), three, (stored, now) => {
        const [result] = gate([against(rounds('encode.wall', now), stored.map((each) => rounds('encode.wall', each)))]);
        expect(result?.sentence).not.toMatch(/NaN|undefined|Infinity/);
        expect(result?.interval?.low).toBeLessThanOrEqual(result?.change ?? Number.NaN);
        expect(result?.interval?.high).toBeGreaterThanOrEqual(result?.change ?? Number.NaN);
      }),
      { numRuns: 60 },
    );
  });
});
