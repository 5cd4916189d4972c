import * as hdr from 'hdr-histogram-js';
import { describe, expect, test } from 'vitest';
import { judgeSla } from '../../../src/judge/sla.ts';
import { seededRandom } from '../../../src/random.ts';
import type { SlaLimit } from '../../../src/record/limits.ts';
import { Histogram } from '../../../src/load/histogram.ts';
import { mergedSamples } from '../../../src/record/histograms.ts';
import { metric } from '../../../src/record/metrics.ts';
import type { HistogramRecord, SlaResult } from '../../../src/record/schema.ts';
import { rounds } from '../record/fixture.ts';

/** Latencies in ms, split over rounds. */
function latencies(valuesMs: number[], roundCount = 3): HistogramRecord[] {
  return Array.from({ length: roundCount }, (_, round) => {
    const histogram = hdr.build({ lowestDiscernibleValue: 1, highestTrackableValue: 3_600_000_000, numberOfSignificantValueDigits: 3 });
    valuesMs.filter((_each, index) => index % roundCount === round).forEach((ms) => histogram.recordValue(Math.round(ms * 1_000)));
    return { id: 'latency', labels: {}, round, unit: 'us', encoded: hdr.encodeIntoCompressedBase64(histogram) };
  });
}

function judgeLatency(id: string, quantile: number, valuesMs: number[], limit: number): SlaResult {
  const sorted = [...valuesMs].sort((a, b) => a - b);
  const value = sorted[Math.ceil(quantile * sorted.length) - 1] ?? Number.NaN;
  const [result] = judgeSla([{ id, labels: {}, operator: '<=', limit, severity: 'critical' }], { metrics: [metric(id, {}, value, [value], sorted.length)], histograms: latencies(valuesMs), notMeasured: [] });
  if (result === undefined) throw new Error('no result');
  return result;
}

const steady = (n: number, ms: number): number[] => Array.from({ length: n }, (_, i) => ms * (0.9 + (0.2 * (i % 97)) / 96));
const limitOf = (id: string, limit: number, rest: Partial<SlaLimit> = {}): SlaLimit => ({ id, labels: {}, operator: '<=', limit, severity: 'critical', ...rest });

describe('percentiles', () => {
  test('58 samples cannot show p95 under a limit, 59 can when none is over; 298 and 299 for p99', () => {
    expect(judgeLatency('latency.p95', 0.95, steady(58, 10), 100)).toMatchObject({ verdict: 'too-few-samples', samplesNeeded: 59 });
    expect(judgeLatency('latency.p95', 0.95, steady(59, 10), 100).verdict).toBe('pass');
    expect(judgeLatency('latency.p99', 0.99, steady(298, 10), 100)).toMatchObject({ verdict: 'too-few-samples', samplesNeeded: 299 });
    expect(judgeLatency('latency.p99', 0.99, steady(299, 10), 100).verdict).toBe('pass');
  });

  test('a few samples are enough where all are beyond the limit', () => {
    expect(judgeLatency('latency.p95', 0.95, [300, 310, 290, 305, 320], 100).verdict).toBe('breach');
    expect(judgeLatency('latency.p99', 0.99, [300], 100).verdict).toBe('breach');
  });

  test('an interval that straddles the limit decides nothing, on either side', () => {
    const mixed = [...steady(713, 50), ...steady(37, 120)];
    expect(judgeLatency('latency.p95', 0.95, mixed, 100)).toMatchObject({ verdict: 'undecided', interval: { confidence: 0.9 } });
    expect(judgeLatency('latency.p95', 0.95, [...steady(712, 50), ...steady(38, 120)], 100).verdict).toBe('undecided');
    expect(judgeLatency('latency.p95', 0.95, [...steady(735, 50), ...steady(15, 120)], 100).verdict).toBe('pass');
    expect(judgeLatency('latency.p95', 0.95, [...steady(690, 50), ...steady(60, 120)], 100).verdict).toBe('breach');
  });

  test('sentences', () => {
    const sentences = [
      judgeLatency('latency.p95', 0.95, steady(750, 120), 100),
      judgeLatency('latency.p95', 0.95, steady(750, 80), 100),
      judgeLatency('latency.p50', 0.5, steady(750, 80), 10),
      judgeLatency('latency.p99', 0.99, steady(90, 80), 200),
      judgeLatency('latency.p95', 0.95, [...steady(713, 50), ...steady(37, 120)], 100),
    ].map(({ sentence }) => sentence);
    expect(sentences.join('\n')).toMatchInlineSnapshot(`
      "p95 latency 131 ms, limit 100 ms: 31 % over (n = 750)
      p95 latency 87.2 ms, limit 100 ms: 13 % under (n = 750)
      p50 latency 79.7 ms, limit 10 ms: 7.97 times the limit (n = 750)
      p99 latency 86.8 ms, limit 200 ms: 90 samples cannot tell, 299 needed
      p95 latency 55.0 ms, limit 100 ms: too close to tell, between 54.9 ms and 110 ms (n = 750)"
    `);
  });

  test('without a histogram the number of samples still counts', () => {
    const judged = (n: number): string | undefined => judgeSla([limitOf('latency.p95', 100)], { metrics: [metric('latency.p95', {}, 50, [50], n)], histograms: [], notMeasured: [] })[0]?.verdict;
    expect([judged(10), judged(500)]).toEqual(['too-few-samples', 'undecided']);
  });

  test('the truth is judged wrongly in at most 5 % of runs (seeded)', () => {
    // True p95 of a uniform on 0..100 is 95: a limit just under it must rarely pass, one just over it rarely breach.
    const random = seededRandom(3);
    let [passedUnder, breachedOver] = [0, 0];
    const runs = 60;
    for (let run = 0; run < runs; run += 1) {
      const values = Array.from({ length: 200 }, () => 100 * random());
      if (judgeLatency('latency.p95', 0.95, values, 94.9).verdict === 'pass') passedUnder += 1;
      if (judgeLatency('latency.p95', 0.95, values, 95.1).verdict === 'breach') breachedOver += 1;
    }
    expect(passedUnder / runs).toBeLessThan(0.1);
    expect(breachedOver / runs).toBeLessThan(0.1);
  });
});

