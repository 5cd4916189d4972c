import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { K6Plan } from '../../../src/k6/plan.ts';
import { metricKey } from '../../../src/record/metrics.ts';
import type { RunRecord } from '../../../src/record/schema.ts';
import { segmentLines } from '../../support/k6/points.js';

const FAKE = fileURLToPath(new URL('../../support/k6/fake-k6.js', import.meta.url));
const MAIN = fileURLToPath(new URL('../../../dist/bundle/cli/main.js', import.meta.url));

function bench(args: readonly string[], { cwd, env: own }: { cwd: string; env: Record<string, string> }): Promise<{ code: number | null; stderr: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd, env: { ...process.env, NO_COLOR: '1', ...own }, stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stderr }));
  });
}

const dir = mkdtempSync(join(tmpdir(), 'k6-cli-'));
const server = createServer((_, response) => response.end('ok'));
let url = '';

const scenario = (p95: string): string => `name: api
target: { baseUrl: "\${env.API_URL:-http://api.shop.svc:8080}", headers: { authorization: "Bearer \${secret.API_TOKEN}" } }
rounds: 1
workloads:
  - name: health
    http: { request: { path: /health }, load: { model: open, rate: 100, duration: 3s, warmup: 1s, timeout: 1s } }
    sla: { latency: { p95: ${p95} }, errorRate: 1% }
`;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  mkdirSync(join(dir, 'scenarios'));
  writeFileSync(join(dir, 'scenarios', 'api.yaml'), scenario('100ms'));
  writeFileSync(join(dir, 'scenarios', 'strict.yaml'), scenario('5ms').replace('name: api', 'name: strict'));
  writeFileSync(join(dir, 'bench.config.yaml'), 'allowTargets: [api.shop.svc]\n');
});
afterAll(() => {
  server.close();
  rmSync(dir, { recursive: true, force: true });
});

const env = { K6_PATH: FAKE, API_TOKEN: 'very-secret-token' };
const record = (out: string): RunRecord => JSON.parse(readFileSync(join(dir, out, 'result.json'), 'utf8')) as RunRecord;

describe('bench k6 run', () => {
  it('is an ordinary run: exit 0, metrics, the tool in the record', async () => {
    const { code, stderr } = await bench(['k6', 'run', 'scenarios/api.yaml', '--segments', '2', '--target', url, '--out', 'ok', '--no-control'], { cwd: dir, env });
    expect(stderr).toContain('k6 2.2.0');
    expect(code).toBe(0);
    const { run, scenarios } = record('ok');
    expect(run.tools.k6).toMatchObject({ version: '2.2.0', segments: 2 });
    expect(scenarios[0]!.workloads[0]).toMatchObject({ name: 'health', kind: 'http', status: 'measured', validity: { status: 'valid' }, detail: { engine: 'k6' } });
    expect(scenarios[0]!.workloads[0]!.metrics.find(({ id }) => id === 'latency.p95')).toMatchObject({ value: 20, n: 300 });
  });

  it('exit 1 where the SLA is breached, 4 where a segment dies, 6 without k6', async () => {
    expect((await bench(['k6', 'run', 'scenarios/strict.yaml', '--target', url, '--out', 'slow', '--no-control'], { cwd: dir, env })).code).toBe(1);
    const died = await bench(['k6', 'run', 'scenarios/api.yaml', '--segments', '2', '--target', url, '--out', 'died', '--no-control'], { cwd: dir, env: { ...env, FAKE_K6: 'die', FAKE_K6_SEGMENT: '1' } });
    expect(died.code).toBe(4);
    const missing = await bench(['k6', 'run', 'scenarios/api.yaml', '--target', url], { cwd: dir, env: { ...env, K6_PATH: '/nowhere/k6' } });
    expect(missing.code).toBe(6);
    expect(missing.stderr).toContain('K6_PATH');
  });
});

