import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { containerEnv } from '../../../src/k6/export/script-test.ts';
import { exportTest } from '../../../src/pipeline/k6-export.ts';
import type { RunRequest } from '../../../src/pipeline/request.ts';

const root = mkdtempSync(join(tmpdir(), 'k6-export-'));
const cwd = join(root, 'project');
afterAll(() => rmSync(root, { recursive: true, force: true }));

const request: RunRequest = {
  scenarios: [], profile: 'quick', target: null, tag: null, filter: null, rounds: 2, seed: 1, out: null, reportsDir: join(cwd, 'reports'), baselinesDir: join(cwd, 'baselines'), compare: false, against: null,
  control: false, failOn: undefined, insecureTls: false, engine: null, confirmTarget: 'api.shop.svc', command: 'bench k6 export', version: '0', cwd, env: {},
};

const target = { cidrs: [], labels: {}, port: null };
const head = 'target: { baseUrl: "http://api.shop.svc:8080" }\nworkloads:\n';
const upload = (name: string, file: string): string => `  - name: ${name}\n    http: { request: { method: PUT, path: /${name}, bodyFile: ${file} }, load: { model: open, rate: 5, duration: 1s } }\n`;

beforeAll(() => {
  for (const [path, text] of Object.entries({
    'project/bench.config.yaml': 'allowTargets: [api.shop.svc]\n',
    'a/clip.bin': 'one',
    'b/clip.bin': 'another',
    'c.bin': 'of a set-up step',
    'script.js': '',
    'remote.js': "import x from 'https://jslib.k6.io/x.js';",
    'bodies.yaml': `name: bodies\n${head}${upload('first', 'a/clip.bin')}${upload('second', 'b/clip.bin')}${upload('third', 'a/clip.bin')}  - name: fourth\n    http: { setup: [{ name: send, request: { method: PUT, path: /setup, bodyFile: c.bin } }], request: { path: / }, load: { model: open, rate: 5, duration: 1s } }\n  - name: scripted\n    k6: { script: remote.js }\n`,
    'remotes.yaml': `name: remotes\n${head}  - name: scripted\n    k6: { script: remote.js }\n`,
    'scripts.yaml': `name: scripts\n${head}  - name: scripted\n    k6: { script: script.js, env: { TOKEN: "Bearer \${secret.API_TOKEN}", PASSWORD: "\${secret.PASSWORD}", PRICE: "5$" }, duration: 3s, tags: [endpoint] }\n    sla: { checks: { atLeast: 99% } }\n`,
  })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
});

describe('a scenario as a test for a cluster', () => {
  it('files of one name from two folders stay two, one that is sent twice is one; a script that pods could not run is left out, and said so', async () => {
    const { bodies, plan, leftOut } = await exportTest(join(root, 'bodies.yaml'), request, { parallelism: 2, target, toPrometheus: false });
    const sent = plan.parts.map(({ workload, load }) => {
      const { body } = load.flows[0]!.steps[0]!;
      return [workload, body.type === 'file' ? bodies[body.path.replace('./', '')]!.toString() : ''];
    });
    expect(Object.fromEntries(sent)).toEqual({ first: 'one', second: 'another', third: 'one', fourth: '' });
    expect(Object.keys(bodies)).toEqual(['body-0-clip.bin', 'body-1-clip.bin', 'body-2-c.bin']);
    expect(plan.parts.find(({ workload }) => workload === 'fourth')!.setup[0]!.body).toMatchObject({ type: 'file', path: './body-2-c.bin' });
    expect(leftOut).toEqual([{ workload: 'scripted', why: 'remote.js imports https://jslib.k6.io/x.js: bundle it into the script, for the pods reach nothing but the target' }]);
  });

  it('a script of a team’s own has a TestRun for each round; secrets of its environment stay references', async () => {
    const { plan, scripts, judging, secrets } = await exportTest(join(root, 'scripts.yaml'), { ...request, env: { K6_PATH: '/nowhere/k6' } }, { parallelism: 2, target, toPrometheus: false });
    expect([plan.parts, secrets]).toEqual([[], ['API_TOKEN', 'PASSWORD']]);
    expect(scripts).toMatchObject([{ workload: 'scripted', name: 'scripts-scripted', script: { entry: '0-script.js' }, runs: ['scripts-scripted-1', 'scripts-scripted-2'], runMs: 3_000 }]);
    expect(containerEnv(scripts[0]!.env, 'scripts')).toEqual([
      { name: 'BENCH_SECRET_API_TOKEN', valueFrom: { secretKeyRef: { name: 'scripts-secrets', key: 'API_TOKEN' } } },
      { name: 'BASE_URL', value: 'http://api.shop.svc:8080' },
      { name: 'TOKEN', value: 'Bearer $(BENCH_SECRET_API_TOKEN)' },
      { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'scripts-secrets', key: 'PASSWORD' } } },
      { name: 'PRICE', value: '5$$' },
    ]);
    expect(judging.workloads).toMatchObject([{ kind: 'k6', name: 'scripted', k6: { tags: ['endpoint'], warmup: 0 }, sla: { checks: { atLeast: 0.99 } }, runs: ['scripts-scripted-1', 'scripts-scripted-2'], limits: [{ id: 'k6.checks' }], facts: { thresholds: [] } }]);
    expect(JSON.stringify(judging.workloads)).not.toContain('TOKEN');
  });

  it('one with nothing to export is a mistake, that says what is in the way', async () => {
    await expect(exportTest(join(root, 'remotes.yaml'), request, { parallelism: 2, target, toPrometheus: false })).rejects.toMatchObject({ exitCode: 2, message: expect.stringMatching(/has no workload that can be exported; scripted: remote.js imports/) as string });
    await expect(exportTest(join(root, 'scripts.yaml'), { ...request, env: { K6_PATH: '/nowhere/k6' } }, { parallelism: 2, target, toPrometheus: true })).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('without --prometheus') as string });
  });
});
