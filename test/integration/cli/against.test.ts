import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Metric, WorkloadRecord } from '../../../src/record/schema.ts';
import { project } from '../../support/bench.ts';
import { ANY, tinyClip } from '../../support/encode/media.ts';
import { serve } from '../../support/http-server.ts';
import { nothingLeft } from '../../support/processes.ts';
import { scenario } from './api-scenario.ts';

const COSTLY = fileURLToPath(new URL('../../support/fixtures/costly-ffmpeg.js', import.meta.url));
const api = (url: string): string => scenario(url, { rate: 200, arrivals: 'constant', duration: '300ms' });
/** A service whose answers take DELAY ms; it listens where it is told to. */
const server = (delayMs: number): string => `require('node:http').createServer((_request, response) => setTimeout(() => response.end(_request.url === '/metrics' ? 'queue_length 2\\n' : 'ok'), ${delayMs})).listen(Number(process.env.PORT), '127.0.0.1');\n`;
const slow = (): Promise<{ url: string }> => serve((_request, response) => void setTimeout(() => response.end('ok'), 40));
const fast = (): Promise<{ url: string }> => serve((_request, response) => response.end('ok'));

describe('bench run --against', { retry: 2 }, () => {
  it('a URL: the slower side is a regression, without any baseline', async () => {
    const [now, before] = [await slow(), await fast()];
    const { validRun, record, files } = await project({ 'api.yaml': api(now.url) });
    const { code, stdout } = await validRun(['api.yaml', '--against', before.url, '--rounds', '12', '--no-control']);
    expect(code, stdout).toBe(3);
    expect(stdout).toContain(`Against ${before.url}, in turns`);
    const { scenarios, verdict } = await record();
    expect(verdict.reasons[0]).toMatchObject({ kind: 'regression', workload: 'health', metric: 'latency.p50' });
    const health = scenarios[0]?.workloads[0];
    expect(health?.against?.label).toBe(before.url);
    expect(health?.comparison.find(({ metric }) => metric === 'latency.p50')).toMatchObject({ verdict: 'regression', pairs: 12 });
    expect((await files()).filter((file) => file.startsWith('baselines'))).toEqual([]);
  });

  it('a URL that is not this machine: the guard holds for it too', async () => {
    const { bench } = await project({ 'api.yaml': api((await fast()).url) });
    const { code, stderr } = await bench(['run', 'api.yaml', '--against', 'http://192.0.2.1:8080']);
    expect(code).toBe(2);
    expect(stderr).toContain('192.0.2.1 is neither allowed nor confirmed');
  });

  it('another ffmpeg: the dearer one is named, and what would not differ is left out', async () => {
    const { bench, dir, record } = await project({
      'encodes.yaml': 'name: encodes\nworkloads:\n  - name: clip\n    encode: { clip: { file: clip.mp4 }, encoders: [libx264], output: { preset: fast, bitrate: 1Mbit/s } }\n',
    });
    await tinyClip(join(dir, 'clip.mp4'), { seconds: 4, size: '480x270' });
    const env = { FFMPEG_PATH: COSTLY, FFPROBE_PATH: ANY.ffprobe, REAL_FFMPEG: ANY.ffmpeg, EXTRA_SECONDS: '4' };
    const { code, stdout } = await bench(['run', 'encodes.yaml', '--against', `ffmpeg=${ANY.ffmpeg}`, '--rounds', '12', '--no-control'], env);
    expect(code, stdout).toBe(3);
    expect((await record()).verdict.reasons.map(({ metric }) => metric)).toContain('encode.cpu{encoder=libx264}');
    const { code: usage, stderr } = await bench(['run', 'encodes.yaml', '--against', (await fast()).url], env);
    expect(usage, stderr).toBe(2);
    expect(stderr).toContain('none of these workloads would differ');
    const missing = await bench(['run', 'encodes.yaml', '--against', 'ffmpeg=/nope'], env);
    expect(missing.code, missing.stderr).toBe(6);
    expect(missing.stderr).toContain('--against ffmpeg=/nope: /nope does not exist\n  Name an ffmpeg that works');
  });

  it('a command: started, awaited and stopped', async () => {
    const now = await serve((request, response) => void setTimeout(() => response.end(request.url === '/metrics' ? 'queue_length 7\n' : 'ok'), 40));
    const watched = `${api(now.url)}observe: { every: 100ms, series: [{ name: queue, of: queue_length, take: max }] }\n`;
    const { validRun, record, dir } = await project({ 'api.yaml': watched, 'server.cjs': server(0) });
    const { code, stdout } = await validRun(['api.yaml', '--against', `service=${process.execPath} server.cjs`, '--rounds', '2', '--no-control'], { READYBENCH_TEST_MARK: dir });
    expect(code, stdout).toBe(0);
    const health = (await record()).scenarios[0]?.workloads[0];
    expect(health?.against?.label).toContain('server.cjs');
    expect(slower(health)).toBe(true);
    // Each side is read at its own endpoint.
    const queue = (metrics: readonly Metric[] = []): number | undefined => metrics.find(({ labels }) => labels['series'] === 'queue')?.value;
    expect([queue(health?.metrics), queue(health?.against?.metrics)]).toEqual([7, 2]);
    await nothingLeft(dir);
  });

  it('a command that ends at once is a clear error', async () => {
    const { bench } = await project({ 'api.yaml': api((await fast()).url), 'broken.cjs': 'throw new Error("no database");\n' });
    const { code, stderr } = await bench(['run', 'api.yaml', '--against', `service=${process.execPath} broken.cjs`]);
    expect(code).toBe(5);
    expect(stderr).toContain('ended at its start');
  });

  it('a git ref: checked out, both sides started the same way, and the checkout removed', async () => {
    const { validRun, write, record, dir } = await project({ 'api.yaml': api('http://127.0.0.1:9'), 'server.cjs': server(0), 'bench.config.yaml': `service: { start: "${process.execPath} server.cjs", ready: /health }\n` });
    const git = (...args: string[]): string => execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], { cwd: dir, encoding: 'utf8' });
    git('init', '-q');
    git('add', '.');
    git('commit', '-qm', 'fast');
    git('tag', 'v1');
    await write('server.cjs', server(40));
    const before = checkouts();
    const { code, stdout } = await validRun(['api.yaml', '--against', 'service=v1', '--rounds', '2', '--no-control'], { READYBENCH_TEST_MARK: dir });
    expect(code, stdout).toBe(0);
    const health = (await record()).scenarios[0]?.workloads[0];
    expect(slower(health)).toBe(true);
    expect(health?.against?.label).toMatch(/^v1 \([0-9a-f]{12}\)$/);
    expect(git('worktree', 'list').trim().split('\n')).toHaveLength(1);
    expect(checkouts()).toEqual(before);
    await nothingLeft(dir);
  });
});

/** Two pairs decide nothing, but every figure of the slower side must lie above the other's. */
function slower(workload: WorkloadRecord | undefined): boolean {
  const p50 = (metrics: readonly Metric[] | undefined): number[] => (metrics ?? []).filter(({ id }) => id === 'latency.p50').flatMap(({ rounds }) => rounds.filter((each) => each !== null));
  const [now, other] = [p50(workload?.metrics), p50(workload?.against?.metrics)];
  return now.length === 2 && other.length === 2 && Math.min(...now) > 40 && Math.max(...other) < 40;
}

const checkouts = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('readybench-ref-'));