describe('a hand-written k6 script as a workload', () => {
  const workload = (sla: string): string => `name: scripted
target: { baseUrl: "http://127.0.0.1:1" }
rounds: 1
workloads:
  - name: browse
    k6: { script: ../scripts/browse.ts, tags: [endpoint], env: { TOKEN: "\${secret.API_TOKEN}" }, duration: 3s }
    sla:
      "http_req_duration{endpoint:health}": { p50: 100ms }
      http_req_failed: { atMost: 10% }
${sla}`;

  beforeAll(() => {
    mkdirSync(join(dir, 'scripts'));
    writeFileSync(join(dir, 'scripts', 'browse.ts'), "import { visit } from './visit.ts';\nexport default visit;\n");
    writeFileSync(join(dir, 'scripts', 'visit.ts'), "import http from 'k6/http';\nexport const visit = () => http.get(__ENV.BASE_URL);\n");
    writeFileSync(join(dir, 'scenarios', 'scripted.yaml'), workload('      checks: { atLeast: 90% }\n'));
    writeFileSync(join(dir, 'scenarios', 'missing.yaml'), workload('      "http_req_duration{endpoint:gone}": { p50: 100ms }\n').replace('name: scripted', 'name: missing'));
  });

  it('runs under bench run: metrics by tag, limits, the tool, and a baseline that knows the script’s text', async () => {
    const args = ['run', 'scenarios/scripted.yaml', '--target', url, '--no-control', '--baselines', 'scripted-baselines'];
    const first = await bench([...args, '--out', 'scripted'], { cwd: dir, env });
    expect(first.code).toBe(0);
    const { run, scenarios } = record('scripted');
    expect(run.tools.k6).toMatchObject({ version: '2.2.0', segments: 1 });
    const browse = scenarios[0]!.workloads[0]!;
    expect(browse).toMatchObject({ kind: 'k6', status: 'measured', validity: { status: 'valid', findings: [] }, detail: { kind: 'k6', iterations: 98, requests: [{ labels: {}, completed: 98 }, {}, {}] } });
    expect(browse.metrics.map((each) => metricKey(each))).toEqual(expect.arrayContaining(['k6.p95{metric=http_req_duration{endpoint:status}}', 'throughput{metric=http_reqs}', 'k6.checks{metric=checks}']));
    expect(browse.sla.map(({ metric, verdict }) => [metric, verdict])).toEqual([['k6.p50{metric=http_req_duration{endpoint:health}}', 'pass'], ['errors.rate{metric=http_req_failed}', 'pass'], ['k6.checks{metric=checks}', 'pass']]);

    expect((await bench(['baseline', 'approve', '--run', 'scripted', '--reason', 'first', '--baselines', 'scripted-baselines'], { cwd: dir, env })).code).toBe(0);
    expect((await bench([...args, '--out', 'again'], { cwd: dir, env })).code).toBe(0);
    const verdictOf = (out: string): string | undefined => record(out).scenarios[0]!.workloads[0]!.comparison.find(({ metric }) => metric === 'k6.p95{metric=http_req_duration{endpoint:health}}')?.verdict;
    expect(verdictOf('again')).not.toBe('no-baseline');
    writeFileSync(join(dir, 'scripts', 'visit.ts'), "import http from 'k6/http';\nexport const visit = () => http.get(`${__ENV.BASE_URL}/other`);\n");
    expect((await bench([...args, '--out', 'changed'], { cwd: dir, env })).code).toBe(0);
    expect(verdictOf('changed')).toBe('no-baseline');
  });

  it('runs in segments under bench k6 run', async () => {
    expect((await bench(['k6', 'run', 'scenarios/scripted.yaml', '--segments', '2', '--target', url, '--out', 'segments', '--no-control', '--no-compare'], { cwd: dir, env })).code).toBe(0);
    expect(record('segments').scenarios[0]!.workloads[0]!).toMatchObject({ validity: { status: 'valid' }, detail: { iterations: 98 } });
  });

  it('without k6: exit 6, named; not taken by k6: 2; a host that is not the target: 4; a limit without a sample never passes', async () => {
    const options = ['--target', url, '--no-control', '--no-compare'];
    const missing = await bench(['run', 'scenarios/scripted.yaml', ...options], { cwd: dir, env: { ...env, K6_PATH: '/nowhere/k6' } });
    expect([missing.code, missing.stderr]).toEqual([6, expect.stringContaining('browse needs k6: K6_PATH=/nowhere/k6')]);
    const broken = await bench(['run', 'scenarios/scripted.yaml', ...options], { cwd: dir, env: { ...env, FAKE_K6: 'inspect:107' } });
    expect([broken.code, broken.stderr]).toEqual([2, expect.stringContaining('browse: ../scripts/browse.ts: k6 inspect ended with 107: the script threw an exception: Error: boom')]);
    expect((await bench(['run', 'scenarios/scripted.yaml', ...options, '--out', 'stranger'], { cwd: dir, env: { ...env, FAKE_K6: 'stranger' } })).code).toBe(4);
    expect(record('stranger').scenarios[0]!.workloads[0]!.validity.findings).toMatchObject([{ code: 'k6-other-host', message: expect.stringContaining('http://elsewhere.example') as string }]);
    expect((await bench(['run', 'scenarios/missing.yaml', ...options, '--out', 'no-sample'], { cwd: dir, env })).code).toBe(4);
    expect(record('no-sample').scenarios[0]!.workloads[0]!.sla.at(-1)).toMatchObject({ metric: 'k6.p50{metric=http_req_duration{endpoint:gone}}', verdict: 'not-measured' });
  });
});

