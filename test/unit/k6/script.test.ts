import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { scriptModules } from '../../../src/k6/script/modules.ts';
import { shortFindings } from '../../../src/k6/script/findings.ts';
import { mergeScript } from '../../../src/k6/script/run.ts';
import type { Lane, Wanted } from '../../../src/k6/script/tally.ts';
import { Histogram } from '../../../src/load/histogram.ts';
import { point } from '../../support/k6/points.js';
import { recordedFile, recordedLines } from '../../support/k6/recorded.js';

const dir = mkdtempSync(join(tmpdir(), 'k6-script-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

let files = 0;
function written(lines: readonly string[]): string {
  const path = join(dir, `${(files += 1)}.ndjson`);
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  return path;
}

const HOST = '127.0.0.1:9930';
const wanted: Wanted = { keys: ['http_req_duration{endpoint:health}'], tags: ['endpoint'], warmupMs: 0 };
const lane = (lanes: readonly Lane[], key: string): Lane => lanes.find((each) => each.key === key)!;
const quantileMs = (found: Lane, q: number): number => (found.type === 'trend' ? Histogram.fromData(found.samples).quantile(q)! / 1_000 : Number.NaN);
const codes = (found: readonly { severity: string; code: string }[]): string[] => found.map(({ severity, code }) => `${severity} ${code}`);

describe('points that k6 2.2.0 wrote for a hand-written script', () => {
  it('become the figures that sorting them gives', async () => {
    const { figures, found } = await mergeScript([fileURLToPath(recordedFile('points'))], wanted, HOST, 1);
    expect(found).toEqual([]);
    // Sorted by another program (Python), nearest rank.
    const health = lane(figures.lanes, 'http_req_duration{endpoint:health}');
    for (const [q, ms] of [[0.5, 21.367425], [0.95, 22.080021], [0.99, 35.926418]] as const) expect(Math.abs(quantileMs(health, q) - ms)).toBeLessThanOrEqual(ms / 1_024 + 0.001);
    expect(quantileMs(lane(figures.lanes, 'http_req_duration{endpoint:status}'), 0.99)).toBeCloseTo(24.388, 1);
    expect(lane(figures.lanes, 'http_req_failed')).toMatchObject({ type: 'rate', trues: 0, n: 98 });
    expect(lane(figures.lanes, 'checks')).toMatchObject({ type: 'rate', trues: 98, n: 98 });
    expect(lane(figures.lanes, 'http_reqs')).toMatchObject({ type: 'counter', sum: 98 });
    expect(figures).toMatchObject({ iterations: 98, dropped: 0, strangers: [], unread: [] });
    expect(figures.requests.map(({ labels, sent, completed, statuses }) => ({ labels, sent, completed, statuses }))).toEqual([
      { labels: {}, sent: 98, completed: 98, statuses: { 200: 98 } },
      { labels: { endpoint: 'health' }, sent: 61, completed: 61, statuses: { 200: 61 } },
      { labels: { endpoint: 'status' }, sent: 37, completed: 37, statuses: { 200: 37 } },
    ]);
    // k6's own summary says 32.4/s over 3.023 s; from the first point to the last it is a little more.
    expect(98 / (figures.measuredMs / 1_000)).toBeCloseTo(32.8, 0);
  });

  it('of two segments are one result; segments that ran one after the other are told', async () => {
    const of = (apart: boolean) => [0, 1].map((segment) => written(recordedLines({ segment, segments: 2, apart })));
    const { figures, found } = await mergeScript(of(false), wanted, HOST, 2);
    expect(codes(found)).toEqual([]);
    expect(lane(figures.lanes, 'http_req_failed')).toMatchObject({ n: 98 });
    expect(quantileMs(lane(figures.lanes, 'http_req_duration{endpoint:health}'), 1)).toBeCloseTo(24.598, 1);
    expect(codes((await mergeScript(of(true), wanted, HOST, 2)).found)).toEqual(['invalid k6-start-skew']);
  });

  it('tell how long k6 ran, whether or not the scenario lists the metric that tells it', async () => {
    const files = [fileURLToPath(recordedFile('points'))];
    const { figures, read } = await mergeScript(files, wanted, HOST, 1);
    const listed = await mergeScript(files, { ...wanted, keys: ['vus', ...wanted.keys] }, HOST, 1);
    expect(read[0]!.aliveMs).toBeGreaterThan(1_500);
    expect(listed.read).toEqual(read);
    expect(listed.figures).toEqual({ ...figures, unread: ['vus'] });
    expect(shortFindings(listed.read, 3_000)).toEqual([]);
  });

  it('leave the warm-up out', async () => {
    const { figures } = await mergeScript([fileURLToPath(recordedFile('points'))], { ...wanted, warmupMs: 1_500 }, HOST, 1);
    expect(figures.iterations).toBeGreaterThan(40);
    expect(figures.iterations).toBeLessThan(70);
    expect(figures.measuredMs).toBeLessThan(1_510);
  });
});

describe('what is wrong with a script’s points', () => {
  it('a segment that is missing, one without a sample, none at all, a torn file, another host', async () => {
    const two = [0, 1].map((segment) => written(recordedLines({ segment, segments: 2 })));
    expect(codes((await mergeScript(two.slice(0, 1), wanted, HOST, 2)).found)).toEqual(['invalid k6-segment-missing']);
    expect(codes((await mergeScript([two[0]!, written(recordedLines({ segment: 1, segments: 2 }).filter((line) => line.includes('"type":"Metric"')))], wanted, HOST, 2)).found)).toEqual(['invalid k6-segment-silent']);
    expect(codes((await mergeScript([], wanted, HOST, 1)).found)).toEqual(['invalid k6-segment-missing', 'invalid k6-no-samples']);
    const torn = join(dir, 'torn.ndjson');
    writeFileSync(torn, recordedLines({ segment: 0, segments: 1 }).join('\n').slice(0, -40));
    expect(codes((await mergeScript([torn], wanted, HOST, 1)).found)).toEqual(['invalid k6-file-torn']);
    const elsewhere = await mergeScript([fileURLToPath(recordedFile('points'))], wanted, 'api.example', 1);
    expect(codes(elsewhere.found)).toEqual(['invalid k6-other-host']);
    expect(elsewhere.found[0]!.message).toContain('http://127.0.0.1:9930/');
  });

  it('dropped iterations, failures by kind, trends of something else than time, requests of setup()', async () => {
    const declared = (name: string, type: string, contains: string): string => `{"type":"Metric","data":{"name":"${name}","type":"${type}","contains":"${contains}","thresholds":[],"submetrics":null},"metric":"${name}"}`;
    const at = Date.UTC(2026, 0, 1);
    const url = `http://${HOST}/x`;
    const lines = [
      declared('http_req_duration', 'trend', 'time'), declared('dropped_iterations', 'counter', 'default'), declared('iterations', 'counter', 'default'), declared('size', 'trend', 'data'), declared('orders', 'counter', 'default'),
      point('http_req_duration', at, 5, { group: '::setup', url: 'http://elsewhere.example/', expected_response: 'true', status: '200' }),
      ...Array.from({ length: 98 }, (_, index) => point('http_req_duration', at + 10 * index, 5, { group: '', url, expected_response: 'true', status: '200' })),
      ...Array.from({ length: 98 }, (_, index) => point('iterations', at + 10 * index, 1, {})),
      point('http_req_duration', at + 1_000, 5, { group: '', url, name: '/x', method: 'GET', expected_response: 'false', status: '503', error_code: '1503' }),
      point('http_req_duration', at + 1_000, 60_000, { group: '', url, name: '/x', method: 'GET', expected_response: 'false', status: '0', error_code: '1050', error: 'request timeout' }),
      point('dropped_iterations', at + 1_000, 2, {}),
      point('size', at + 1_000, 100, {}),
      point('orders', at + 2_000, 6, {}),
    ];
    const { figures, found } = await mergeScript([written(lines)], { keys: ['size', 'orders', 'nothing'], tags: [], warmupMs: 0 }, HOST, 1);
    expect(codes(found)).toEqual(['invalid k6-dropped-iterations']);
    expect(figures).toMatchObject({ unread: ['size'], dropped: 2, strangers: [] });
    expect(figures.requests[0]).toMatchObject({ sent: 100, completed: 98, failed: 2, statuses: { 200: 98, 503: 1 } });
    expect(figures.requests[0]!.errors).toEqual([{ kind: '5xx', count: 1, example: 'GET /x: 503' }, { kind: 'timeout', count: 1, example: 'GET /x: request timeout' }]);
    expect(lane(figures.lanes, 'orders')).toMatchObject({ type: 'counter', sum: 6, n: 1 });
    expect(figures.lanes.map(({ key }) => key)).not.toContain('size');
  });
});

describe('the files of a script', () => {
  it('are the script and what it imports, and what is in them tells two scripts apart', async () => {
    const root = join(dir, 'modules');
    mkdirSync(join(root, 'lib'), { recursive: true });
    const main = join(root, 'main.ts');
    writeFileSync(main, "import http from 'k6/http';\nimport { a } from './lib/a.ts'; // import './gone.ts'\nexport { b } from './lib/b.js';\nconst url = 'http://x'; /* from './gone.js' */\n");
    writeFileSync(join(root, 'lib/a.ts'), "import { b } from './b.js';\nexport const a = b;\n");
    writeFileSync(join(root, 'lib/b.js'), 'export const b = 1;\n');
    const before = await scriptModules(main, 'main.ts');
    expect(before.files).toEqual([main, join(root, 'lib/a.ts'), join(root, 'lib/b.js')]);
    writeFileSync(join(root, 'lib/b.js'), 'export const b = 2;\n');
    expect((await scriptModules(main, 'main.ts')).sha256).not.toBe(before.sha256);
    writeFileSync(join(root, 'lib/b.js'), "import './c.js';\n");
    await expect(scriptModules(main, 'w: main.ts')).rejects.toThrow(/^w: main\.ts: lib\/b\.js imports lib\/c\.js, which cannot be read \(ENOENT/);
    await expect(scriptModules(join(root, 'none.ts'), 'w: none.ts')).rejects.toThrow(/^w: none\.ts cannot be read/);
  });
});
