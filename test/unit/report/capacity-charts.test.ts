import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latencyKneeOf } from '../../../src/report/capacity/knee.ts';
import { scalingView } from '../../../src/report/capacity/scaling-view.ts';
import { searchView } from '../../../src/report/capacity/search-view.ts';
import { viewHtml } from '../../../src/report/capacity/html.ts';
import { viewMarkdown } from '../../../src/report/capacity/markdown.ts';
import { scalingRecord, searchRecord } from '../../support/capacity-records.ts';

describe('the knee of a throughput-latency curve', () => {
  it('of M/M/1 is at half the capacity, whatever that is', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 1e4, noNaN: true }), (capacity) => {
        const points = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9].map((load) => ({ rate: load * capacity, latency: 1_000 / (capacity * (1 - load)) }));
        expect(latencyKneeOf(points)?.rate).toBeCloseTo(capacity / 2);
      }),
    );
  });

  it('is not claimed where the curve does not bend, or has too few points', () => {
    const flat = [10, 20, 30, 40].map((rate) => ({ rate, latency: 5 }));
    expect(latencyKneeOf(flat)).toBeNull();
    expect(latencyKneeOf(flat.slice(1))).toBeNull();
    expect(latencyKneeOf([10, 20, 30, 40].map((rate) => ({ rate, latency: rate ** 2 })))).toBeNull();
  });
});

describe('charts of capacity', () => {
  it('a search: knee and limit over the rate, and the limit beside the figure in the tables', () => {
    const view = searchView(searchRecord());
    const [over] = view.charts;
    expect(over?.chart).toMatchObject({ points: [{ label: 'knee 160/s', x: 160, y: 14 }], limits: [{ label: 'limit 100 ms', value: 100 }] });
    expect(over?.note).toContain('Knee:');
    expect(viewMarkdown(view)).toContain('latency.p95 102 ms / 100 ms');
    expect(viewHtml(view)).toContain('knee 160/s');
  });

  it('a scaling: the limits of the SLA on the time of each, of its own encoder', () => {
    const limit = (id: string, encoder: string, ms: number, severity: 'critical' | 'info' = 'critical') => ({ id, labels: { encoder }, operator: '<=' as const, limit: ms, severity });
    const limits = [limit('encode.wall', 'libx264', 5_000), limit('encode.wall', 'h264_nvenc', 1_000), limit('encode.cpu', 'libx264', 9_000), limit('encode.wall', 'libx264', 4_000, 'info')];
    const charts = scalingView({ ...scalingRecord(), limits }).charts.map(({ chart }) => chart.limits);
    expect(charts).toEqual([[], [{ label: 'limit encode time 5 s', value: 5_000 }], [], [{ label: 'limit encode time 5 s', value: 5_000 }]]);
  });

  it('a scaling: the band has no gap at a level that the law was not computed at', () => {
    for (const { chart } of scalingView(scalingRecord()).charts) {
      for (const { band } of chart.series) expect(band?.low.filter((value) => value === null) ?? []).toEqual([]);
    }
  });

  it('a scaling: the knee on both curves', () => {
    const record = scalingRecord();
    const points = scalingView(record).charts.map(({ chart }) => chart.points);
    expect(points.map((each) => each.map(({ label }) => label))).toEqual([['knee: 2 at once'], ['knee: 2 at once'], ['knee: 3 at once'], ['knee: 3 at once']]);
    const level = record.series[0]?.levels.find(({ concurrency }) => concurrency === 2);
    expect(points[0]?.[0]?.y).toBeCloseTo(3_600 * (level?.throughputPerSecond ?? 0), -1);
    const straight = { ...record, series: record.series.map((series) => ({ ...series, knee: null })) };
    expect(scalingView(straight).charts.flatMap(({ chart }) => chart.points)).toEqual([]);
  });
});