describe('bench k6 export and merge', () => {
  it('writes a folder without secrets; merge gives its verdict on what the pods wrote', async () => {
    const exported = await bench(['k6', 'export', 'scenarios/api.yaml', '--parallelism', '2', '--dir', 'out', '--confirm-target', 'api.shop.svc'], { cwd: dir, env });
    expect(exported.stderr).toBe('');
    expect(exported.code).toBe(0);
    const names = readdirSync(join(dir, 'out'));
    expect(names).toEqual(expect.arrayContaining(['1-configmap.yaml', '2-results.yaml', '3-networkpolicy.yaml', '4-testrun.yaml', 'README.md', 'collect.yaml', 'judging.json', 'plan.json', 'rows.json', 'scenario.ts']));
    for (const name of names) expect(readFileSync(join(dir, 'out', name), 'utf8')).not.toContain('very-secret-token');
    const plan = JSON.parse(readFileSync(join(dir, 'out', 'plan.json'), 'utf8')) as K6Plan;
    expect(plan.parts[0]!.load.flows[0]!.steps[0]!.headers['authorization']).toEqual(['Bearer ', { ref: 'secret.API_TOKEN', as: 'text' }]);

    const files = [0, 1].map((segment) => {
      const file = join(dir, `pod-${segment}.ndjson`);
      writeFileSync(file, `${[...segmentLines({ plan, segment, latencyMs: () => 30 })].join('\n')}\n`);
      return file;
    });
    const merged = await bench(['k6', 'merge', '--plan', 'out', ...files, '--out', 'merged'], { cwd: dir, env });
    expect(merged.code).toBe(0);
    expect(record('merged').scenarios[0]!.workloads[0]!.metrics.find(({ id }) => id === 'latency.p50')).toMatchObject({ value: 30 });
    expect(record('merged').environment.hard).toMatchObject({ generator: 'k6 on Kubernetes', pods: 2 });

    const nothing = await bench(['k6', 'merge', '--plan', 'out', '--out', 'none'], { cwd: dir, env });
    expect([nothing.code, nothing.stderr]).toEqual([2, expect.stringContaining('nothing to merge')]);
    const half = await bench(['k6', 'merge', '--plan', 'out', files[0]!, '--out', 'half'], { cwd: dir, env });
    expect(half.code).toBe(4);
    const twice = await bench(['k6', 'merge', '--plan', 'out', files[0]!, files[0]!, '--out', 'twice'], { cwd: dir, env });
    expect(twice.code).toBe(2);
    expect(twice.stderr).toContain('they are of two runs');
  });

  it('refuses a target that pods cannot reach, and one that is not confirmed', async () => {
    const loopback = await bench(['k6', 'export', 'scenarios/api.yaml', '--parallelism', '2', '--dir', 'no', '--target', url], { cwd: dir, env });
    expect([loopback.code, loopback.stderr]).toEqual([2, expect.stringContaining('is this machine: pods of a cluster cannot reach it')]);
    const open = await bench(['k6', 'export', 'scenarios/api.yaml', '--parallelism', '2', '--dir', 'no', '--confirm-target', 'api.shop.svc', '--prometheus', 'http://me:hidden@p.monitoring.svc:9090/api/v1/write'], { cwd: dir, env });
    expect([open.code, open.stderr]).toEqual([2, expect.stringContaining('has credentials in it')]);
    const unconfirmed = await bench(['k6', 'export', 'scenarios/api.yaml', '--parallelism', '2', '--dir', 'no'], { cwd: dir, env });
    expect([unconfirmed.code, unconfirmed.stderr]).toEqual([2, expect.stringContaining('not confirmed for this run')]);
  });

  it('refuses what a cluster would not take, or what would let more through than the target, and writes nothing', async () => {
    const refused = async (name: string, ...more: string[]): Promise<string> => {
      const { code, stderr } = await bench(['k6', 'export', `scenarios/${name}.yaml`, '--parallelism', '2', '--dir', 'refused', '--confirm-target', 'api.shop.svc', ...more], { cwd: dir, env });
      expect([code, existsSync(join(dir, 'refused'))]).toEqual([2, false]);
      return stderr;
    };
    expect(await refused('api', '--target-cidr', '10.0.0.0')).toContain("'--target-cidr <cidr...>'");
    expect(await refused('api', '--namespace', 'Load_Tests')).toContain("'--namespace <name>'");
    expect(await refused('api', '--image', 'grafana/k6:latest')).toContain("'--image <image>'");
    expect(await refused('api', '--prometheus', 'https://prometheus.example.com/api/v1/push')).toContain('--prometheus-cidr');
    expect(await refused('api', '--target-cidr', '10.0.0.0/24', '--target-selector', 'app=api')).toContain('--target-selector');

    writeFileSync(join(dir, 'scenarios', 'matched.yaml'), scenario('100ms').replace('name: api', 'name: matched').replace('load:', 'expect: { bodyMatches: "${secret.API_TOKEN}" }, load:'));
    expect(await refused('matched')).toContain('health: ${secret.API_TOKEN} stands in bodyMatches of expect');
    writeFileSync(join(dir, 'clip.bin'), Buffer.alloc(1_100_000));
    writeFileSync(join(dir, 'scenarios', 'large.yaml'), scenario('100ms').replace('name: api', 'name: large').replace('{ path: /health }', '{ method: PUT, path: /clip, bodyFile: ../clip.bin }'));
    expect(await refused('large')).toContain('of which a ConfigMap holds 1048576; the largest is body-0-clip.bin with 1100000');
  });
});
