import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { createToolResolver } from '../../../src/host/tools.ts';
import { encode } from '../../../src/workloads/encode/run.ts';
import { encodeWorkload } from '../../../src/workloads/encode/schema.ts';
import { ANY, ffmpeg, temporaryFolder, tinyClip } from '../../support/encode/media.ts';
import { shellProgram } from '../../support/encode/programs.ts';
import { nothingLeft } from '../../support/processes.ts';

afterEach(() => vi.unstubAllEnvs());

test('each job that fails has its cause, the others are unharmed, no process and no file is left', async () => {
  await using folder = await temporaryFolder();
  vi.stubEnv('READYBENCH_TEST_MARK', folder.path);
  await ffmpeg(['-f', 'lavfi', '-i', 'testsrc2=s=320x180:r=25:d=2', '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', join(folder.path, 'in.mp4')]);
  // A disk quota, somebody's kill, a hang, and one that is told of the clip's end too soon.
  const program = await shellProgram(
    folder.path,
    'ffmpeg',
    `for last; do :; done
case "$last" in
  *libx264-0-0.mp4) ulimit -f 16; exec '${ANY.ffmpeg}' "$@";;
  *libx264-0-1.mp4) kill -KILL $$;;
  *libx264-0-2.mp4) exec sleep 3600;;
  *libx264-0-3.mp4) exec '${ANY.ffmpeg}' -t 1 "$@";;
  *) exec '${ANY.ffmpeg}' "$@";;
esac`,
  );
  const spec = encodeWorkload.parse({
    name: 'encode',
    encode: { clip: { file: 'in.mp4' }, encoders: ['libx264'], jobs: 6, concurrency: 3, stallTimeout: '2s', output: { preset: 'fast', bitrate: '2Mbit/s' } },
  });
  const prepared = await encode.prepare(spec, {
    name: 'encode', rounds: 1, seed: 1, target: null, scenarioDir: folder.path, workDir: join(folder.path, 'work'),
    tools: createToolResolver({ FFMPEG_PATH: program, FFPROBE_PATH: ANY.ffprobe }), signal: new AbortController().signal, insecureTls: false, keepSecret: () => undefined, progress: () => undefined,
  });
  await prepared.runRound(0);
  const { series, detail, metrics, validity } = prepared.measurement();
  expect(await readdir(join(folder.path, 'work'))).toHaveLength(1);
  await prepared.close();
  const jobs = series.kind === 'encode' ? series.jobs : [];
  expect(jobs.map(({ job, failure }) => [job, failure?.cause ?? 'done']).sort()).toEqual([[0, 'file-size-limit'], [1, 'killed'], [2, 'hang'], [3, 'frames-missing'], [4, 'done'], [5, 'done']]);
  expect(metrics.find(({ id }) => id === 'success.rate')?.value).toBeCloseTo(2 / 6, 9);
  expect(metrics.some(({ id }) => id === 'batch.makespan')).toBe(false);
  expect(validity.findings.map(({ code }) => code).sort()).toEqual(['encode-failed-file-size-limit', 'encode-failed-frames-missing', 'encode-failed-hang', 'encode-failed-killed']);
  const [sweep] = detail.kind === 'encode' ? (detail.analysis?.sweeps ?? []) : [];
  expect(sweep?.levels[0]?.failures.map(({ count }) => count)).toEqual([1, 1, 1, 1]);
  expect(await readdir(join(folder.path, 'work'))).toEqual([]);
  await nothingLeft(folder.path);
});

test('a clip that shrinks to nothing between the rounds is a failure of those encodes, not of the run', async () => {
  await using folder = await temporaryFolder();
  const clip = await tinyClip(join(folder.path, 'in.mp4'));
  const spec = encodeWorkload.parse({ name: 'encode', encode: { clip: { file: 'in.mp4' }, encoders: ['libx264'], output: { preset: 'fast', bitrate: '200kbit/s' } } });
  const prepared = await encode.prepare(spec, {
    name: 'encode', rounds: 2, seed: 1, target: null, scenarioDir: folder.path, workDir: join(folder.path, 'work'),
    tools: createToolResolver({ FFMPEG_PATH: ANY.ffmpeg, FFPROBE_PATH: ANY.ffprobe }), signal: new AbortController().signal, insecureTls: false, keepSecret: () => undefined, progress: () => undefined,
  });
  await prepared.runRound(0);
  await writeFile(clip, '');
  await prepared.runRound(1);
  const { series } = prepared.measurement();
  await prepared.close();
  expect(series.kind === 'encode' && series.jobs.map(({ round, failure }) => [round, failure?.cause ?? 'done'])).toEqual([[0, 'done'], [1, 'input-damaged']]);
});
