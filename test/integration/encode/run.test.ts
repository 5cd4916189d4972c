import { existsSync, readdirSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runProcess } from '../../../src/host/processes.ts';
import { createToolResolver } from '../../../src/host/tools.ts';
import { workload } from '../../support/encode/record-parts.ts';
import type { Measurement, PreparedWorkload, Progress, WorkloadContext } from '../../../src/workloads/contract.ts';
import { encode } from '../../../src/workloads/encode/run.ts';
import { encodeWorkload } from '../../../src/workloads/encode/schema.ts';
import { pidOfEncode } from '../../support/encode/find-process.ts';
import { ANY, FFMPEGS, hasSystemFfmpeg, longClip, temporaryFolder, tinyClip } from '../../support/encode/media.ts';
import { program, shellProgram } from '../../support/encode/programs.ts';

type Tools = Pick<(typeof FFMPEGS)[number], 'ffmpeg' | 'ffprobe'>;

function context(folder: string, { ffmpeg, ffprobe }: Tools, change: Partial<WorkloadContext> = {}): WorkloadContext {
  return {
    name: 'encode', rounds: 2, seed: 1, target: null, scenarioDir: folder, workDir: join(folder, 'work'),
    tools: createToolResolver({ FFMPEG_PATH: ffmpeg, FFPROBE_PATH: ffprobe }), signal: new AbortController().signal, insecureTls: false, keepSecret: () => undefined, progress: () => undefined,
    ...change,
  };
}

const spec = (encodeSection: object = {}, sla: object = {}) =>
  encodeWorkload.parse({ name: 'encode', encode: { clip: { file: 'in.mp4' }, encoders: ['libx264'], output: { preset: 'fast', bitrate: '200kbit/s' }, ...encodeSection }, sla });

async function measured(prepared: PreparedWorkload, rounds: number): Promise<Measurement> {
  for (let round = 0; round < rounds; round += 1) await prepared.runRound(round);
  const measurement = prepared.measurement();
  await prepared.close();
  return measurement;
}

const aNumber: unknown = expect.any(Number);
const containing = (text: string): unknown => expect.stringContaining(text);
const keys = (measurement: Measurement): string[] => measurement.metrics.map(({ id, labels }) => [id, ...Object.values(labels)].join(' '));

describe.each(FFMPEGS)('with the $name ffmpeg', (tools) => {
  test('single encodes over two rounds: every metric, every job, the record takes it', async () => {
    await using folder = await temporaryFolder();
    await tinyClip(join(folder.path, 'in.mp4'), { seconds: 2 });
    const said: Progress[] = [];
    const prepared = await encode.prepare(spec(), context(folder.path, tools, { progress: (progress) => said.push(progress) }));
    const measurement = await measured(prepared, 2);
    expect(keys(measurement).sort()).toEqual(['encode.cpu', 'encode.firstOutput', 'encode.fps', 'encode.memory', 'encode.speed', 'encode.wall', 'output.bitrate', 'output.bytes', 'quality.psnr', 'quality.ssim', 'success.rate'].map((id) => `${id} libx264`));
    for (const metric of measurement.metrics) expect(metric).toMatchObject({ n: 2, rounds: [aNumber, aNumber] });
    expect(measurement.series).toMatchObject({ kind: 'encode', jobs: [{ round: 0, frames: 50, failure: null }, { round: 1, frames: 50 }], progress: [{ round: 0 }, { round: 1 }] });
    expect(measurement.detail).toMatchObject({ clip: { name: 'in.mp4', frames: 50, width: 160 }, probes: [{ encoder: 'libx264', available: true }] });
    expect(workload.safeParse(measurement).error).toBeUndefined();
    // The warm-up is no job, and is announced.
    expect(said[0]).toEqual({ phase: 'warm-up libx264', done: 0 });
    expect(await readdir(join(folder.path, 'work'))).toEqual([]);
  });

  test('the command in the record, pasted into a shell, makes the video', async () => {
    await using folder = await temporaryFolder();
    await tinyClip(join(folder.path, "it's.mp4"));
    const prepared = await encode.prepare(spec({ clip: { file: "it's.mp4" } }), context(folder.path, tools));
    const { detail } = prepared.measurement();
    await prepared.close();
    const command = detail.kind === 'encode' ? (detail.commands[0]?.command ?? '') : '';
    const result = await runProcess('sh', ['-c', command.replace(/file:\S+$/, `file:${join(folder.path, 'pasted.mp4')}`)]);
    expect(result.code).toBe(0);
    expect(await readdir(folder.path)).toContain('pasted.mp4');
  });

  test('a batch at two levels: makespan, videos per hour, the queue of workers, outputs removed', async () => {
    await using folder = await temporaryFolder();
    await tinyClip(join(folder.path, 'in.mp4'));
    const prepared = await encode.prepare(spec({ jobs: 4, concurrency: [1, 2] }), context(folder.path, tools));
    const measurement = await measured(prepared, 1);
    expect(keys(measurement)).toEqual(
      ['1', '2'].flatMap((level) => ['batch.makespan', 'batch.cpu', 'batch.videosPerHour', 'encode.wall', 'encode.fps', 'encode.speed', 'encode.memory', 'encode.firstOutput', 'output.bytes', 'output.bitrate', 'success.rate'].map((id) => `${id} libx264 ${level}`)),
    );
    const jobs = measurement.series.kind === 'encode' ? measurement.series.jobs : [];
    for (const level of [1, 2]) {
      const own = jobs.filter((job) => job.concurrency === level);
      expect(own.map(({ job }) => job).sort()).toEqual([0, 1, 2, 3]);
      expect(new Set(own.map(({ worker }) => worker)).size).toBe(level);
      const makespan = measurement.metrics.find(({ id, labels }) => id === 'batch.makespan' && labels['concurrency'] === String(level))?.value ?? 0;
      const videosPerHour = measurement.metrics.find(({ id, labels }) => id === 'batch.videosPerHour' && labels['concurrency'] === String(level))?.value ?? 0;
      expect(makespan).toBeCloseTo(Math.max(...own.map(({ endMs }) => endMs)) - Math.min(...own.map(({ startMs }) => startMs)), 6);
      expect(videosPerHour).toBeCloseTo((4 / makespan) * 3.6e6, 6);
    }
    expect(await readdir(join(folder.path, 'work'))).toEqual([]);
  });
});

