import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { PACKAGE_ROOT } from '../../../src/paths.ts';
import { project } from '../../support/bench.ts';
import { serve } from '../../support/http-server.ts';

const has = (tool: string): boolean => spawnSync(tool, ['--version']).status === 0;
const read = (...path: string[]): string => readFileSync(join(PACKAGE_ROOT, ...path), 'utf8');

interface Step {
  name?: string;
  if?: string;
  run?: string;
}

const steps = (parse(read('.github', 'workflows', 'nightly.yml')) as { jobs: { bench: { steps: Step[] } } }).jobs.bench.steps;
const step = (name: string): Step => steps.find((each) => each.name === name) ?? {};
const gitlab = (parse(/```yaml\n(stages:[\s\S]*?)```/.exec(read('docs', 'ci.md'))?.[1] ?? '') as { nightly: { after_script: string[] } }).nightly.after_script;
const gitlabScript = (part: string): string => gitlab.find((each) => each.includes(part)) ?? '';

async function bash(script: string, cwd: string, env: Record<string, string> = {}): Promise<void> {
  const child = spawn('bash', ['-e', '-c', script], { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk) => { said += String(chunk); });
  const [code] = (await once(child, 'close')) as [number | null];
  expect({ code, said: code === 0 ? '' : said }).toEqual({ code: 0, said: '' });
}

const result = (status: string): string => JSON.stringify({ run: { id: '20260301T020000.000Z-aaaaaa' }, verdict: { status, sentence: 'p95 is 200 ms' } });

describe.skipIf(!has('jq') || !has('curl'))('scripts of the nightly jobs (need jq and curl)', () => {
  it.each([['GitHub', step('Keep the record').run ?? ''], ['GitLab', gitlabScript('mkdir -p "$night"')]])('%s: the record of tonight is kept, and the newest 60 in all', async (_name, script) => {
    const nights = Array.from({ length: 70 }, (_, night) => `20260101T0200${String(night).padStart(2, '0')}.000Z-aaaaaa`);
    const { dir } = await project({ ...Object.fromEntries(nights.map((night) => [`nights/${night}/result.json`, '{}'])), 'reports/run/result.json': result('fail') });
    await bash(script, dir);
    expect((await readdir(join(dir, 'nights'))).sort()).toEqual([...nights.slice(11), '20260301T020000.000Z-aaaaaa']);
    const empty = await project();
    await bash(script, empty.dir);
    expect(await readdir(empty.dir)).toEqual([]);
  });

  it('GitHub: somebody is told after a time-out too', () => {
    expect(step('Tell').if).toBe('failure() || cancelled()');
  });

  it('GitLab: the webhook is told by the job only where the run has not told it', async () => {
    const told: string[] = [];
    const { url } = await serve((request, response) => {
      let body = '';
      request.on('data', (chunk) => { body += String(chunk); });
      request.on('end', () => { told.push((JSON.parse(body) as { text: string }).text); response.end('ok'); });
    });
    const after = async (job: string, files: Record<string, string>): Promise<string[]> => {
      told.length = 0;
      await bash(gitlabScript('BENCH_WEBHOOK_URL'), (await project(files)).dir, { BENCH_WEBHOOK_URL: url, CI_JOB_STATUS: job, CI_JOB_URL: 'https://ci/1' });
      return [...told];
    };
    for (const status of ['fail', 'invalid', 'error']) expect(await after('failed', { 'reports/run/result.json': result(status) })).toEqual([]);
    expect(await after('success', { 'reports/run/result.json': result('pass') })).toEqual([]);
    expect(await after('failed', {})).toEqual(['readybench nightly: no result: the job failed before it measured anything https://ci/1']);
    expect(await after('canceled', { 'reports/run/result.json': result('interrupted') })).toEqual(['readybench nightly: interrupted: p95 is 200 ms https://ci/1']);
  });
});
