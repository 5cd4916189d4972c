import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { mergeSegments } from '../../../src/k6/merge/merge.ts';
import type { K6Plan } from '../../../src/k6/plan.ts';
import { PartCounts } from '../../../src/k6/prometheus/part-counts.ts';
import { exceptionOf, whyOf } from '../../../src/k6/why.ts';
import { plainGet } from '../../../src/load/plan.ts';
import type { LoadResult } from '../../../src/load/result.ts';
import { point, segmentLines, type SegmentLines } from '../../support/k6/points.js';
import { k6Plan } from '../../support/k6/plans.ts';

const dir = mkdtempSync(join(tmpdir(), 'k6-lost-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function merged(plan: K6Plan, lines: readonly string[]): Promise<LoadResult> {
  const path = join(dir, 'points.ndjson');
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  const { parts } = await mergeSegments(plan, [path]);
  return parts[0]!.result;
}
const codes = ({ findings = [] }: LoadResult): string[] => findings.map(({ severity, code }) => `${severity} ${code}`);

const STEPS = [{ ...plainGet('/login'), labels: { step: 'login' } }, { ...plainGet('/list'), labels: { step: 'list' } }];
const flowPlan = k6Plan(1, { warmupMs: 0, flows: [{ weight: 1, steps: STEPS, labels: { step: 'all' } }] });

/** 1,000 iterations of two steps in 10 s; the second has what `second` says, and `over` whether the end of the iteration was told. */
function flow(second: (n: number) => { outcome: string; why?: string } | null, over: (n: number) => boolean): string[] {
  const startMs = Date.UTC(2026, 0, 1);
  const tags = { workload: 'health', round: '0' };
  const lines = [point('bench_start', startMs, startMs, { ...tags, plan: flowPlan.id, segment: '0:1' })];
  for (let n = 0; n < 1_000; n += 1) {
    const atMs = startMs + n * 10 + 5;
    lines.push(point('bench_latency', atMs, 5, { ...tags, step: 'login', outcome: 'ok', status: '200' }));
    const then = second(n);
    if (then !== null) lines.push(point('bench_latency', atMs + 5, 5, { ...tags, step: 'list', status: then.outcome === 'ok' ? '200' : '0', ...then }));
    if (over(n)) lines.push(point('bench_iteration', atMs + 5, 10, { ...tags, outcome: then?.outcome ?? 'other' }));
  }
  return lines;
}

describe('iterations that throw', () => {
  const threw = { outcome: 'other', why: 'exception: token has no value' };

  it('are failures with their text; more than one in a hundred make the run invalid', async () => {
    const few = await merged(flowPlan, flow((n) => (n % 200 === 0 ? threw : { outcome: 'ok' }), () => true));
    expect(codes(few)).toEqual(['warning k6-exceptions']);
    const many = await merged(flowPlan, flow((n) => (n % 20 === 0 ? threw : { outcome: 'ok' }), () => true));
    expect(codes(many)).toEqual(['invalid k6-exceptions']);
    expect(many.findings![0]!.message).toBe('An exception ended 50 of 1000 iterations (5 %): token has no value.');
    // What was never sent is not counted as sent.
    expect(many.requests[1]).toMatchObject({ sent: 950, completed: 950, failed: 50, errors: [{ kind: 'other', count: 50, example: 'GET /list: exception: token has no value' }] });
    expect(many.iterations[0]).toMatchObject({ completed: 950, failed: 50 });
  });

  it('are seen in Prometheus as well', () => {
    const counts = new PartCounts(flowPlan.parts[0]!, 1, [{ part: 'health_0', pod: '1', segment: '0:1', startMs: 0 }]);
    const series = (step: string, outcome: string, count: number, why?: string): void => counts.add('latency', { instance_id: '1', step, outcome, status: outcome === 'ok' ? '200' : '0', ...(why === undefined ? {} : { why }) }, { count, buckets: [{ high: 0.01, count }] });
    series('login', 'ok', 1_000);
    series('list', 'ok', 950);
    series('list', 'other', 50, threw.why);
    counts.add('iteration', { instance_id: '1', outcome: 'ok' }, { count: 950, buckets: [{ high: 0.02, count: 950 }] });
    counts.add('iteration', { instance_id: '1', outcome: 'other' }, { count: 30, buckets: [{ high: 0.02, count: 30 }] });
    counts.ended('1', 9_999);
    const result = counts.result([]);
    expect(codes(result)).toEqual(['invalid k6-exceptions', 'invalid k6-iterations-lost']);
    expect(result.requests[1]).toMatchObject({ sent: 950, failed: 50 });
  });
});

describe('iterations that were begun and have no end', () => {
  it('are a warning, and make the run invalid where they are more than one in a hundred', async () => {
    expect(codes(await merged(flowPlan, flow(() => ({ outcome: 'ok' }), () => true)))).toEqual([]);
    expect(codes(await merged(flowPlan, flow((n) => (n === 500 ? null : { outcome: 'ok' }), (n) => n !== 500)))).toEqual(['warning k6-iterations-lost']);
    const lost = await merged(flowPlan, flow((n) => (n % 20 === 0 ? null : { outcome: 'ok' }), (n) => n % 20 !== 0));
    expect(codes(lost)).toEqual(['invalid k6-iterations-lost']);
    expect(lost.findings![0]!.message).toContain('Of 1000 iterations that were begun, 50 (5 %) have no end');
  });
});

describe('too few and too many', () => {
  const lines = (plan: K6Plan, part: Partial<SegmentLines> = {}): string[] => [...segmentLines({ plan, segment: 0, latencyMs: () => 20, ...part })];

  it('a file that holds itself twice is refused; iterations above 105 % are invalid', async () => {
    const plan = k6Plan(1);
    const once = lines(plan);
    await expect(merged(plan, [...once, ...once])).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('begins twice: health, round 1, has two starts in it') as string });
    const points = once.filter((line) => line.includes('bench_latency'));
    const double = await merged(plan, [...once, ...points]);
    expect(codes(double)).toEqual(['invalid k6-rate-exceeded']);
    expect(double.findings![0]!.message).toBe('There are 2000 iterations where 1000 were planned (200 %).');
    expect(codes(await merged(plan, [...once, ...points.slice(-40)]))).toEqual([]);
  });

  it('one of three is no pass, three of three is', async () => {
    const plan = k6Plan(1, { warmupMs: 0, ratePerSecond: 0.3 });
    const all = lines(plan);
    expect(codes(await merged(plan, all))).toEqual([]);
    const latencies = all.filter((line) => line.includes('bench_latency'));
    expect(latencies).toHaveLength(3);
    expect(codes(await merged(plan, all.filter((line) => !latencies.slice(1).includes(line))))).toContain('invalid k6-rate-not-reached');
    expect(codes(await merged(plan, all.filter((line) => line !== latencies[1])))).toEqual(['invalid k6-rate-not-reached']);
  });

  it('points without a start, more than can wait for one', async () => {
    const plan = k6Plan(1);
    const headless = Array.from<string>({ length: 100_001 }).fill(lines(plan, { until: 100 }).find((line) => line.includes('bench_latency'))!);
    await expect(merged(plan, headless)).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('does not say when it began: more than 100,000 points of health come before that') as string });
    // Fewer: there is no sample, and no pass.
    expect(codes(await merged(plan, headless.slice(0, 90_000)))).toContain('invalid k6-no-samples');
  });

  it('more drops than can be kept, and a clock that is a year off: both bounded', async () => {
    const plan = k6Plan(1);
    const [start, tags] = [Date.UTC(2026, 0, 2, 3, 4, 5), { workload: 'health', round: '0' }];
    const drops = await merged(plan, [...lines(plan), point('dropped_iterations', start + 5_000, 1_000_001, tags)]);
    expect(codes(drops)).toEqual(['invalid k6-rate-exceeded', 'invalid k6-dropped-iterations', 'invalid k6-latencies-shifted']);
    const late = await merged(plan, [...lines(plan), point('bench_latency', start + 365 * 86_400_000, 20, { ...tags, outcome: 'ok', status: '200' })]);
    expect(late.windows).toHaveLength(86_400);
  });

  it('points that overtake their start are not lost, nor is what was dropped before it', async () => {
    const plan = k6Plan(1);
    const all = lines(plan, { dropped: (slot) => slot === 150 });
    const start = all.find((line) => line.includes('"bench_start"'))!;
    const others = all.filter((line) => line !== start);
    const result = await merged(plan, [...others.slice(0, 4_000), start, ...others.slice(4_000)]);
    expect(result.requests[0]).toMatchObject({ completed: 999, failed: 1 });
    expect(codes(result)).toEqual(['warning k6-dropped-iterations']);
  });
});