test('renditions come from one decode: one encode, the size of all of them, nothing left', async () => {
  await using folder = await temporaryFolder();
  await tinyClip(join(folder.path, 'in.mp4'), { size: '320x180' });
  const renditions = [{ height: 180, bitrate: '200kbit/s' }, { height: 120, bitrate: '100kbit/s' }, { height: 90, bitrate: '60kbit/s' }];
  const prepared = await encode.prepare(spec({ output: { preset: 'fast', renditions } }), context(folder.path, ANY));
  const { series, detail, metrics } = await measured(prepared, 1);
  expect(series).toMatchObject({ jobs: [{ frames: 25, failure: null }] });
  expect(detail).toMatchObject({ analysis: { targetBitrate: 360_000 }, quality: [] });
  expect(metrics.find(({ id }) => id === 'output.bytes')?.value).toBeGreaterThan(1_500);
  expect(await readdir(join(folder.path, 'work'))).toEqual([]);
});

test('the output is scaled to the height asked for', async () => {
  await using folder = await temporaryFolder();
  await tinyClip(join(folder.path, 'in.mp4'), { size: '320x180' });
  const prepared = await encode.prepare(spec({ output: { height: 90, bitrate: '200kbit/s' } }), context(folder.path, ANY));
  expect((await measured(prepared, 1)).metrics.find(({ id }) => id === 'success.rate')?.value).toBe(1);
});

describe('an encoder that cannot run here', () => {
  test('is not measured, with the reason; the others are; its limits have no metric to hold for', async () => {
    await using folder = await temporaryFolder();
    await tinyClip(join(folder.path, 'in.mp4'));
    const both = spec({ encoders: ['h264_nvenc', 'libx264'] }, { wall: '60s' });
    const measurement = await measured(await encode.prepare(both, context(folder.path, ANY)), 1);
    expect(measurement.notMeasured).toMatchObject([{ what: 'h264_nvenc', cause: 'not-compiled-in', reason: containing('built without it'), remedy: containing('FFMPEG_PATH') }]);
    expect(keys(measurement).every((key) => key.includes('libx264'))).toBe(true);
    const limit = encode.limits(both).find(({ labels }) => labels['encoder'] === 'h264_nvenc');
    expect(limit).toMatchObject({ id: 'encode.wall', limit: 60_000 });
  });

  test('alone leaves nothing measured', async () => {
    await using folder = await temporaryFolder();
    await tinyClip(join(folder.path, 'in.mp4'));
    const measurement = await measured(await encode.prepare(spec({ encoders: ['h264_nvenc'] }), context(folder.path, ANY)), 1);
    expect(measurement).toMatchObject({ metrics: [], series: { jobs: [] }, notMeasured: [{ what: 'h264_nvenc' }] });
  });

  test('but is required ends the preflight with exit code 6', async () => {
    await using folder = await temporaryFolder();
    await tinyClip(join(folder.path, 'in.mp4'));
    const prepared = encode.prepare(spec({ encoders: ['libx264', 'h264_nvenc'], require: ['h264_nvenc'] }), context(folder.path, ANY));
    await expect(prepared).rejects.toMatchObject({ exitCode: 6, message: containing('h264_nvenc is required and cannot run here: this ffmpeg was built without it'), hint: containing('FFMPEG_PATH') });
  });

  test.skipIf(!hasSystemFfmpeg)('for want of a driver or GPU says which, or runs (needs system ffmpeg)', async () => {
    await using folder = await temporaryFolder();
    await tinyClip(join(folder.path, 'in.mp4'), { size: '320x180' });
    const system = FFMPEGS.find(({ name }) => name === 'system') ?? ANY;
    const prepared = await encode.prepare(spec({ encoders: ['h264_nvenc'] }), context(folder.path, system));
    const { notMeasured } = prepared.measurement();
    await prepared.close();
    for (const { cause } of notMeasured) expect(cause).not.toBe('unknown');
  });
});

