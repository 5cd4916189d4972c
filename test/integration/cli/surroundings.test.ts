import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { project } from '../../support/bench.ts';
import { serve } from '../../support/http-server.ts';

const MAIN = fileURLToPath(new URL('../../../dist/bundle/cli/main.js', import.meta.url));

const scenario = (url: string): string => `name: api
rounds: 1
target: { baseUrl: "${url}" }
workloads:
  - name: health
    http:
      request: { path: /health }
      load: { model: open, rate: 100, duration: 300ms, warmup: 0ms }
`;

const api = async () => project({ 'api.yaml': scenario((await serve((_request, response) => response.end('ok'))).url) });

it.each(['stdout', 'stderr'] as const)('keeps its verdict when nobody reads %s any more', async (name) => {
  const { dir, record } = await api();
  const child = spawn(process.execPath, [MAIN, 'run', 'api.yaml', '--out', 'mine', '--no-control'], { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
  child[name].destroy();
  child.stdout.resume();
  child.stderr.resume();
  const [code] = (await once(child, 'exit')) as [number | null];
  expect(code).toBe(0);
  expect((await record('mine')).run.status).toBe('complete');
});

/** Bounded, in a shell of its own for limits and redirections. */
const inShell = (script: string, env: NodeJS.ProcessEnv = {}) =>
  spawnSync('sh', ['-c', script], { cwd: tmpdir(), env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, NODE: process.execPath, MAIN, ...env }, encoding: 'utf8', timeout: 20_000, killSignal: 'SIGKILL' });

it.skipIf(!existsSync('/dev/full'))('says that its output was lost on a full disk', () => {
  for (const args of ['--version', '--help', 'schema result']) {
    const { status, stderr } = inShell(`"$NODE" "$MAIN" ${args} > /dev/full`);
    expect(stderr).toBe('error: the output cannot be written: ENOSPC: no space left on device, write\n  send it somewhere else, or free some space on that disk\n');
    expect(status).toBe(2);
  }
});

it.skipIf(process.platform === 'win32')('says so where the folder it was started in is gone', () => {
  const { status, stderr } = inShell('mkdir "$GONE" && cd "$GONE" && rmdir "$GONE" && "$NODE" "$MAIN" list', { GONE: join(tmpdir(), `readybench-gone-${process.pid}`) });
  expect(stderr).toBe('error: the folder that bench was started in is gone\n  cd somewhere else, and start it there\n');
  expect(status).toBe(2);
});

it('ends with 70, never as an SLA breach, for what nobody caught', () => {
  const late = 'setInterval(() => { if (process.listenerCount("uncaughtException") > 0) throw new Error("late"); }, 1)';
  const { status, stderr } = inShell('"$NODE" "$MAIN" list', { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(late)}` });
  expect(stderr).toMatch(/^internal error: late\n/);
  expect(status).toBe(70);
});

it('ends with 70 where nothing is left to wait for', () => {
  const never = 'import fs from "node:fs/promises"; import { syncBuiltinESMExports } from "node:module"; fs.stat = () => new Promise(() => {}); syncBuiltinESMExports()';
  const { status, stderr } = inShell('"$NODE" "$MAIN" list', { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(never)}` });
  expect(stderr).toMatch(/^internal error: the command stopped halfway/);
  expect(status).toBe(70);
});