describe('an exception as a tag', () => {
  it('is one short line, without secrets and without what differs from request to request', () => {
    expect(exceptionOf(new Error('token has no value'), [])).toBe('exception: token has no value');
    expect(whyOf('Invalid URL: parse "http://a/?key=hunter22": bad\n at line 3', [])).toBe('Invalid URL: parse "…": bad at line 3');
    expect(whyOf('no answer of https://a.example/x?token=abc for hunter22 from 127.0.0.1:41234', ['hunter22', 'no'])).toBe('no answer of URL for [redacted] from 127.0.0.1:…');
    expect(whyOf('of hunter22-wxyz and hunter22', ['hunter22', 'hunter22-wxyz'])).toBe('of [redacted] and [redacted]');
    expect(whyOf('x'.repeat(1_000), []).length).toBe(161);
    expect(exceptionOf('GoError: thrown as a text', [])).toBe('exception: thrown as a text');
  });

  it('is without a secret in any form that JSON or a URL gives it', () => {
    const secret = 'p/w "é#\\ \ud800x';
    const path = encodeURI(secret.replace('\ud800', '\ufffd')).replace('#', '%23');
    const part = encodeURIComponent(secret.replace('\ud800', '\ufffd'));
    const json = JSON.stringify(secret).slice(1, -1);
    for (const form of [secret, json, JSON.stringify(json).slice(1, -1), path, path.toLowerCase(), part, part.replaceAll('%20', '+')]) expect(whyOf(`at ${form}.`, [secret])).toBe('at [redacted].');
  });
});
