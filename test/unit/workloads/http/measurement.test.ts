import { describe, expect, it } from 'vitest';
import { Histogram } from '../../../../src/load/histogram.ts';
import type { LoadResult, RequestResult } from '../../../../src/load/result.ts';
import { measurementOf, type Round } from '../../../../src/workloads/http/measurement.ts';
import { load as loadSchema } from '../../../../src/workloads/http/schema.ts';

const load = loadSchema.parse({ model: 'open', rate: 10, duration: '1s' });

function histogram(valuesMs: readonly number[]): Histogram {
  const result = new Histogram();
  valuesMs.forEach((ms) => result.record(ms * 1_000));
  return result;
}

function round(number: number, latenciesMs: readonly number[], change: Partial<RequestResult> = {}): Round {
  const request: RequestResult = {
    labels: {},
    sent: latenciesMs.length,
    completed: latenciesMs.length,
    failed: 0,
    completedInTime: latenciesMs.length,
    receivedInTimeBytes: 0,
    statuses: { '200': latenciesMs.length },
    errors: [],
    latency: histogram(latenciesMs).toData(),
    service: histogram(latenciesMs).toData(),
    failedLatency: histogram([]).toData(),
    connect: histogram([]).toData(),
    tls: histogram([]).toData(),
    firstByte: histogram([]).toData(),
    ...change,
  };
  const generator = { connectionsOpened: 1, localFailures: null, reconnects: 0, unanswered: 0 };
  const result: LoadResult = { engine: 'readybench-open', ended: 'complete', measuredMs: 1_000, requests: [request], iterations: [], started: 0, windows: [], samples: [], generator };
  return { type: 'measured', round: number, result };
}

const figures = (rounds: readonly Round[]) => Object.fromEntries(measurementOf(rounds, load).metrics.map(({ id, value, rounds: each, n }) => [id, { value, rounds: each, n }]));

describe('measurementOf', () => {
  it('merges percentiles over the rounds, pools rates, takes the median throughput', () => {
    const errors = [{ kind: '5xx', count: 2, example: 'GET /: 503' }];
    const metrics = figures([
      round(0, [1, 1, 1, 1]),
      round(1, [2, 2], { completed: 2, failed: 2, completedInTime: 2, errors, statuses: { '200': 2, '503': 2 } }),
      round(2, [1, 1, 1]),
    ]);
    expect(metrics['latency.p50']).toEqual({ value: 1, rounds: [1, 2, 1], n: 9 });
    expect(metrics['latency.p90']).toEqual({ value: 2, rounds: [1, 2, 1], n: 9 });
    expect(metrics['throughput']).toEqual({ value: 3, rounds: [4, 2, 3], n: 9 });
    expect(metrics['errors.rate']).toEqual({ value: 2 / 11, rounds: [0, 0.5, 0], n: 11 });
    expect(metrics['success.rate']).toEqual({ value: 9 / 11, rounds: [1, 0.5, 1], n: 11 });
  });

  it('adds up counts, statuses and errors, keeping the first example', () => {
    const error = (count: number, example: string) => [{ kind: '5xx', count, example }];
    const { detail } = measurementOf([round(0, [1], { failed: 1, statuses: { '200': 1, '503': 1 }, errors: error(1, 'first') }), round(1, [1], { failed: 2, statuses: { '503': 2 }, errors: error(2, 'second') })], load);
    expect(detail).toMatchObject({ engine: 'readybench-open', requests: [{ sent: 2, completed: 2, failed: 3, statuses: { '200': 1, '503': 3 }, errors: [{ kind: '5xx', count: 3, example: 'first' }] }] });
  });

  it('leaves out what has no sample, and leaves a gap for a round without', () => {
    expect(measurementOf([], load)).toMatchObject({ metrics: [], histograms: [], validity: { status: 'valid' }, series: { spectrum: [] } });
    const allFailed = figures([round(0, [], { failed: 10 })]);
    expect(Object.keys(allFailed)).toEqual(['throughput', 'errors.rate', 'success.rate']);
    expect(allFailed['errors.rate']).toEqual({ value: 1, rounds: [1], n: 10 });
    const gap = figures([{ type: 'set-up-failed', round: 0, step: 'login', message: 'x' }, round(1, [3])]);
    expect(gap['latency.p50']).toEqual({ value: 3, rounds: [null, 3], n: 1 });
  });

  it('makes a round whose set-up failed an invalid finding', () => {
    const { validity } = measurementOf([{ type: 'set-up-failed', round: 2, step: 'login', message: 'unexpected status 401. Sent: POST /login.' }], load);
    expect(validity).toMatchObject({ status: 'invalid', findings: [{ code: 'set-up-failed', round: 2, message: 'Set-up step login failed, so the round was not measured: unexpected status 401. Sent: POST /login.' }] });
  });

  it('keeps the histograms of every round', () => {
    const { histograms, series } = measurementOf([round(0, [1, 2]), round(1, [5])], load);
    expect(histograms.map(({ id, round: each }) => `${id} ${each}`)).toEqual(['latency 0', 'service 0', 'latency 1', 'service 1']);
    expect(Histogram.decode(histograms[2]?.encoded ?? '').count).toBe(1);
    expect(series).toMatchObject({ kind: 'http', rounds: [{ round: 0 }, { round: 1 }] });
  });

  it('keeps the requests of a mix apart', () => {
    const one = round(0, [1, 1]);
    const other = round(0, [9, 9, 9]);
    if (one.type !== 'measured' || other.type !== 'measured') throw new Error('both are measured');
    const named = (result: LoadResult, request: string) => result.requests.map((each) => ({ ...each, labels: { request } }));
    const result = { ...one.result, requests: [...named(one.result, 'read'), ...named(other.result, 'write')] };
    const { metrics, histograms, series, detail } = measurementOf([{ type: 'measured', round: 0, result }], load);
    const p50 = metrics.filter(({ id }) => id === 'latency.p50').map(({ labels, value, n }) => ({ labels, value, n }));
    expect(p50).toEqual([{ labels: { request: 'read' }, value: 1, n: 2 }, { labels: { request: 'write' }, value: 9, n: 3 }].map((each) => ({ ...each, value: expect.closeTo(each.value, 2) as number })));
    expect(histograms.map(({ id, labels }) => `${id} ${labels['request']}`)).toEqual(['latency read', 'service read', 'latency write', 'service write']);
    expect(series).toMatchObject({ spectrum: [{ labels: { request: 'read' } }, { labels: { request: 'write' } }] });
    expect(detail).toMatchObject({ requests: [{ labels: { request: 'read' }, sent: 2 }, { labels: { request: 'write' }, sent: 3 }] });
  });
});
