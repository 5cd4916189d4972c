import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EncodeJob } from '../../../../src/record/schema.ts';
import type { EncodeCase } from '../../../../src/workloads/encode/cases.ts';
import { findingsOf, frameRates, metricsOf, seriesOf, type CaseResult } from '../../../../src/workloads/encode/summary.ts';

const clip = { durationMs: 30_000 };
const single: EncodeCase = { work: 'encode', encoder: 'libx264', decoder: 'cpu', threads: 'auto', jobs: 1, concurrency: 1, labels: { encoder: 'libx264' } };
const batch: EncodeCase = { ...single, jobs: 2, concurrency: 2, labels: { encoder: 'libx264', concurrency: '2' } };

function job(round: number, figures: Partial<EncodeJob>): EncodeJob {
  return { round, encoder: 'libx264', concurrency: 1, job: 0, worker: 0, startMs: 0, endMs: 1, wallMs: 10_000, cpuMs: 18_000, peakMemoryBytes: 1e8, firstOutputMs: 50, frames: 720, outputBytes: 1_000_000, failure: null, ...figures };
}
const failed = (round: number, figures: Partial<EncodeJob> = {}): EncodeJob =>
  job(round, { cpuMs: null, outputBytes: null, failure: { cause: 'killed', message: 'ended from outside', remedy: 'look' }, wallMs: 5, ...figures });
const result = (of: EncodeCase, round: number, jobs: EncodeJob[], makespanMs: number | null = 20_000): CaseResult => ({ case: of, round, jobs, makespanMs, points: [], quality: null, span: { startedAt: 0, endedAt: 0 } });
const figures = (metrics: ReturnType<typeof metricsOf>) => Object.fromEntries(metrics.map(({ id, value, rounds, n }) => [id, { value, rounds, n }]));

test('a single encode a round: medians of the rounds, one value a round', () => {
  const results = [10_000, 12_000, 11_000].map((wallMs, round) => result(single, round, [job(round, { wallMs, cpuMs: wallMs * 2, outputBytes: 1_000_000 + round })]));
  expect(figures(metricsOf([single], results, 3, clip))).toMatchObject({
    'encode.wall': { value: 11_000, rounds: [10_000, 12_000, 11_000], n: 3 },
    'encode.cpu': { value: 22_000, rounds: [20_000, 24_000, 22_000], n: 3 },
    'encode.fps': { rounds: [72, 60, 720 / 11], n: 3 },
    'encode.speed': { rounds: [3, 2.5, 30 / 11] },
    'output.bytes': { value: 1_000_001 },
    'success.rate': { value: 1, rounds: [1, 1, 1], n: 3 },
  });
});

test('a failed encode lowers the success rate and contributes no time', () => {
  const results = [result(single, 0, [job(0, {})]), result(single, 1, [failed(1)]), result(single, 2, [job(2, { wallMs: 11_000 })])];
  const found = figures(metricsOf([single], results, 3, clip));
  expect(found['encode.wall']).toEqual({ value: 10_500, rounds: [10_000, null, 11_000], n: 2 });
  expect(found['success.rate']).toEqual({ value: 2 / 3, rounds: [1, 0, 1], n: 3 });
  expect(findingsOf(results)).toEqual([
    { severity: 'warning', code: 'encode-failed-killed', message: 'libx264: 1 of 3 encodes failed: ended from outside', remedy: 'look' },
  ]);
});

test('where every encode failed there is a success rate of 0 and no time', () => {
  expect(metricsOf([single], [result(single, 0, [failed(0)])], 1, clip).map(({ id, value }) => [id, value])).toEqual([['success.rate', 0]]);
});

test('a batch: makespan, videos per hour, CPU of all, median job', () => {
  const jobs = [job(0, { wallMs: 18_000 }), job(0, { job: 1, wallMs: 20_000 })];
  expect(figures(metricsOf([batch], [result(batch, 0, jobs)], 1, clip))).toEqual({
    'batch.makespan': { value: 20_000, rounds: [20_000], n: 2 },
    'batch.cpu': { value: 36_000, rounds: [36_000], n: 2 },
    'batch.videosPerHour': { value: 360, rounds: [360], n: 2 },
    'encode.wall': { value: 19_000, rounds: [19_000], n: 2 },
    'encode.fps': { value: 38, rounds: [38], n: 2 },
    'encode.speed': { value: (30 / 18 + 1.5) / 2, rounds: [(30 / 18 + 1.5) / 2], n: 2 },
    'encode.memory': { value: 1e8, rounds: [1e8], n: 2 },
    'encode.firstOutput': { value: 50, rounds: [50], n: 2 },
    'output.bytes': { value: 1_000_000, rounds: [1_000_000], n: 2 },
    'output.bitrate': { value: 800_000 / 3, rounds: [800_000 / 3], n: 2 },
    'success.rate': { value: 1, rounds: [1], n: 2 },
  });
});

