import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { metricKey } from '../../../src/record/metrics.ts';
import type { RunRecord } from '../../../src/record/schema.ts';
import { runTestRun, type Kubernetes } from '../../support/k6/run-test-run.ts';
import { realK6 } from '../../support/k6/on-k6.ts';

const MAIN = fileURLToPath(new URL('../../../dist/bundle/cli/main.js', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'k6-cluster-'));
const seen: { url: string; authorization: string | undefined; user: string | undefined }[] = [];
/** What set-up steps sent. */
const set: string[] = [];
/** Stands for the cluster's network: what is sent to api.shop.svc arrives here. */
const proxy = createServer((request, response) => {
  const { method, url = '', headers } = request;
  const pieces: Buffer[] = [];
  request.on('data', (piece: Buffer) => pieces.push(piece));
  request.on('end', () => {
    if (method === 'PUT') set.push(Buffer.concat(pieces).toString());
    else seen.push({ url, authorization: headers.authorization, user: headers['x-user'] as string | undefined });
    response.end('ok');
  });
});

const SCENARIO = `name: shop
target: { baseUrl: "http://api.shop.svc:8080", headers: { authorization: "Bearer \${secret.API_TOKEN}" } }
rounds: 1
workloads:
  - name: health
    http: { setup: [{ name: users, request: { method: PUT, path: /users, bodyFile: ../data/users.json } }], request: { path: /health }, load: { model: open, rate: 100, duration: 1s, warmup: 500ms } }
    sla: { latency: { p95: 1s }, errorRate: 10% }
  - name: browse
    k6: { script: ../k6/browse.ts, tags: [endpoint], env: { TOKEN: "Bearer \${secret.API_TOKEN}", SIGN: "$$x" }, duration: 2s }
    sla:
      "http_req_duration{endpoint:list}": { p95: 1s }
      checks: { atLeast: 80% }
`;
const SCRIPT = `import { visit, users } from '../lib/visit.ts';
export const options = { scenarios: { all: { executor: 'constant-arrival-rate', rate: 100, timeUnit: '1s', duration: __ENV.TOKEN ? '2s' : '1h', preAllocatedVUs: 20, maxVUs: 20 } }, thresholds: { http_req_waiting: ['max<0'] } };
export default () => visit(users[0].name);
`;
const LIB = `import http from 'k6/http';
import { check } from 'k6';
export const users: { name: string }[] = JSON.parse(open('../data/users.json'));
export function visit(user: string): void {
  const answer = http.get(\`\${__ENV.BASE_URL}/list\`, { headers: { authorization: __ENV.TOKEN, 'x-user': user + __ENV.SIGN }, tags: { endpoint: 'list' } });
  check(answer, { ok: ({ status }) => status === 200 });
}
`;

beforeAll(async () => {
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  for (const [path, text] of Object.entries({ 'scenarios/shop.yaml': SCENARIO, 'k6/browse.ts': SCRIPT, 'lib/visit.ts': LIB, 'data/users.json': '[{"name":"ada"}]', 'bench.config.yaml': 'allowTargets: [api.shop.svc]\n' })) {
    mkdirSync(join(dir, path, '..'), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
});
afterAll(() => {
  proxy.close();
  proxy.closeAllConnections();
  rmSync(dir, { recursive: true, force: true });
});

const bench = (...args: string[]): Promise<{ code: number; stderr: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], { cwd: dir, env: { ...process.env, NO_COLOR: '1' } }, (error, _, stderr) => resolve({ code: Number(error?.code ?? 0), stderr }));
  });
const record = (out: string): RunRecord => JSON.parse(readFileSync(join(dir, out, 'result.json'), 'utf8')) as RunRecord;

describe.skipIf(realK6 === null)('what is exported, run as the operator runs it, by the real k6 (needs k6 on PATH or K6_PATH)', () => {
  it('a plan and a script in two pods each: secrets put in, merged, judged', async () => {
    const exported = await bench('k6', 'export', 'scenarios/shop.yaml', '--parallelism', '2', '--dir', 'out', '--confirm-target', 'api.shop.svc');
    expect([exported.code, exported.stderr]).toEqual([0, '']);
    const cluster: Kubernetes = { k6: realK6!, folder: join(dir, 'out'), disk: join(dir, 'disk'), secrets: { 'shop-secrets': { API_TOKEN: 's3cret' } }, env: { HTTP_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` } };
    const files = await runTestRun(cluster, '4-testrun.yaml', '1-configmap.yaml');
    files.push(...(await runTestRun(cluster, 'testrun-shop-browse-1.yaml', '1-configmap-browse.yaml')));
    expect(new Set(seen.map(({ url, authorization, user }) => `${url} ${authorization} ${user}`))).toEqual(new Set(['http://api.shop.svc:8080/health Bearer s3cret undefined', 'http://api.shop.svc:8080/list Bearer s3cret ada$$x']));

    // Every pod sets up for itself.
    expect(set).toEqual(Array(2).fill('[{"name":"ada"}]'));

    const merged = await bench('k6', 'merge', '--plan', 'out', ...files, '--out', 'merged', '--no-compare');
    expect(merged.stderr).not.toMatch(/internal|refused|cannot/);
    const [health, browse] = record('merged').scenarios[0]!.workloads;
    expect([health!.kind, browse!.kind]).toEqual(['http', 'k6']);
    expect(browse!.validity.findings.filter(({ code }) => code !== 'k6-start-skew')).toMatchObject([{ code: 'k6-thresholds-not-judged' }]);
    expect(browse!.sla.map(({ metric, verdict }) => [metric, verdict])).toEqual([['k6.p95{metric=http_req_duration{endpoint:list}}', 'pass'], ['k6.checks{metric=checks}', 'pass']]);
    // 100 a second for two seconds.
    expect(browse!.metrics.find((each) => metricKey(each) === 'k6.checks{metric=checks}')!.n).toBeGreaterThanOrEqual(190);
    expect(health!.sla.map(({ verdict }) => verdict)).toEqual(['pass', 'pass']);

    const [, , first = '', second] = files;
    const half = await bench('k6', 'merge', '--plan', 'out', ...files.filter((file) => file !== second), '--out', 'half', '--no-compare');
    expect(half.code).toBe(4);
    expect(record('half').scenarios[0]!.workloads[1]!.validity.findings).toContainEqual(expect.objectContaining({ severity: 'invalid', code: 'k6-segment-missing', round: 0 }));
    const twice = await bench('k6', 'merge', '--plan', 'out', ...files, first, '--out', 'twice', '--no-compare');
    expect([twice.code, twice.stderr]).toEqual([2, expect.stringContaining('are both of pod 0 of shop-browse-1')]);
  }, 120_000);
});
