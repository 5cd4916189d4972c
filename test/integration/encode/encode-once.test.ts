import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { probeEncoder } from '../../../src/host/ffmpeg-probe.ts';
import { encodeArguments } from '../../../src/workloads/encode/args.ts';
import { encodeOnce, type EncodeOutcome, type EncodeRequest } from '../../../src/workloads/encode/encode-once.ts';
import { output } from '../../../src/workloads/encode/schema.ts';
import { pidOfEncode } from '../../support/encode/find-process.ts';
import { ANY, FFMPEGS, longClip, temporaryFolder, tinyClip } from '../../support/encode/media.ts';
import { hanging, program, replaying } from '../../support/encode/programs.ts';

const spec = output.parse({ preset: 'fast', bitrate: '200kbit/s' });

function request(folder: string, change: Partial<EncodeRequest> & { inputPath?: string } = {}): EncodeRequest {
  const outputPath = change.outputPath ?? join(folder, 'out.mp4');
  const { inputPath = join(folder, 'in.mp4'), ...rest } = change;
  return {
    ffmpeg: ANY.ffmpeg,
    args: encodeArguments({ encoder: 'libx264', output: spec, threads: 'auto', inputPath, outputPath }),
    outputPath,
    timeoutMs: 60_000,
    stallMs: 30_000,
    signal: new AbortController().signal,
    ...rest,
  };
}

const failure = (outcome: EncodeOutcome): string => (outcome.status === 'failed' ? outcome.failure.cause : outcome.status);

/** Long enough to be ended on the way, whatever the machine: an hour of video. */
const long = (folder: string): Promise<string> => longClip(join(folder, 'in.mp4'), 3_600);

describe.each(FFMPEGS)('with the $name ffmpeg', ({ ffmpeg }) => {
  test('an encode is measured: wall, CPU, memory, frames, bytes, first output', async () => {
    await using folder = await temporaryFolder();
    await tinyClip(join(folder.path, 'in.mp4'), { seconds: 2 });
    const outcome = await encodeOnce(request(folder.path, { ffmpeg, clipFrames: 50 }));
    expect(outcome).toMatchObject({ status: 'encoded', frames: 50 });
    if (outcome.status !== 'encoded') return;
    expect(outcome.cpuMs).toBeGreaterThan(0);
    expect(outcome.peakMemoryBytes).toBeGreaterThan(1e6);
    expect(outcome.outputBytes).toBeGreaterThan(1_000);
    expect(outcome.firstOutputMs).toBeGreaterThan(0);
    expect(outcome.firstOutputMs).toBeLessThanOrEqual(outcome.wallMs + 100);
    expect(outcome.points.at(-1)?.[1]).toBe(50);
  });

  test('frames that are not there are noticed, although ffmpeg ends well', async () => {
    await using folder = await temporaryFolder();
    await tinyClip(join(folder.path, 'in.mp4'), { seconds: 2 });
    const outcome = await encodeOnce(request(folder.path, { ffmpeg, clipFrames: 60 }));
    expect(outcome).toMatchObject({ status: 'failed', failure: { cause: 'frames-missing', reason: '50 frames encoded, the clip has 60' } });
  });

  test('a full disk', async () => {
    await using folder = await temporaryFolder();
    await tinyClip(join(folder.path, 'in.mp4'));
    await symlink('/dev/full', join(folder.path, 'full.mp4'));
    expect(failure(await encodeOnce(request(folder.path, { ffmpeg, outputPath: join(folder.path, 'full.mp4') })))).toBe('disk-full');
  });

  test.each(['SIGKILL', 'SIGTERM'] as const)('killed from outside by %s', async (signal) => {
    await using folder = await temporaryFolder();
    await long(folder.path);
    let killed = false;
    const outcome = await encodeOnce(
      request(folder.path, {
        ffmpeg,
        onProgress: () => {
          if (killed) return;
          killed = true;
          process.kill(pidOfEncode(join(folder.path, 'out.mp4')), signal);
        },
      }),
    );
    expect(outcome).toMatchObject({ status: 'failed', failure: { cause: 'killed' } });
  });

  test('an interrupt ends it, and is no failure', async () => {
    await using folder = await temporaryFolder();
    await long(folder.path);
    const stop = new AbortController();
    expect(await encodeOnce(request(folder.path, { ffmpeg, signal: stop.signal, onProgress: () => stop.abort() }))).toEqual({ status: 'interrupted' });
    expect(() => pidOfEncode(join(folder.path, 'out.mp4'))).toThrow('no process');
  });

  test('a clip or a folder that goes away', async () => {
    await using folder = await temporaryFolder();
    expect(failure(await encodeOnce(request(folder.path, { ffmpeg })))).toBe('input-gone');
    await tinyClip(join(folder.path, 'in.mp4'));
    expect(failure(await encodeOnce(request(folder.path, { ffmpeg, outputPath: join(folder.path, 'gone', 'out.mp4') })))).toBe('input-gone');
    await mkdir(join(folder.path, 'folder.mp4'));
    expect(failure(await encodeOnce(request(folder.path, { ffmpeg, inputPath: join(folder.path, 'folder.mp4') })))).not.toBe('encoded');
  });
});

test('one that makes no progress is ended, also when it goes on writing the same block', async () => {
  await using folder = await temporaryFolder();
  const outcome = await encodeOnce(request(folder.path, { ffmpeg: await hanging(folder.path), stallMs: 1_500 }));
  expect(outcome).toMatchObject({ status: 'failed', frames: 3, failure: { cause: 'hang', reason: 'no progress for 1.50 s after 3 frames' } });
});

test('one that takes too long is ended', async () => {
  await using folder = await temporaryFolder();
  expect(failure(await encodeOnce(request(folder.path, { ffmpeg: await hanging(folder.path), timeoutMs: 200 })))).toBe('timeout');
});

test('a session limit reached in the middle of a batch is told from a missing driver', async () => {
  await using folder = await temporaryFolder();
  const ffmpeg = await replaying(folder.path, '[h264_nvenc @ 0x55] OpenEncodeSessionEx failed: out of memory (10): (no details)\n[h264_nvenc @ 0x55] No capable devices found\n');
  expect(failure(await encodeOnce(request(folder.path, { ffmpeg })))).toBe('session-limit');
});

test('one that cannot be started, and one that leaves nothing', async () => {
  await using folder = await temporaryFolder();
  expect(failure(await encodeOnce(request(folder.path, { ffmpeg: join(folder.path, 'none') })))).toBe('not-started');
  expect(failure(await encodeOnce(request(folder.path, { ffmpeg: await program(folder.path, 'nothing', '') })))).toBe('no-output');
});

test('a probe that hangs is ended and named', async () => {
  await using folder = await temporaryFolder();
  const probe = await probeEncoder({ path: await hanging(folder.path) }, 'h264_nvenc', undefined, { timeoutMs: 300 });
  expect(probe).toMatchObject({ status: 'unavailable', cause: { cause: 'probe-timeout' } });
});
