import { execFileSync, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../../../dist/bundle/cli/main.js', import.meta.url));

let dir: string;
beforeEach(() => { dir = mkdtempSync(join(tmpdir(), 'readybench-unwritable-')); });
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Bounded: what this is about once never returned, and ignored SIGTERM. */
function bench(...args: string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [MAIN, ...args], { cwd: dir, env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined }, encoding: 'utf8', timeout: 20_000, killSignal: 'SIGKILL' });
}

const SCENARIO = `name: api
target: { baseUrl: "http://api.shop.svc:8080" }
rounds: 1
workloads:
  - name: health
    http: { request: { path: /health }, load: { model: open, rate: 10, duration: 1s } }
`;

describe.each(['a file', '/proc/readybench'])('a folder that cannot be made: %s', (place) => {
  const made = (): string => {
    writeFileSync(join(dir, 'a file'), '');
    return place;
  };

  it('bench init', () => {
    const { status, stderr } = bench('init', 'mine', '--dir', made());
    expect(stderr).toMatch(/mine\.yaml cannot be written: .*\n {2}choose another place with --dir DIR\n$/);
    expect(status).toBe(2);
  });

  it('bench history --html', () => {
    const { status, stderr } = bench('history', '--html', join(made(), 'page.html'));
    expect(stderr).toMatch(/page\.html cannot be written: .*\n {2}choose another place with --html FILE\n$/);
    expect(status).toBe(2);
  });

  it('bench k6 export', () => {
    writeFileSync(join(dir, 'api.yaml'), SCENARIO);
    writeFileSync(join(dir, 'bench.config.yaml'), 'allowTargets: [api.shop.svc]\n');
    const { status, stderr } = bench('k6', 'export', 'api.yaml', '--parallelism', '2', '--confirm-target', 'api.shop.svc', '--dir', made());
    expect(stderr).toMatch(/cannot be written: .*\n {2}choose another place with --dir DIR\n$/);
    expect(status).toBe(2);
    expect(readdirSync(dir).sort()).toEqual(['a file', 'api.yaml', 'bench.config.yaml']);
  });
});

it('takes no empty name for the folder it runs in', () => {
  for (const args of [['run', '--out'], ['run', '--baselines'], ['k6', 'merge', '--plan'], ['capacity', '--out'], ['baseline', 'list', '--baselines']]) {
    const { status, stderr } = bench(...args, '');
    expect(stderr).toContain('is a variable in the command not set?');
    expect(status).toBe(2);
  }
});

it.skipIf(process.platform === 'win32')('waits for no pipe in place of a scenario or of the configuration', () => {
  writeFileSync(join(dir, 'api.yaml'), SCENARIO);
  execFileSync('mkfifo', ['pipe.yaml'], { cwd: dir });
  expect(bench('validate', 'pipe.yaml')).toMatchObject({ status: 2, stdout: expect.stringContaining('pipe.yaml:1:1  is not a regular file') as unknown });
  execFileSync('mkfifo', ['bench.config.yaml'], { cwd: dir });
  expect(bench('run', 'api.yaml')).toMatchObject({ status: 2, stderr: expect.stringContaining('bench.config.yaml:1:1  is not a regular file') as unknown });
});
