import { quantile } from 'simple-statistics';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { added, figureOf } from '../../../src/observe/amount.ts';
import { pointsIn } from '../../../src/observe/promql.ts';
import { endpointSeries, readAnswer, type Reading } from '../../../src/observe/reading.ts';
import type { Take } from '../../../src/observe/schema.ts';
import { parseSelector } from '../../../src/observe/selector.ts';
import { seenIn, type TimedReading } from '../../../src/observe/window.ts';

const series = (spec: { of?: string | string[]; per?: string | string[]; histogram?: string; across?: 'sum' | 'max' | 'min' | 'avg'; take?: Take }) => endpointSeries({ across: 'sum', take: 'max', of: undefined, per: undefined, histogram: undefined, ...spec });
const read = (text: string, spec: Parameters<typeof series>[0], type = 'text/plain'): Reading | string => {
  const answer = readAnswer(text, type, [series(spec)]);
  return answer.ok ? (answer.readings[0] ?? 'none') : answer.problem;
};

describe('one answer of an endpoint', () => {
  const POOL = 'pool{db="a",state="used"} 3\npool{db="b",state="used"} 5\npool{db="a",state="idle"} 7\n';
  it('puts labelled samples together as asked', () => {
    expect((['sum', 'max', 'min', 'avg'] as const).map((across) => read(POOL, { of: 'pool', across }))).toMatchObject([{ value: 15 }, { value: 7 }, { value: 3 }, { value: 5 }]);
    expect(read(POOL, { of: 'pool{state="used"}' })).toMatchObject({ kind: 'value', value: 8 });
    expect(read(POOL, { of: 'pool{state=~"u.*",db!="a"}' })).toMatchObject({ value: 5 });
    expect(read(POOL, { of: 'pool{state="used"}', per: 'pool' })).toMatchObject({ kind: 'pair', of: 8, per: 15 });
    expect(read(POOL, { of: ['pool{db="a"}', 'pool{db="b"}'] })).toMatchObject({ value: 15 });
  });
  it('leaves NaN and infinity out, and says so; with nothing else there is no reading', () => {
    expect(read('a{x="1"} NaN\na{x="2"} 4\na{x="3"} +Inf\n', { of: 'a' })).toEqual({ kind: 'value', value: 4, left: 2 });
    expect(read('a NaN\n', { of: 'a' })).toEqual({ kind: 'problem', problem: 'every value is NaN' });
    expect(read('a +Inf\n', { of: 'a' })).toEqual({ kind: 'problem', problem: 'every value is Infinity' });
  });
  it('a counter that has not counted yet is 0, a gauge that is not there is none', () => {
    const text = '# TYPE errors_total counter\nerrors_total{code="404"} 3\n';
    expect(read(text, { of: 'errors_total{code="500"}', take: 'rate' })).toMatchObject({ value: 0 });
    expect(read(text, { of: 'errors_total{code="500"}', take: 'max' })).toEqual({ kind: 'problem', problem: 'errors_total has no sample with these labels' });
    expect(read(text, { of: 'other', take: 'rate' })).toEqual({ kind: 'problem', problem: 'the endpoint has no other' });
  });
  it.each([
    ['<!doctype html><html>', 'text/plain', 'the endpoint answers HTML, not metrics as text: is the path right?'],
    ['hello', 'text/html', 'the endpoint answers HTML, not metrics as text: is the path right?'],
    ['{"status":"ok"}', 'application/json', 'the endpoint answers JSON, not metrics as text: is the path right?'],
    ['not metrics at all, really', 'text/plain', "line 1 is not in Prometheus' text format: not metrics at all, really"],
    ['', 'text/plain', 'the endpoint answers nothing'],
  ])('%j is none: a clear sentence', (text, type, problem) => expect(read(text, { of: 'a' }, type)).toBe(problem));
  it('reads a selector as PromQL would, or says what is wrong', () => {
    expect(parseSelector(' a_b:c { x = "1" , y=~"a|b" } ')).toMatchObject({ ok: true, value: { name: 'a_b:c', matchers: [{ label: 'x', operator: '=', value: '1' }, { label: 'y', operator: '=~' }] } });
    expect(['sum(a)', '{x="1"}', 'a{x=1}', 'a{x=~"("}', 'a[5m]'].map((text) => { const parsed = parseSelector(text); return parsed.ok ? 'ok' : parsed.wrong; })).toEqual([
      'has "(a)" behind the name: calculations need promql', 'starts with no metric name', 'cannot be read at "x=1"', 'has no regular expression in x=~"("', 'has "[5m]" behind the name: calculations need promql',
    ]);
  });
});

const values = (...all: number[]): TimedReading[] => all.map((value, index) => ({ atMs: 1_000 * index, reading: { kind: 'value', value, left: 0 } }));
const whole = { fromMs: 0, toMs: 1e9 };
const take = (readings: TimedReading[], how: Take, window = whole): number | string | null => {
  const { value, problem } = seenIn(window, readings, { take: how, scale: 1 });
  return value ?? problem;
};