test('reads the histograms of the load engine: every rank is the sample there, to the resolution', () => {
  const random = seededRandom(9);
  const valuesUs = Array.from({ length: 1_000 }, () => Math.round(500 + 2e6 * random() ** 6));
  const parts = [0, 1, 2].map((round): HistogramRecord => {
    const histogram = new Histogram();
    valuesUs.filter((_, index) => index % 3 === round).forEach((us) => histogram.record(us));
    return { id: 'latency', labels: {}, round, unit: 'us', encoded: histogram.encode() };
  });
  const samples = mergedSamples(parts, 'latency', {});
  const sorted = [...valuesUs].sort((a, b) => a - b);
  expect(samples?.n).toBe(1_000);
  for (const [index, us] of sorted.entries()) {
    const found = samples?.at(index + 1) ?? 0;
    expect(found).toBeGreaterThanOrEqual(us);
    expect(found).toBeLessThanOrEqual(us * (1 + 1 / 1_000) + 1);
  }
});

describe('shares', () => {
  const judged = (id: string, share: number, n: number, limit: number, operator: SlaLimit['operator'] = '<='): SlaResult | undefined =>
    judgeSla([limitOf(id, limit, { operator })], { metrics: [metric(id, {}, share, [share], n)], histograms: [], notMeasured: [] })[0];

  test('error rate by its count', () => {
    expect(judged('errors.rate', 0, 750, 0.01)?.verdict).toBe('pass');
    expect(judged('errors.rate', 0, 298, 0.01)).toMatchObject({ verdict: 'too-few-samples', samplesNeeded: 299 });
    expect(judged('errors.rate', 5 / 750, 750, 0.01)?.verdict).toBe('undecided');
    expect(judged('errors.rate', 37 / 750, 750, 0.01)?.verdict).toBe('breach');
    expect(judged('errors.rate', 1, 3, 0.01)?.verdict).toBe('breach');
    expect(judged('errors.rate', 37 / 750, 750, 0.01)?.sentence).toBe('error rate 4.93 %, limit 1 %: 3.93 points over (n = 750)');
  });

  test('a limit of no error at all, or of every success, is a count', () => {
    expect(judged('errors.rate', 0, 10, 0)?.verdict).toBe('pass');
    expect(judged('errors.rate', 0.1, 10, 0)?.verdict).toBe('breach');
    expect(judged('success.rate', 1, 10, 1, '>=')?.verdict).toBe('pass');
    expect(judged('success.rate', 1, 10, 0.95, '>=')).toMatchObject({ verdict: 'too-few-samples', samplesNeeded: 59 });
    expect(judged('success.rate', 1, 59, 0.95, '>=')?.verdict).toBe('pass');
    expect(judged('success.rate', 0.5, 20, 0.95, '>=')?.verdict).toBe('breach');
    expect(judged('success.rate', 0, 0, 0.95, '>=')?.verdict).toBe('too-few-samples');
  });
});