test('an encode killed from outside leaves the other jobs unharmed', async () => {
  await using folder = await temporaryFolder();
  await longClip(join(folder.path, 'in.mp4'), 30);
  // Job 1 reads its clip at the speed of a viewer, so that it runs when it is to be killed, however fast the machine.
  const ffmpeg = await shellProgram(folder.path, 'ffmpeg', `case "$*" in *libx264-0-1.mp4) exec '${ANY.ffmpeg}' -re "$@";; *) exec '${ANY.ffmpeg}' "$@";; esac`);
  let killed = false;
  const killSecond = (): void => {
    if (killed) return;
    const [encodeFolder] = existsSync(join(folder.path, 'work')) ? readdirSync(join(folder.path, 'work')) : [];
    if (encodeFolder === undefined) return;
    try {
      process.kill(pidOfEncode(join(folder.path, 'work', encodeFolder, 'libx264-0-1.mp4')), 'SIGKILL');
      killed = true;
    } catch {
      // Not started yet.
    }
  };
  const prepared = await encode.prepare(spec({ jobs: 3, concurrency: 2 }), context(folder.path, { ...ANY, ffmpeg }, { progress: killSecond }));
  const measurement = await measured(prepared, 1);
  const jobs = measurement.series.kind === 'encode' ? measurement.series.jobs : [];
  expect(jobs.map(({ job, failure }) => [job, failure?.cause ?? 'done']).sort()).toEqual([[0, 'done'], [1, 'killed'], [2, 'done']]);
  expect(measurement.metrics.find(({ id }) => id === 'success.rate')).toMatchObject({ value: 2 / 3, n: 3 });
  expect(keys(measurement)).not.toContain('batch.makespan libx264 2');
  expect(measurement.validity.findings).toMatchObject([{ code: 'encode-failed-killed', message: containing('1 of 3 encodes failed') }]);
});

test('an interrupt stops what runs, starts nothing more, and keeps what was measured', async () => {
  await using folder = await temporaryFolder();
  await longClip(join(folder.path, 'in.mp4'), 20);
  const stop = new AbortController();
  const prepared = await encode.prepare(
    spec({ jobs: 50, concurrency: 2 }),
    context(folder.path, ANY, { signal: stop.signal, progress: ({ phase }) => (/ [2-9]\/50$/.test(phase) ? stop.abort() : undefined) }),
  );
  await prepared.runRound(0);
  const measurement = prepared.measurement();
  const jobs = measurement.series.kind === 'encode' ? measurement.series.jobs : [];
  expect(jobs.length).toBeGreaterThanOrEqual(2);
  expect(jobs.length).toBeLessThan(50);
  expect(jobs.every(({ failure }) => failure === null)).toBe(true);
  expect(keys(measurement)).toContain('encode.wall libx264 2');
  expect(keys(measurement)).not.toContain('batch.makespan libx264 2');
  await prepared.close();
  expect(await readdir(join(folder.path, 'work'))).toEqual([]);
});

test('a fault of the clip ends the preflight with exit code 2', async () => {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, 'in.mp4'), '');
  await expect(encode.prepare(spec(), context(folder.path, ANY))).rejects.toMatchObject({ exitCode: 2, message: containing('[zero-length]') });
});

test('an ffmpeg that hangs in one job out of three costs that job only', async () => {
  await using folder = await temporaryFolder();
  await tinyClip(join(folder.path, 'in.mp4'));
  const wrapper = await program(
    folder.path,
    'ffmpeg',
    `const args = process.argv.slice(2);
     if (args.at(-1).endsWith('libx264-0-1.mp4')) setInterval(() => {}, 1_000);
     else require('node:child_process').spawn(${JSON.stringify(ANY.ffmpeg)}, args, { stdio: 'inherit' }).on('exit', (code) => process.exit(code));`,
  );
  const prepared = await encode.prepare(spec({ jobs: 3, concurrency: 2, stallTimeout: '3s' }), context(folder.path, { ...ANY, ffmpeg: wrapper }));
  const measurement = await measured(prepared, 1);
  const jobs = measurement.series.kind === 'encode' ? measurement.series.jobs : [];
  expect(jobs.map(({ job, failure }) => [job, failure?.cause ?? 'done']).sort()).toEqual([[0, 'done'], [1, 'hang'], [2, 'done']]);
});
