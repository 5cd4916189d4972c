import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
    'script.js': '',
    'bodies.yaml': `name: bodies\n${head}${upload('first', 'a/clip.bin')}${upload('second', 'b/clip.bin')}${upload('third', 'a/clip.bin')}  - name: scripted\n    k6: { script: script.js }\n`,
    'scripts.yaml': `name: scripts\n${head}  - name: scripted\n    k6: { script: script.js }\n`,
  })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
});

describe('a scenario as a test for a cluster', () => {
  it('files of one name from two folders stay two, one that is sent twice is one; scripts are left out, and said so', async () => {
    const { bodies, plan, leftOut } = await exportTest(join(root, 'bodies.yaml'), request, { parallelism: 2, target });
    const sent = plan.parts.map(({ workload, load }) => {
      const { body } = load.flows[0]!.steps[0]!;
      return [workload, body.type === 'file' ? bodies[body.path.replace('./', '')]!.toString() : ''];
    });
    expect(Object.fromEntries(sent)).toEqual({ first: 'one', second: 'another', third: 'one' });
    expect(Object.keys(bodies)).toEqual(['body-0-clip.bin', 'body-1-clip.bin']);
    expect(leftOut).toEqual([{ workload: 'scripted', why: 'a script of its own is not exported: bench k6 run runs it here' }]);
  });

  it('one with nothing to export is a mistake', async () => {
    await expect(exportTest(join(root, 'scripts.yaml'), request, { parallelism: 2, target })).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('has no workload that can be exported') as string });
  });
});
