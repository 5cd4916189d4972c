import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { exportForCluster } from '../../../src/cli/commands/k6-export.ts';
import { readExport } from '../../../src/k6/judging.ts';
import { k6Plan } from '../../support/k6/plans.ts';

const root = mkdtempSync(join(tmpdir(), 'k6-judging-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const testRun = (memory: string): string => stringify({ spec: { runner: { resources: { limits: { cpu: '1', memory } } } } });
const clip = Buffer.from([0, 255, 1]);

/** Plan and script of one scenario, with what is changed of it. */
let count = 0;
function exported(changed: Record<string, string> = {}): string {
  const folder = join(root, String((count += 1)));
  const { rows, ...plan } = k6Plan(1);
  const texts = { 'plan.json': JSON.stringify(plan), 'rows.json': JSON.stringify(rows) };
  const script = {
    kind: 'k6', name: 'browse', limits: [], k6: { script: 'browse.js', warmup: 0, duration: 1_000, tags: [], metrics: [] }, sla: {}, sha256: 'x',
    facts: { executors: [], longestMs: null, plannedMs: null, thresholds: [] }, runs: ['s-browse-1', 's-browse-2'],
  };
  const files: Record<string, string | Buffer> = {
    ...texts,
    'judging.json': JSON.stringify({
      schema: 1, plan: plan.id, scenario: { name: 's', file: 's.yaml', sha256: 'x', source: '', target: 'http://api.shop.svc', gate: {} }, profile: 'quick', seed: 1, rounds: 2, insecureTls: false, image: 'grafana/k6:2.2.0',
      workloads: [{ kind: 'http', name: 'health', load: { model: 'open' }, limits: [] }, script],
    }),
    '1-configmap.yaml': stringify({ data: texts }),
    '1-configmap-browse.yaml': stringify({ data: { '0-browse.js': 'open();' }, binaryData: { '1-clip.bin': clip.toString('base64') } }),
    'browse/0-browse.js': 'open();',
    'browse/1-clip.bin': clip,
    '4-testrun.yaml': testRun('512Mi'),
    'testrun-s-browse-1.yaml': testRun('1Gi'),
    'testrun-s-browse-2.yaml': testRun('1Gi'),
    ...changed,
  };
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

describe('an exported folder', () => {
  it('says how much every pod had: those of scripts have memory of their own', async () => {
    expect((await readExport(exported())).pods).toEqual({ cpu: '1', memory: '512Mi, 1Gi' });
    expect((await readExport(exported({ '4-testrun.yaml': testRun('1Gi') }))).pods).toEqual({ cpu: '1', memory: '1Gi' });
  });

  it.each([
    ['rows.json', '1-configmap.yaml', { 'rows.json': '{ }' }],
    ['browse/0-browse.js', '1-configmap-browse.yaml', { 'browse/0-browse.js': 'close();' }],
    ['browse/1-clip.bin', '1-configmap-browse.yaml', { 'browse/1-clip.bin': 'another' }],
  ])('whose %s is not what the pods were given is refused', async (file, manifest, changed) => {
    await expect(readExport(exported(changed))).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining(`${file} is not what ${manifest} gives the pods`) as string });
  });
});

describe('an address of Prometheus', () => {
  it.each(['http://me:hidden@p.example/api/v1/write', 'http://:hidden@p.example/api/v1/write', 'http://me@p.example/api/v1/write'])('%s: credentials are refused, for manifests are shared', async (prometheus) => {
    const flags = { parallelism: 1, namespace: 'default', image: '', starterImage: '', cpu: '1', storage: '1Gi', profile: 'quick', seed: 1, dir: join(root, 'none'), prometheus };
    await expect(exportForCluster('scenarios/none.yaml', flags)).rejects.toMatchObject({ exitCode: 2, message: expect.stringMatching(/^--prometheus has credentials in it/) as string });
  });
});