test('a batch that lost a job has no makespan, and counts the videos it made', () => {
  const found = figures(metricsOf([batch], [result(batch, 0, [job(0, {}), failed(0, { job: 1 })])], 1, clip));
  expect(found['batch.makespan']).toBeUndefined();
  expect(found['batch.cpu']).toBeUndefined();
  expect(found['batch.videosPerHour']).toEqual({ value: 180, rounds: [180], n: 1 });
  expect(found['success.rate']).toEqual({ value: 0.5, rounds: [0.5], n: 2 });
});

test('an interrupted batch keeps its finished jobs and has no makespan; a round that was not reached is null', () => {
  const found = figures(metricsOf([batch], [result(batch, 0, [job(0, {}), job(0, { job: 1 })]), result(batch, 1, [job(1, {})], null)], 3, clip));
  expect(found['batch.makespan']?.rounds).toEqual([20_000, null, null]);
  expect(found['encode.wall']?.rounds).toEqual([10_000, 10_000, null]);
  expect(found['success.rate']).toEqual({ value: 1, rounds: [1, 1, null], n: 3 });
});

test('quality is that of the output of its round', () => {
  const quality = { psnr: 41.5, ssim: 0.98, vmaf: null, frames: 720, missing: [] };
  const found = figures(metricsOf([single], [{ ...result(single, 0, [job(0, {})]), quality }, result(single, 1, [job(1, {})])], 2, clip));
  expect(found).toMatchObject({ 'quality.psnr': { value: 41.5, rounds: [41.5, null], n: 1 }, 'quality.ssim': { value: 0.98 } });
  expect(found['quality.vmaf']).toBeUndefined();
});

test('decoding alone has a time and a rate of its own, and no success rate', () => {
  const decode: EncodeCase = { work: 'decode', decoder: 'cpu', threads: 'auto', jobs: 1, concurrency: 1, labels: { decoder: 'cpu' } };
  const metrics = metricsOf([decode], [result(decode, 0, [job(0, { outputBytes: null })])], 1, clip);
  expect(metrics.map(({ id, labels, value }) => [id, labels, value])).toEqual([['decode.wall', { decoder: 'cpu' }, 10_000], ['decode.fps', { decoder: 'cpu' }, 72]]);
});

test('frame rates over time: at most 200 points, the last one kept, frames accounted for', () => {
  const points = fc.array(fc.tuple(fc.integer({ min: 1, max: 1_000 }), fc.nat(100)), { minLength: 1, maxLength: 2_000 }).map((steps) => {
    let [ms, frames] = [0, 0];
    return steps.map(([dMs, dFrames]) => [(ms += dMs), (frames += dFrames)] as const);
  });
  fc.assert(
    fc.property(points, (cumulative) => {
      const rates = frameRates(cumulative);
      expect(rates.length).toBeLessThanOrEqual(200);
      expect(rates.at(-1)?.[0]).toBe(cumulative.at(-1)?.[0]);
      const frames = rates.reduce((total, [ms, rate], index) => total + (rate * (ms - (rates[index - 1]?.[0] ?? 0))) / 1_000, 0);
      expect(frames).toBeCloseTo(cumulative.at(-1)?.[1] ?? 0, 3);
    }),
  );
});

test('the series holds every job, and progress of single encodes', () => {
  const results = [{ ...result(single, 0, [job(0, {})]), points: [[500, 60], [1_000, 180]] as const }];
  expect(seriesOf(results.map((each) => ({ ...each, points: [...each.points] })))).toMatchObject({ kind: 'encode', jobs: [{ round: 0 }], progress: [{ round: 0, encoder: 'libx264', points: [[500, 120], [1_000, 240]] }] });
});
