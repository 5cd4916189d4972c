import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { mergeSegments } from '../../../src/k6/merge/merge.ts';
import { Histogram } from '../../../src/load/histogram.ts';
import { seededRandom } from '../../../src/random.ts';
import type { LoadResult } from '../../../src/load/result.ts';
import { segmentLines, type SegmentLines } from '../../support/k6/points.js';
import { k6Plan } from '../../support/k6/plans.ts';

const dir = mkdtempSync(join(tmpdir(), 'k6-merge-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

let files = 0;
function written(text: string | Buffer): string {
  const path = join(dir, `${(files += 1)}.ndjson`);
  writeFileSync(path, text);
  return path;
}

const text = (options: SegmentLines): string => `${[...segmentLines(options)].join('\n')}\n`;

async function merged(segments: number, part: Omit<SegmentLines, 'plan' | 'segment'>, load = {}): Promise<LoadResult> {
  const plan = k6Plan(segments, load);
  const paths = Array.from({ length: segments }, (_, segment) => written(text({ plan, segment, ...part })));
  const { parts } = await mergeSegments(plan, paths);
  const [only] = parts;
  if (only === undefined) throw new Error('no part');
  return only.result;
}

const codes = ({ findings = [] }: LoadResult): string[] => findings.map(({ severity, code }) => `${severity} ${code}`);

/** A lognormal service, as `slot` decides. */
const latencies = Array.from({ length: 2_000 }, (_, slot) => {
  const random = seededRandom(slot + 1);
  return Math.exp(3 + 0.6 * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));
});
const latencyMs = (slot: number): number => Number((latencies[slot % latencies.length] ?? 1).toFixed(6));

describe('merging the points of segments', () => {
  it.each([1, 2, 8])('percentiles of %i segments are those of all samples sorted', async (segments) => {
    const result = await merged(segments, { latencyMs });
    const all = Array.from({ length: 1_100 }, (_, slot) => slot).filter((slot) => slot * 10 >= 1_000).map(latencyMs).sort((a, b) => a - b);
    expect(result.requests[0]).toMatchObject({ completed: 1_000, failed: 0, sent: 1_000, statuses: { 200: 1_000 } });
    const histogram = Histogram.fromData(result.requests[0]!.latency);
    for (const q of [0.5, 0.9, 0.95, 0.99, 1]) {
      const truthUs = all[Math.ceil(q * all.length) - 1]! * 1_000;
      expect(histogram.quantile(q)).toBeGreaterThanOrEqual(truthUs - 1);
      expect(histogram.quantile(q)).toBeLessThanOrEqual(truthUs * (1 + 1 / 1_024) + 1);
    }
    expect(codes(result)).toEqual([]);
    // The last answers come after the last second of arrivals.
    expect(result.windows.length).toBeGreaterThanOrEqual(10);
    expect(result.windows[3]).toMatchObject({ offered: 100, dropped: 0 });
  });

  it('reads gzip as it reads plain text, and clocks that differ by less than a beat', async () => {
    const plan = k6Plan(2);
    const one = written(gzipSync(text({ plan, segment: 0, latencyMs })));
    const two = written(text({ plan, segment: 1, latencyMs, startMs: Date.UTC(2026, 0, 2, 3, 4, 5) + 300 }));
    const { parts, points } = await mergeSegments(plan, [one, two]);
    expect(points).toBe(2 + 1_100 * 15);
    expect(parts[0]!.result.requests[0]).toMatchObject({ completed: 1_000 });
    expect(codes(parts[0]!.result)).toEqual([]);
  });

  it('failures and timeouts are what the script says they are; timeouts are in the percentiles', async () => {
    const outcome = (slot: number) => (slot % 10 === 0 ? { outcome: '5xx', status: 503, why: '503' } : slot % 10 === 5 ? { outcome: 'timeout', status: 0, why: 'no answer' } : { outcome: 'ok', status: 200 });
    const result = await merged(2, { latencyMs: () => 20, outcome });
    expect(result.requests[0]).toMatchObject({ completed: 800, failed: 200, statuses: { 200: 800, 503: 100 } });
    expect(result.requests[0]!.errors).toEqual([
      { kind: 'timeout', count: 100, example: 'GET /health: no answer' },
      { kind: '5xx', count: 100, example: 'GET /health: 503' },
    ]);
    expect(Histogram.fromData(result.requests[0]!.latency).count).toBe(900);
  });

  it.each([1, 2])('a few dropped iterations do not shift the latencies of those after them (%i segments)', async (segments) => {
    const result = await merged(segments, { latencyMs: () => 20, dropped: (slot) => slot >= 500 && slot < 508 });
    const histogram = Histogram.fromData(result.requests[0]!.latency);
    expect(result.requests[0]).toMatchObject({ completed: 992, failed: 8 });
    expect(histogram.quantile(0.5)! / 1_000).toBeCloseTo(20, 0);
    expect(histogram.quantile(0.99)! / 1_000).toBeCloseTo(20, 0);
    expect(histogram.quantile(1)).toBe(2_000_000);
    expect(codes(result)).toEqual(['warning k6-dropped-iterations']);
  });

  it('more dropped iterations than one in a hundred make the run invalid', async () => {
    expect(codes(await merged(1, { latencyMs: () => 20, dropped: (slot) => slot % 20 === 7 }))).toContain('invalid k6-dropped-iterations');
  });

  it('a rate that was not reached makes the run invalid', async () => {
    expect(codes(await merged(1, { latencyMs: () => 20 }, {}))).toEqual([]);
    const plan = k6Plan(1, { ratePerSecond: 200 });
    const half = text({ plan: { ...plan, parts: plan.parts.map((each) => ({ ...each, load: { ...each.load, ratePerSecond: 100 } })) }, segment: 0, latencyMs: () => 20 });
    const { parts } = await mergeSegments(plan, [written(half)]);
    expect(codes(parts[0]!.result)).toEqual(['invalid k6-rate-not-reached']);
  });
});

describe('what is wrong with the files', () => {
  it('a torn last line', async () => {
    const plan = k6Plan(1);
    const { parts } = await mergeSegments(plan, [written(text({ plan, segment: 0, latencyMs }).slice(0, -30))]);
    expect(codes(parts[0]!.result)).toEqual(['invalid k6-file-torn']);
  });

  it('a torn gzip file', async () => {
    const plan = k6Plan(1);
    const whole = gzipSync(text({ plan, segment: 0, latencyMs }));
    const { parts } = await mergeSegments(plan, [written(whole.subarray(0, whole.length / 2))]);
    expect(codes(parts[0]!.result)).toContain('invalid k6-file-torn');
  });

  it('a segment that is missing, and one that died in the middle', async () => {
    const plan = k6Plan(2);
    const first = written(text({ plan, segment: 0, latencyMs }));
    const { parts } = await mergeSegments(plan, [first]);
    expect(codes(parts[0]!.result)).toEqual(['invalid k6-segment-missing', 'invalid k6-rate-not-reached']);
    const died = await mergeSegments(plan, [first, written(text({ plan, segment: 1, latencyMs, until: 4_000 }))]);
    expect(codes(died.parts[0]!.result)).toEqual(['invalid k6-rate-not-reached', 'invalid k6-segment-ended-early']);
  });

  it('segments that did not begin together', async () => {
    const plan = k6Plan(2);
    const at = Date.UTC(2026, 0, 2, 3, 4, 5);
    const starts = async (skewMs: number): Promise<string[]> => {
      const { parts } = await mergeSegments(plan, [written(text({ plan, segment: 0, latencyMs })), written(text({ plan, segment: 1, latencyMs, startMs: at + skewMs }))]);
      return codes(parts[0]!.result);
    };
    expect(await starts(700)).toEqual(['warning k6-start-skew']);
    expect(await starts(3_600_000)).toEqual(['invalid k6-start-skew']);
  });

  it('no samples are never a pass', async () => {
    const plan = k6Plan(1);
    const empty = await mergeSegments(plan, [written('')]);
    expect(codes(empty.parts[0]!.result)).toEqual(['invalid k6-no-samples', 'invalid k6-segment-missing', 'invalid k6-no-samples']);
    const none = await mergeSegments(plan, []);
    expect(codes(none.parts[0]!.result)).toContain('invalid k6-no-samples');
  });

  it('files of two runs, files that are none of k6’s', async () => {
    const plan = k6Plan(2);
    const one = (id: string): string => written(text({ plan: { ...plan, id }, segment: 0, latencyMs: () => 20 }));
    await expect(mergeSegments(plan, [one('plan-1'), one('plan-2')])).rejects.toThrow(/is of another run: its plan is plan-2, not plan-1/);
    const zipped = written(gzipSync(text({ plan: { ...plan, id: 'plan-2' }, segment: 0, latencyMs: () => 20 })));
    await expect(mergeSegments(plan, [zipped])).rejects.toThrow(/is of another run: its plan is plan-2, not plan-1/);
    await expect(mergeSegments(plan, [written(gzipSync('{"root_group":{}}\n'))])).rejects.toThrow(/line 1 is not a point of k6's JSON output/);
    await expect(mergeSegments(plan, [one('plan-1'), one('plan-1')])).rejects.toThrow(/hold the same part of the load: they are of two runs/);
    await expect(mergeSegments(plan, [written('{"root_group":{}}\n')])).rejects.toThrow(/line 1 is not a point of k6's JSON output: \{"root_group"/);
    await expect(mergeSegments(plan, [join(dir, 'nowhere')])).rejects.toThrow(/cannot be read: ENOENT/);
  });
});