describe('figures of rounds', () => {
  const judged = (values: number[], limit: number, labels = {}): SlaResult | undefined =>
    judgeSla([limitOf('encode.wall', limit)], { metrics: [rounds('encode.wall', values, values.length, labels)], histograms: [], notMeasured: [] })[0];

  test('three rounds are compared by their median, as it is', () => {
    expect(judged([900, 1_000, 1_200], 1_100)).toMatchObject({ verdict: 'pass', interval: null });
    expect(judged([900, 1_000, 1_200], 990, { encoder: 'libx264' })).toMatchObject({ verdict: 'breach', sentence: 'encode time (libx264) 1 s, limit 990 ms: 1 % over (median of 3 rounds)' });
  });

  test('five rounds or more by the interval of their median', () => {
    expect(judged([900, 950, 1_000, 1_050, 1_100], 1_100)?.verdict).toBe('pass');
    expect(judged([900, 950, 1_000, 1_050, 1_100], 1_020)?.verdict).toBe('undecided');
    expect(judged([900, 950, 1_000, 1_050, 1_100], 890)?.verdict).toBe('breach');
  });

  test('more is better for a frame rate', () => {
    const [result] = judgeSla([limitOf('encode.fps', 60, { operator: '>=' })], { metrics: [rounds('encode.fps', [40, 45, 50])], histograms: [], notMeasured: [] });
    expect(result).toMatchObject({ verdict: 'breach', sentence: 'encode frame rate 45 fps, limit 60 fps: 25 % under (median of 3 rounds)' });
  });
});

describe('what a limit speaks of', () => {
  const wall = (encoder: string, ms: number) => rounds('encode.wall', [ms, ms, ms], 3, { encoder });
  const nvenc = { what: 'h264_nvenc', cause: 'no-driver', reason: 'no NVIDIA driver on this machine', remedy: 'run on a machine with a GPU' };

  test('a limit without its metric is not measured, with the reason, and never passes', () => {
    const results = judgeSla([limitOf('encode.wall', 100, { labels: { encoder: 'h264_nvenc' } }), limitOf('encode.cpu', 100)], { metrics: [wall('libx264', 50)], histograms: [], notMeasured: [nvenc] });
    expect(results.map(({ metric: key, verdict, sentence }) => [key, verdict, sentence])).toEqual([
      ['encode.wall{encoder=h264_nvenc}', 'not-measured', 'encode time (h264_nvenc) was not measured, limit 100 ms: no NVIDIA driver on this machine'],
      ['encode.cpu', 'not-measured', 'CPU time of an encode was not measured, limit 100 ms'],
    ]);
  });

  test('a general limit speaks of every metric of its id, and of what is missing among them', () => {
    const results = judgeSla([limitOf('encode.wall', 100)], { metrics: [wall('libx264', 50), wall('libx265', 150)], histograms: [], notMeasured: [nvenc] });
    expect(results.map(({ metric: key, verdict }) => [key, verdict])).toEqual([
      ['encode.wall{encoder=libx264}', 'pass'],
      ['encode.wall{encoder=libx265}', 'breach'],
      ['encode.wall{encoder=h264_nvenc}', 'not-measured'],
    ]);
  });

  test('the particular limit wins over the general one of the same severity', () => {
    const limits = [limitOf('encode.wall', 100), limitOf('encode.wall', 200, { labels: { encoder: 'libx265' } }), limitOf('encode.wall', 140, { severity: 'warning' })];
    const results = judgeSla(limits, { metrics: [wall('libx264', 50), wall('libx265', 150)], histograms: [], notMeasured: [] });
    expect(results.map(({ metric: key, limit, verdict, severity }) => [key, limit, verdict, severity])).toEqual([
      ['encode.wall{encoder=libx264}', 100, 'pass', 'critical'],
      ['encode.wall{encoder=libx265}', 200, 'pass', 'critical'],
      ['encode.wall{encoder=libx264}', 140, 'pass', 'warning'],
      ['encode.wall{encoder=libx265}', 140, 'breach', 'warning'],
    ]);
  });
});
