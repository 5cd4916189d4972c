import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { sortByTest } from '../../../src/k6/merge/by-test.ts';
import { shortFindings } from '../../../src/k6/script/findings.ts';
import { mergeScript } from '../../../src/k6/script/run.ts';

const dir = mkdtempSync(join(tmpdir(), 'k6-by-test-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const DECLARED = '{"type":"Metric","data":{"name":"vus","type":"gauge","contains":"default","thresholds":[],"submetrics":null},"metric":"vus"}';
const point = (metric: string, second: number, tags: object): string => `{"metric":"${metric}","type":"Point","data":{"time":"2026-01-01T00:00:${String(second).padStart(2, '0')}Z","value":1,"tags":${JSON.stringify(tags)}}}`;
const file = (name: string, lines: readonly string[], zip = false): string => {
  const path = join(dir, name);
  const text = `${lines.join('\n')}\n`;
  writeFileSync(path, zip ? gzipSync(text) : text);
  return path;
};
const of = (test: string, pod: number, plan = 'plan-1'): object => ({ plan, bench_test: test, instance_id: String(pod), testrun_name: test });

describe('files of a cluster', () => {
  const plain = file('plan.ndjson', [DECLARED, point('vus', 0, {})]);
  const first = file('browse-0.ndjson.gz', [DECLARED, point('vus', 0, of('browse-1', 0)), point('vus', 1, of('browse-1', 0))], true);
  const second = file('browse-1.ndjson', [DECLARED, point('http_reqs', 0, of('browse-1', 1))]);
  const other = file('search-0.ndjson', [DECLARED, point('vus', 0, of('search-1', 0))]);
  const silent = file('silent.ndjson', [DECLARED]);

  it('are sorted by what their first point says; those of the plan, and those without a point, are the plan’s', async () => {
    expect(await sortByTest('plan-1', true, [other, plain, second, silent, first])).toEqual({ ofPlan: [plain, silent], ofRun: new Map([['search-1', [other]], ['browse-1', [second, first]]]) });
  });

  it('of another export, or twice of one pod, are a mistake', async () => {
    const refused = async (generic: boolean, ...files: string[]): Promise<unknown> => sortByTest('plan-1', generic, files).catch((thrown: unknown) => thrown);
    expect(await refused(true, first, file('copy.ndjson', [point('vus', 0, of('browse-1', 0))]))).toMatchObject({ exitCode: 2, message: expect.stringContaining('are both of pod 0 of browse-1') as string });
    expect(await refused(true, file('old.ndjson', [point('vus', 0, of('browse-1', 0, 'plan-0'))]))).toMatchObject({ exitCode: 2, message: expect.stringContaining('its plan is plan-0, not plan-1') as string });
    expect(await refused(false, plain)).toMatchObject({ exitCode: 2, message: expect.stringContaining('its plan is unknown') as string });
    expect(await refused(false, file('text.ndjson', ['hello']))).toMatchObject({ exitCode: 2 });
    expect(await refused(false, join(dir, 'gone.ndjson'))).toMatchObject({ exitCode: 2, message: expect.stringContaining('cannot be read') as string });
  });
});

describe('a segment that nobody saw end', () => {
  const lasting = (name: string, seconds: number): string => file(name, Array.from({ length: seconds + 1 }, (_, second) => point('vus', second, {})).flatMap((line, second) => [line, point('iterations', second, {})]));

  it('is short where it fell silent before its load was over', async () => {
    const files = [lasting('whole.ndjson', 30), lasting('aborted.ndjson', 20)];
    const { read } = await mergeScript(files, { keys: [], tags: [], warmupMs: 0 }, 'api.shop.svc:8080', 2);
    expect(read.map(({ aliveMs }) => aliveMs)).toEqual([30_000, 20_000]);
    expect(shortFindings(read, 30_000)).toMatchObject([{ severity: 'invalid', code: 'k6-segment-short', message: expect.stringMatching(/^aborted.ndjson ends after 20.* of a load of 30/) as string }]);
    expect(shortFindings(read, 21_000)).toEqual([]);
    expect(shortFindings(read, null)).toEqual([]);
  });
});
