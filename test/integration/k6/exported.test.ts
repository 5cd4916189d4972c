import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../src/record/schema.ts';
import { startMirror } from '../../support/k6/mirror.ts';
import { realK6 } from '../../support/k6/on-k6.ts';
import { runTestRun } from '../../support/k6/run-test-run.ts';

const MAIN = fileURLToPath(new URL('../../../dist/bundle/cli/main.js', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'k6-exported-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const SCENARIO = `name: api
target: { baseUrl: "http://api.shop.svc:8080", headers: { authorization: "Bearer \${secret.API_TOKEN}" } }
rounds: 1
workloads:
  - name: list
    http: { request: { path: /json }, load: { model: open, rate: 40, duration: 1s, warmup: 500ms, timeout: 1s } }
    sla: { latency: { p95: 1s }, errorRate: 1% }
  - name: put
    http: { request: { method: PUT, path: /put, bodyFile: clip.bin }, load: { model: open, rate: 20, duration: 1s, warmup: 500ms, timeout: 1s } }
  - name: sign
    http:
      data: { generate: { n: { sequence: { from: 100 } } } }
      request: { method: POST, path: "/sign?key=\${secret.KEY}", json: { n: "\${data.n}", key: "\${secret.KEY}" } }
      load: { model: open, rate: 20, arrivals: poisson, duration: 1s, warmup: 500ms, timeout: 1s }
`;

describe.skipIf(realK6 === null)('an exported folder on the real k6 (needs k6 on PATH or K6_PATH)', () => {
  let mirror: Awaited<ReturnType<typeof startMirror>>;
  beforeAll(async () => (mirror = await startMirror()));
  afterAll(() => mirror.stop());

  it('runs with secrets and bodies in their place, and merges to a verdict; a plan that was changed since is refused', { retry: 2 }, async () => {
    const own = mkdtempSync(join(dir, 'try-'));
    mirror.seen.clear();
    const clip = Buffer.alloc(3_000, Buffer.from([0, 255, 10, 13]));
    writeFileSync(join(own, 'api.yaml'), SCENARIO);
    writeFileSync(join(own, 'clip.bin'), clip);
    writeFileSync(join(own, 'bench.config.yaml'), 'allowTargets: [api.shop.svc]\n');
    const bench = (...args: string[]) => promisify(execFile)(process.execPath, [MAIN, ...args], { cwd: own, env: { ...process.env, NO_COLOR: '1' } });
    await bench('k6', 'export', 'api.yaml', '--parallelism', '2', '--dir', 'out', '--confirm-target', 'api.shop.svc');

    const secrets = { API_TOKEN: 'token-of-the-cluster', KEY: 'a"b c' };
    // The network of the cluster: what is sent to api.shop.svc arrives here.
    const results = await runTestRun({ k6: realK6!, folder: join(own, 'out'), disk: join(own, 'disk'), secrets: { 'api-secrets': secrets }, env: { HTTP_PROXY: mirror.origin } }, '4-testrun.yaml', '1-configmap.yaml');
    const seen = (path: string) => mirror.seen.get(`http://api.shop.svc:8080${path}`)!;
    expect(new Set(['/json', '/put', '/sign'].flatMap((path) => seen(path).map(({ headers }) => headers.authorization)))).toEqual(new Set(['Bearer token-of-the-cluster']));
    expect(seen('/put').every(({ body }) => body.equals(clip))).toBe(true);
    expect(new Set(seen('/sign').map(({ url }) => url))).toEqual(new Set(['http://api.shop.svc:8080/sign?key=a%22b%20c']));
    expect(new Set(seen('/sign').map(({ body }) => (JSON.parse(body.toString()) as { key: string }).key))).toEqual(new Set(['a"b c']));

    await bench('k6', 'merge', '--plan', 'out', ...results, '--out', 'merged', '--no-compare');
    const { verdict, scenarios, environment } = JSON.parse(readFileSync(join(own, 'merged', 'result.json'), 'utf8')) as RunRecord;
    expect(verdict.status).toBe('pass');
    expect(scenarios[0]!.workloads.map(({ name, detail }) => [name, detail?.kind === 'http' ? detail.requests[0]!.failed : -1])).toEqual([['list', 0], ['put', 0], ['sign', 0]]);
    expect(scenarios[0]!.workloads[0]!.detail).toMatchObject({ requests: [{ completed: 40 }] });
    expect(environment.hard).toMatchObject({ pods: 2, cpuOfPod: '1', memoryOfPod: expect.stringMatching(/Mi$/) as string });
    for (const name of readdirSync(join(own, 'merged'))) expect(readFileSync(join(own, 'merged', name), 'utf8')).not.toContain(secrets.API_TOKEN);

    const plan = join(own, 'out', 'plan.json');
    writeFileSync(plan, readFileSync(plan, 'utf8').replace('"ratePerSecond":40', '"ratePerSecond":20'));
    await expect(bench('k6', 'merge', '--plan', 'out', ...results, '--out', 'changed')).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('is not what 1-configmap.yaml gives the pods') as string });
  });
});