describe('the readings of a window as one figure', () => {
  it('takes what is asked, of the window alone', () => {
    const readings = values(9, 1, 4, 2, 99);
    const window = { fromMs: 1_000, toMs: 3_000 };
    expect((['max', 'min', 'avg', 'last', 'p50'] as const).map((how) => take(readings, how, window))).toEqual([4, 1, 7 / 3, 2, 2]);
    expect(take(readings, 'max', { fromMs: 5_500, toMs: 6_000 })).toBe('no reading fell into the measured window: read more often (every)');
  });
  it('a rate is the increase of a counter per second, restarts included', () => {
    expect(take(values(10, 20, 30), 'rate')).toBe(10);
    expect(take(values(10, 20, 5, 15), 'rate')).toBe(25 / 3);
    expect(take(values(10), 'rate')).toMatch(/one reading alone/);
  });
  it('a ratio is the increase of one counter by that of another', () => {
    const pairs = ([[5, 10], [8, 14], [1, 2]] as const).map(([of, per], index): TimedReading => ({ atMs: index * 1_000, reading: { kind: 'pair', of, per, left: 0 } }));
    expect(take(pairs, 'ratio')).toBe((3 + 1) / (4 + 2));
    expect(take(pairs.slice(0, 1), 'ratio')).toMatch(/one reading alone/);
    expect(take([pairs[0], pairs[0]].flatMap((each) => each ?? []), 'ratio')).toBe('what it is divided by did not grow during the window');
    expect(take(pairs, 'max')).toBe(8 / 14);
  });
  it('keeps what was read when some readings failed, and says how many', () => {
    const failed: TimedReading = { atMs: 500, reading: { kind: 'problem', problem: 'connection refused' } };
    expect(seenIn(whole, [...values(3, 5), failed], { take: 'max', scale: 1 })).toMatchObject({ value: 5, problem: '1 of 3 readings failed: connection refused' });
    expect(seenIn(whole, [failed], { take: 'max', scale: 1 })).toMatchObject({ value: null, problem: 'connection refused' });
  });
  it('a histogram gives the percentiles of what was counted meanwhile, as histogram_quantile would', () => {
    // promtool's own example for histogram_quantile is linear inside the bucket: 90 % of 10 in (0.1, 1] lies at 0.1 + 0.9 · 0.9.
    const counts = (low: number, high: number, count: number, sum: number): Reading => ({ kind: 'buckets', buckets: [[0.1, low], [1, high], [Number.POSITIVE_INFINITY, count]], sum, count });
    const readings: TimedReading[] = [{ atMs: 0, reading: counts(100, 100, 100, 5) }, { atMs: 1_000, reading: counts(100, 110, 110, 12) }];
    expect(seenIn(whole, readings, { take: 'p90', scale: 1_000 }).value).toBeCloseTo(910, 9);
    expect(seenIn(whole, readings, { take: 'avg', scale: 1_000 }).value).toBeCloseTo(700, 9);
    const beyond: TimedReading[] = [{ atMs: 0, reading: counts(0, 0, 0, 0) }, { atMs: 1_000, reading: counts(0, 1, 10, 100) }];
    expect(seenIn(whole, beyond, { take: 'p95', scale: 1 })).toMatchObject({ value: 1, problem: 'p95 lies above the highest bucket' });
    expect(take([readings[1], readings[1]].flatMap((each) => each ?? []), 'p95')).toBe('nothing was counted during the window');
  });
  it('holds for any readings: min <= avg, percentiles <= max, the same in any number of rounds put together', () => {
    const points = fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(points, points, (a, b) => {
        const both = added([{ kind: 'points', values: a }, { kind: 'points', values: b }]);
        const figure = (how: Take): number => { const found = both === null ? 'none' : figureOf(both, how); return typeof found === 'string' ? Number.NaN : found.value; };
        const all = [...a, ...b];
        expect(figure('max')).toBe(Math.max(...all));
        expect(figure('min')).toBe(Math.min(...all));
        expect(figure('last')).toBe(b.at(-1));
        expect(figure('p95')).toBe(quantile(all, 0.95));
        expect(figure('avg')).toBeGreaterThanOrEqual(figure('min') - 1e-3);
        expect(figure('avg')).toBeLessThanOrEqual(figure('max') + 1e-3);
      }),
    );
  });
  it('a counter never has a negative rate', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 2, maxLength: 30 }), (counter) => {
        expect(take(values(...counter), 'rate')).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('the answer of a Prometheus server', () => {
  const matrix = (...all: [number, string][][]): string => JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: all.map((each) => ({ metric: {}, values: each })) } });
  it.each([
    [matrix([[1, '2'], [2, 'NaN']]), 200, [[1, '2'], [2, 'NaN']]],
    [matrix(), 200, 'the query has no result in the measured window'],
    [matrix([[1, '1']], [[1, '2']]), 200, 'the query has 2 series as its result: make them one, for example with sum( … )'],
    ['{"status":"error","errorType":"bad_data","error":"1:5: parse error: unexpected end of input"}', 400, 'Prometheus refuses the query: 1:5: parse error: unexpected end of input'],
    ['{"status":"success","data":{"resultType":"scalar","result":[1,"2"]}}', 200, 'the query is a scalar where a range of values is needed'],
    ['<html>', 200, 'http://p answers 200 and no JSON: is this a Prometheus server?'],
    ['{"ok":true}', 404, 'http://p answers 404 and not what a Prometheus server would: is this one?'],
  ])('%s', (text, status, expected) => expect(pointsIn(text, status, 'http://p')).toEqual(expected));
});
