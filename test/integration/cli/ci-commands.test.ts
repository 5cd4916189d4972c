import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { PACKAGE_ROOT } from '../../../src/paths.ts';
import { project } from '../../support/bench.ts';

const MAIN = join(PACKAGE_ROOT, 'dist', 'bundle', 'cli', 'main.js');
const FOLDER = join(PACKAGE_ROOT, '.github', 'workflows');
const has = (tool: string): boolean => spawnSync(tool, ['--version']).status === 0;

/** Every `npx bench …` line of the workflows and of the documentation, its variables filled in. */
function commands(): string[] {
  const texts = [...readdirSync(FOLDER).map((name) => readFileSync(join(FOLDER, name), 'utf8')), readFileSync(join(PACKAGE_ROOT, 'docs', 'ci.md'), 'utf8')];
  const lines = texts.flatMap((text) => [...text.matchAll(/npx bench (run|history) (.*)$/gm)].map(([, command, rest]) => `${command} ${rest}`));
  return [...new Set(lines.map((line) => line.replace(/"\$(BASE_SHA|CI_MERGE_REQUEST_DIFF_BASE_SHA)"/, 'HEAD').replace('"$PROFILE"', 'nightly').replace('"$FAIL_ON"', 'sla,regression,invalid').replace(/\s+#.*$/, '')))];
}

it.each(commands())('bench %s is a command that there is', (line) => {
  const args = line.split(' ').filter((word) => word !== '');
  const { status, stderr } = spawnSync(process.execPath, [MAIN, ...args, args[0] === 'run' ? '--dry-run' : '--help'], { cwd: PACKAGE_ROOT, encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

it.skipIf(!has('jq') || !has('curl'))('the nightly workflow tells the webhook the verdict, and says so where there is none (needs jq and curl)', async () => {
  const steps = (parse(readFileSync(join(FOLDER, 'nightly.yml'), 'utf8')) as { jobs: { bench: { steps: { name?: string; run?: string }[] } } }).jobs.bench.steps;
  const script = steps.find(({ name }) => name === 'Tell')?.run ?? '';
  const told: unknown[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => { body += String(chunk); });
    request.on('end', () => { told.push(JSON.parse(body)); response.end('ok'); });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}/hook` : '';
  const tell = async (files: Record<string, string>, webhook: string): Promise<string> => {
    const { dir } = await project(files);
    const child = spawn('bash', ['-e', '-c', script], { cwd: dir, env: { ...process.env, WEBHOOK_URL: webhook, RUN_URL: 'https://ci/1' } });
    let said = '';
    child.stdout.on('data', (chunk) => { said += String(chunk); });
    const [code] = (await once(child, 'close')) as [number | null];
    expect(code).toBe(0);
    return said;
  };
  try {
    await tell({ 'reports/run/result.json': JSON.stringify({ verdict: { status: 'fail', sentence: 'health: "p95" is 200 ms' } }) }, url);
    await tell({}, url);
    expect(told).toEqual([{ text: 'readybench nightly: fail: health: "p95" is 200 ms https://ci/1' }, { text: 'readybench nightly: no result: the job failed before it measured anything https://ci/1' }]);
    expect(await tell({}, '')).toContain('BENCH_WEBHOOK_URL is not set');
  } finally {
    server.close();
  }
});
