import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BUDGETS } from '../../../src/report/html/budget.ts';
import { batches, fpsChart, nearestRank } from '../../../src/report/html/encode-charts.ts';
import { latencyChart, rateChart, spectrumChart, timeline } from '../../../src/report/html/http-charts.ts';
import { bucketSize, envelope } from '../../../src/report/html/thin.ts';
import { encodeWorkload, httpWorkload, slaResult } from '../../support/records.ts';

const [budget = { points: 2_000, rows: 1, text: 1, source: 1, jobs: 1, workloads: 1 }] = BUDGETS;

const httpSeries = (workload: ReturnType<typeof httpWorkload>) => {
  if (workload.series.kind !== 'http') throw new Error('an http workload has http series');
  return workload.series;
};
const encodeSeries = (workload: ReturnType<typeof encodeWorkload>) => {
  if (workload.series.kind !== 'encode') throw new Error('an encode workload has encode series');
  return workload.series;
};

describe('envelope', () => {
  it('keeps the extreme, and never more points than asked for', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.double({ noNaN: true })), { minLength: 1, maxLength: 300 }), fc.integer({ min: 1, max: 50 }), (values, most) => {
        const size = bucketSize(values.length, most);
        const thin = envelope(values, size, 'max');
        const known = values.filter((value) => value !== null);
        expect(thin.length).toBeLessThanOrEqual(most);
        expect(Math.max(...thin.filter((value) => value !== null))).toBe(Math.max(...known));
        expect(Math.min(...envelope(values, size, 'min').filter((value) => value !== null))).toBe(Math.min(...known));
      }),
    );
  });
});

describe('charts of a load', () => {
  it('the last answers, in a window in which nothing starts any more, are no fall of the rate', () => {
    const series = httpSeries(httpWorkload({ rounds: 1, seconds: 4 }));
    const rounds = series.rounds.map(({ round, windows }) => ({ round, windows: windows.map((window, second) => (second === 3 ? { ...window, offered: 0, sent: 0, completed: 1 } : window)) }));
    const chart = rateChart(timeline({ ...series, rounds }, budget), [], 'x');
    expect(chart.series.map(({ values }) => values.at(-1))).toEqual([null, null, null]);
    expect(chart.series.map(({ values }) => values.at(-2))).not.toContain(null);
  });

  it('rounds lie end to end with a gap between them, so that no line joins two rounds', () => {
    const time = timeline(httpSeries(httpWorkload({ rounds: 2, seconds: 4 })), budget);
    expect(time.x).toEqual([0, 1, 2, 3, 3.5, 4, 5, 6, 7]);
    expect(time.bands).toEqual([{ label: 'round 1', from: 0, to: 4 }, { label: 'round 2', from: 4, to: 8 }]);
    expect(time.values('p50', 'max')[4]).toBeNull();
  });

  it('all series of a chart are as long as its axis, for any length and budget', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 400 }), fc.integer({ min: 20, max: 200 }), (rounds, seconds, points) => {
        const series = httpSeries(httpWorkload({ rounds, seconds }));
        const chart = rateChart(timeline(series, { ...budget, points }), [], 'x');
        for (const { values } of chart.series) expect(values.length).toBe(chart.x.length);
        expect(chart.x.length).toBeLessThanOrEqual(points);
        expect([...chart.x].sort((a, b) => a - b)).toEqual(chart.x);
      }),
      { numRuns: 50 },
    );
  });

  it('a thinned rate shows its dips, a thinned latency its spikes', () => {
    const series = httpSeries(httpWorkload({ rounds: 1, seconds: 300 }));
    const window = series.rounds[0]?.windows[123];
    if (window !== undefined) Object.assign(window, { completed: 1, p99: 5_000 });
    const time = timeline(series, { ...budget, points: 50 });
    expect(time.values('completed', 'min')).toContain(1);
    expect(time.values('p99', 'max')).toContain(5_000);
    expect(time.secondsPerPoint).toBe(7);
  });

  it('limits of latency are lines over time and diamonds in the spectrum', () => {
    const workload = httpWorkload();
    const sla = [slaResult(workload, 'latency.p95', '<=', 100), slaResult(workload, 'errors.rate', '<=', 0.01)];
    expect(latencyChart(timeline(httpSeries(workload), budget), sla, 'x').limits).toEqual([{ label: 'p95 limit 100 ms', value: 100 }]);
    const [point] = spectrumChart({ ...workload, sla }, httpSeries(workload), 'x', budget).points;
    expect(point).toMatchObject({ label: 'p95 limit 100 ms', y: 100 });
    expect(point?.x).toBeCloseTo(20);
  });

  it('the spectrum ends where the samples end', () => {
    const workload = httpWorkload({ rounds: 1, seconds: 10, ratePerSecond: 10 });
    const samples = workload.metrics[0]?.n ?? 0;
    expect(Math.max(...spectrumChart(workload, httpSeries(workload), 'x', budget).x)).toBeLessThanOrEqual(samples * 1.001);
  });
});

describe('charts of encodes', () => {
  it('frame rate: one line an encoder, the range of the rounds around it', () => {
    const chart = fpsChart(encodeSeries(encodeWorkload({ encoders: ['libx264', 'h264_nvenc'], rounds: 3 })), 'x', budget);
    expect(chart.series.map(({ label }) => label)).toEqual(['libx264', 'h264_nvenc']);
    for (const { values, band } of chart.series) {
      expect(values.length).toBe(chart.x.length);
      values.forEach((value, at) => {
        if (value === null) return;
        expect(band?.low[at]).toBeLessThanOrEqual(value);
        expect(band?.high[at]).toBeGreaterThanOrEqual(value);
      });
    }
  });

  it('one round has no range, and no progress no line', () => {
    expect(fpsChart(encodeSeries(encodeWorkload({ rounds: 1 })), 'x', budget).series[0]).not.toHaveProperty('band');
    expect(fpsChart({ kind: 'encode', jobs: [], progress: [] }, 'x', budget)).toMatchObject({ x: [], series: [] });
  });

  it('the batch that is drawn is the one with the median makespan', () => {
    const series = encodeSeries(encodeWorkload({ rounds: 3, jobs: 4, concurrency: [2] }));
    const [view] = batches(series);
    const makespans = [0, 1, 2].map((round) => Math.max(...series.jobs.filter((job) => job.round === round).map(({ endMs }) => endMs)));
    expect(view?.makespanMs).toBe([...makespans].sort((a, b) => a - b)[1]);
    expect(view?.jobs.every(({ round }) => makespans[round] === view.makespanMs)).toBe(true);
    expect(view?.all.length).toBe(12);
  });

  it('quantiles of a few jobs are jobs that were measured', () => {
    expect(nearestRank([4, 1, 3, 2], 0.5)).toBe(2);
    expect(nearestRank([4, 1, 3, 2], 1)).toBe(4);
    expect(nearestRank([], 0.5)).toBeNull();
  });
});
