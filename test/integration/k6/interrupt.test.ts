import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mergeScript } from '../../../src/k6/script/run.ts';
import type { RunRecord } from '../../../src/record/schema.ts';
import { startMirror } from '../../support/k6/mirror.ts';
import { processesWith, realK6 } from '../../support/k6/on-k6.ts';
import { recordedFile } from '../../support/k6/recorded.js';

const MAIN = fileURLToPath(new URL('../../../dist/bundle/cli/main.js', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'k6-interrupt-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe.skipIf(realK6 === null || process.platform !== 'linux')('an interrupt of bench k6 run (needs k6 on PATH or K6_PATH, and /proc)', () => {
  let mirror: Awaited<ReturnType<typeof startMirror>>;
  beforeAll(async () => (mirror = await startMirror()));
  afterAll(() => mirror.stop());

  const workloads = {
    http: '  - { name: long, http: { request: { path: /json }, load: { model: open, rate: 100, duration: 60s, warmup: 0s, timeout: 1s } } }',
    script: '  - { name: long, k6: { script: long.js, duration: 60s } }',
  };

  it.each(['http', 'script'] as const)('ends with 130, keeps what was measured and leaves no k6 behind (%s)', async (kind) => {
    const own = join(dir, kind);
    const k6s = (): number[] => processesWith(`json=${join(own, 'tmp')}`);
    mkdirSync(join(own, 'tmp'), { recursive: true });
    writeFileSync(join(own, 'long.js'), "import http from 'k6/http';\nexport const options = { scenarios: { long: { executor: 'constant-arrival-rate', rate: 100, timeUnit: '1s', duration: '60s', preAllocatedVUs: 10 } } };\nexport default () => { http.get(`${__ENV.BASE_URL}/json`); };\n");
    writeFileSync(join(own, 'long.yaml'), `name: long\ntarget: { baseUrl: "${mirror.origin}" }\nrounds: 1\nworkloads:\n${workloads[kind]}\n`);
    const child = spawn(process.execPath, [MAIN, 'k6', 'run', 'long.yaml', '--segments', '2', '--out', 'out', '--no-control', '--no-compare'], { cwd: own, env: { ...process.env, NO_COLOR: '1', TMPDIR: join(own, 'tmp') }, stdio: 'ignore' });
    const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
    // Both segments have written some: k6 writes once a second.
    while (written(own).filter((bytes) => bytes > 20_000).length < 2) {
      expect(child.exitCode).toBeNull();
      await wait(50);
    }
    expect(k6s()).toHaveLength(2);
    child.kill('SIGINT');
    expect(await ended).toBe(130);

    const { run, scenarios } = JSON.parse(readFileSync(join(own, 'out', 'result.json'), 'utf8')) as RunRecord;
    expect(run.status).toBe('interrupted');
    const [workload] = scenarios[0]!.workloads;
    const requests = workload?.detail?.kind === 'http' || workload?.detail?.kind === 'k6' ? workload.detail.requests : [];
    expect(requests[0]!.completed).toBeGreaterThan(20);
    expect(requests[0]!.completed).toBeLessThan(6_000);
    expect(k6s()).toEqual([]);
    expect(written(own)).toEqual([]);
  });
});

describe('an interrupt while the points of a script are read', () => {
  it('ends the reading', async () => {
    const stop = new AbortController();
    stop.abort();
    await expect(mergeScript([fileURLToPath(recordedFile('points'))], { keys: [], tags: [], warmupMs: 0 }, '127.0.0.1:9930', 1, stop.signal)).rejects.toMatchObject({ exitCode: 130 });
  });
});

/** Sizes of the files of points below a folder. */
function written(folder: string): number[] {
  return readdirSync(join(folder, 'tmp'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ndjson')).map((name) => statSync(join(folder, 'tmp', name), { throwIfNoEntry: false })?.size ?? 0);
}
