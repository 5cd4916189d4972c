import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createGunzip } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { findK6 } from '../../../src/host/k6-tool.ts';
import { createToolResolver } from '../../../src/host/tools.ts';
import { makeK6Plan, type PartOf } from '../../../src/k6/make-plan.ts';
import { mergeSegments } from '../../../src/k6/merge/merge.ts';
import type { K6Plan } from '../../../src/k6/plan.ts';
import { inspectScript } from '../../../src/k6/script/inspect.ts';
import { runScript } from '../../../src/k6/script/run.ts';
import { SCRIPT } from '../../../src/k6/script-files.ts';
import { Histogram } from '../../../src/load/histogram.ts';
import { plainGet, single } from '../../../src/load/plan.ts';
import type { LoadResult } from '../../../src/load/result.ts';
import { plannedHttp } from '../../../src/workloads/http/http.ts';
import { httpWorkload } from '../../../src/workloads/http/schema.ts';
import { startMirror } from '../../support/k6/mirror.ts';
import { onK6, realK6 } from '../../support/k6/on-k6.ts';
import { openPlan } from '../../support/k6/plans.ts';

const dir = mkdtempSync(join(tmpdir(), 'k6-real-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Every load model and every kind of request, 1.5 s each, all at once. */
const WORKLOADS = `
- { name: constant, http: { request: { path: /json }, expect: { json: { /list/0/a: b, /id: { exists: true } }, headers: { content-type: { matches: json } } }, load: { model: open, rate: 40, duration: 1s, warmup: 500ms } } }
- { name: poisson, http: { request: { path: /poisson }, load: { model: open, rate: 40, arrivals: poisson, duration: 1s, warmup: 500ms } } }
- { name: odd, http: { request: { path: /odd }, load: { model: open, rate: 1000/m, duration: 1s, warmup: 500ms } } }
- { name: ramp, http: { request: { path: /ramp }, load: { model: staged, rate: 10, stages: [{ rampTo: 90, duration: 1s }], warmup: 500ms } } }
- { name: steps, http: { request: { path: /steps }, load: { model: staged, rate: 10, stages: [{ rate: 20, duration: 400ms }, { rate: 100, duration: 200ms }, { rate: 20, duration: 400ms }], warmup: 500ms } } }
- { name: closed, http: { request: { path: /closed }, load: { model: closed, engine: own, connections: 8, thinkTime: 50ms, duration: 1s, warmup: 500ms } } }
- { name: mix, http: { mix: [{ name: a, weight: 3, request: { path: /a } }, { name: b, request: { method: POST, path: /b, json: { a: 1 } } }], load: { model: open, rate: 40, duration: 1s, warmup: 500ms } } }
- name: flow
  http:
    setup: [{ name: first, request: { path: /json }, capture: { first: { json: /id } } }]
    cookies: true
    flow:
      steps:
        - { name: login, request: { method: POST, path: "/login?\${first}", body: hello }, capture: { token: { regex: 'token="(\\w+)"' }, next: { header: location, regex: "^/(.*)$" } }, pause: 20ms }
        - { name: go, request: { path: "/\${next}", headers: { authorization: "Bearer \${token}" } } }
    load: { model: open, rate: 20, duration: 1s, warmup: 500ms }
- { name: data, http: { data: { generate: { n: { sequence: { from: 100 } } } }, request: { method: POST, path: /data, json: { n: "\${data.n}" } }, load: { model: open, rate: 20, duration: 1s, warmup: 500ms } } }
- { name: put, http: { request: { method: PUT, path: /put, bodyFile: clip.bin }, load: { model: open, rate: 10, duration: 1s, warmup: 500ms } } }
- { name: form, http: { request: { method: POST, path: /form, multipart: [{ name: title, value: "a ü" }, { name: file, file: clip.bin, filename: x.mp4 }] }, load: { model: open, rate: 10, duration: 1s, warmup: 500ms } } }
- { name: big, http: { request: { path: /big }, expect: { maxBodyBytes: 400kB }, load: { model: open, rate: 20, duration: 1s, warmup: 500ms } } }
- { name: failing, http: { request: { path: /503 }, load: { model: open, rate: 20, duration: 1s, warmup: 500ms } } }
- { name: resetting, http: { request: { path: /reset }, load: { model: open, rate: 20, duration: 1s, warmup: 500ms } } }
- { name: hanging, http: { request: { path: /hang }, load: { model: open, rate: 20, duration: 1s, warmup: 500ms, timeout: 300ms } } }
- { name: away, http: { request: { path: /away }, load: { model: open, rate: 20, duration: 1s, warmup: 500ms } } }
- { name: fresh, http: { request: { path: /fresh }, connection: new, load: { model: open, rate: 20, duration: 1s, warmup: 500ms } } }
`;

/** A machine that is full keeps k6 from its time, and what is then missing is rightly called invalid; a defect fails every time. */
const AGAIN = { retry: 2 };

describe.skipIf(realK6 === null)('the real k6 (needs k6 on PATH or K6_PATH)', () => {
  let mirror: Awaited<ReturnType<typeof startMirror>>;
  beforeAll(async () => (mirror = await startMirror()));
  afterAll(() => mirror.stop());

  /** All workloads begin together, which bench itself never lets them. */
  async function planOf(segments: number): Promise<K6Plan> {
    writeFileSync(join(dir, 'clip.bin'), Buffer.alloc(50_000, 'clip'));
    const target = { baseUrl: mirror.origin, label: 'mirror', headers: { 'x-client': 'test' }, addresses: [] };
    const parts: PartOf[] = [];
    for (const each of parse(WORKLOADS) as unknown[]) {
      const workload = httpWorkload.parse(each);
      const { name } = workload;
      const context = { name, rounds: 1, seed: 5, target, scenarioDir: dir, workDir: dir, tools: createToolResolver({}), signal: new AbortController().signal, insecureTls: false, keepSecret: () => undefined, progress: () => undefined };
      const [planned] = await plannedHttp(workload, context, 1);
      const load = planned!.load.model === 'open' ? { ...planned!.load, maxInFlight: 64 } : planned!.load;
      parts.push({ workload: name, round: 0, setup: planned!.setup, load });
    }
    const plan = makeK6Plan('all', parts, segments);
    const scenarios = Object.fromEntries(Object.entries(plan.options['scenarios'] as Record<string, object>).map(([name, own]) => [name, { ...own, startTime: '0s' }]));
    return { ...plan, parts: plan.parts.map((part) => ({ ...part, startMs: 0 })), options: { ...plan.options, scenarios } };
  }

  it.each([1, 8])('runs every kind of load and request, and its percentiles are those of all samples sorted, %i segments', AGAIN, async (segments) => {
    mirror.seen.clear();
    const plan = await planOf(segments);
    const folder = join(dir, `all-${segments}`);
    const { files, ...told } = await onK6(plan, folder);
    expect(told).toEqual({ ends: files.map(() => ({ code: 0, errors: false })), threw: 0, lost: 0 });
    const facts = await inspectScript(await findK6(process.env), join(folder, SCRIPT), 'the generic script', {});
    expect(facts.executors).toHaveLength(plan.parts.length);
    // Graceful stops are in the one and not in the other.
    expect([facts.plannedMs, facts.longestMs! > 10_000]).toEqual([1_500, true]);

    const merged = await mergeSegments(plan, files);
    const of = (name: string): LoadResult => merged.parts.find(({ part }) => part.workload === name)!.result;
    const counts = (name: string): unknown[] => of(name).requests.map(({ completed, failed }) => [completed, failed]);
    // Machine-made lateness apart, nothing is wrong with what was sent.
    const invalid = merged.parts.flatMap(({ result: { findings = [] } }) => findings.filter(({ severity, code }) => severity === 'invalid' && code !== 'k6-start-skew'));
    expect(invalid).toEqual([]);
    expect(['constant', 'put', 'form', 'big', 'data', 'fresh'].map((name) => [name, counts(name)])).toEqual([['constant', [[40, 0]]], ['put', [[10, 0]]], ['form', [[10, 0]]], ['big', [[20, 0]]], ['data', [[20, 0]]], ['fresh', [[20, 0]]]]);
    expect(counts('flow')).toEqual([[20, 0], [20, 0]]);
    expect(of('flow').iterations).toMatchObject([{ completed: 20, failed: 0 }]);
    expect(counts('away')).toEqual([[0, 20]]);
    const kinds = (name: string): string[] => of(name).requests.flatMap(({ errors }) => errors.map(({ kind }) => kind));
    expect([kinds('failing'), kinds('resetting'), kinds('hanging'), kinds('away')]).toEqual([['5xx'], ['reset'], ['timeout'], ['redirect']]);
    for (const name of ['ramp', 'steps']) expect(of(name).started, name).toBeGreaterThanOrEqual(name === 'ramp' ? 48 : 34);

    const seen = (path: string) => mirror.seen.get(path)!;
    expect(new Set(seen('/flow/42').map(({ url, headers: { authorization, cookie } }) => `${url} ${authorization} ${cookie}`))).toEqual(new Set(['/flow/42?k=v Bearer abc123 sid=s1']));
    expect(new Set(seen('/login').map(({ url }) => url))).toEqual(new Set(['/login?7']));
    // Each number once, warm-up included.
    expect(seen('/data').map(({ body }) => body.toString()).toSorted()).toEqual(Array.from({ length: 30 }, (_, n) => `{"n":${100 + n}}`).toSorted());
    expect(seen('/put').every(({ body }) => body.equals(readFileSync(join(dir, 'clip.bin'))))).toBe(true);
    for (const { body, headers } of seen('/form')) {
      expect(headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
      expect(body.toString('latin1').replace(/^--.*\r\n/, '')).toMatch(/^content-disposition: form-data; name="title"\r\n\r\na Ã¼\r\n--.*\r\ncontent-disposition: form-data; name="file"; filename="x.mp4"\r\ncontent-type: application\/octet-stream\r\n\r\nclip/);
    }
    expect(new Set([...mirror.seen.values()].flat().map(({ headers }) => headers['x-client']))).toEqual(new Set(['test']));

    const samples = await latencies(files);
    for (const name of ['constant', 'poisson', 'ramp', 'fresh', 'big']) {
      const sorted = samples.get(name)!.toSorted((a, b) => a - b);
      const histogram = Histogram.fromData(of(name).requests[0]!.latency);
      expect(histogram.count, name).toBe(sorted.length);
      for (const q of [0.5, 0.9, 0.95, 0.99]) {
        const truth = sorted[Math.ceil(q * sorted.length) - 1]!;
        expect(Math.abs(histogram.quantile(q)! / 1_000 - truth), `${name} ${q}`).toBeLessThanOrEqual(truth / 1_024 + 0.001);
      }
    }
  });

  it('an iteration of the generic script that throws is a failure with its text, and the run is invalid', AGAIN, async () => {
    const steps = (path: string) => [{ ...plainGet('/json'), labels: { step: 'one' } }, { ...plainGet('/'), path: ['/', { ref: path, as: 'path' as const }], labels: { step: 'two' } }];
    const target = { origin: mirror.origin, addresses: [{ address: '127.0.0.1', family: 4 as const }], insecureTls: false };
    const load = openPlan({ target, warmupMs: 0, durationMs: 1_500, ratePerSecond: 40, maxInFlight: 20, flows: [{ weight: 1, steps: steps('gone'), labels: { step: 'all' } }] });
    // What the second throws in k6's own regular expressions comes after the answer.
    const judged = openPlan({ ...load, flows: [single({ ...plainGet('/json'), expect: { ...plainGet('/').expect, bodyMatches: '(?<unclosed' }, capture: [] })] });
    const plan = makeK6Plan('throws', [{ workload: 'flow', round: 0, load, setup: [] }, { workload: 'judged', round: 0, load: judged, setup: [] }], 2);
    const { files, ...told } = await onK6(plan, join(dir, 'throws-in-plan'));
    expect(told).toEqual({ ends: [{ code: 0, errors: false }, { code: 0, errors: false }], threw: 0, lost: 0 });
    const [flow, answered] = (await mergeSegments(plan, files)).parts.map(({ result }) => result) as [LoadResult, LoadResult];
    expect(flow.requests).toMatchObject([{ completed: 60, failed: 0 }, { completed: 0, failed: 60, sent: 0, errors: [{ kind: 'other', count: 60, example: 'GET /${gone}: exception: gone has no value' }] }]);
    expect(flow.iterations).toMatchObject([{ completed: 0, failed: 60 }]);
    expect(answered.requests).toMatchObject([{ completed: 0, failed: 60, sent: 60, statuses: { 200: 60 } }]);
    for (const { findings = [] } of [flow, answered]) expect(findings.filter(({ severity, code }) => severity === 'invalid' && code !== 'k6-start-skew')).toMatchObject([{ code: 'k6-exceptions', message: expect.stringContaining('An exception ended 60 of 60 iterations (100 %)') as string }]);
  });

  it('a script that throws, and one that k6 cannot load', async () => {
    const tool = await findK6(process.env);
    const script = join(dir, 'throws.js');
    writeFileSync(script, "import http from 'k6/http';\nexport const options = { vus: 2, iterations: 40 };\nexport default function () { http.get(__ENV.BASE_URL); throw new Error('in an iteration'); }\n");
    const result = await runScript({ tool, segments: 2, script, env: { BASE_URL: mirror.origin }, host: new URL(mirror.origin).host, wanted: { keys: [], tags: [], warmupMs: 0 }, limitMs: 30_000, folder: join(dir, 'throws'), signal: new AbortController().signal, onTime: () => undefined });
    expect(result.iterations).toBe(40);
    expect(result.findings.filter(({ severity }) => severity === 'invalid')).toMatchObject([{ code: 'k6-exceptions', message: 'An exception ended 40 of 40 iterations (100 %): Error: in an iteration.' }]);
    writeFileSync(script, "import x from 'a-package';\nexport default x;\n");
    await expect(inspectScript(tool, script, 'w: throws.js', {})).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('a-package') as string });
    for (const name of ['video-api', 'video-jobs']) {
      const example = fileURLToPath(new URL(`../../../k6/examples/${name}.ts`, import.meta.url));
      expect((await inspectScript(tool, example, name, { BASE_URL: mirror.origin })).executors.length).toBeGreaterThan(0);
    }
  });
});

/** In the measurement, by workload, read without our reader. */
async function latencies(files: readonly string[]): Promise<Map<string, number[]>> {
  const found = new Map<string, number[]>();
  for (const file of files) {
    for await (const line of createInterface(createReadStream(file).pipe(createGunzip()))) {
      const { type, metric, data } = JSON.parse(line) as { type: string; metric: string; data: { value: number; tags: Record<string, string> } };
      const { workload = '', phase } = data.tags ?? {};
      if (type !== 'Point' || metric !== 'bench_latency' || phase !== undefined) continue;
      found.set(workload, [...(found.get(workload) ?? []), data.value]);
    }
  }
  return found;
}
