import { delimiter, join } from 'node:path';
import { readdir, symlink } from 'node:fs/promises';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { isTestDouble, probeEncoder, sessionCap } from '../../../src/host/ffmpeg-probe.ts';
import { sampleGpu } from '../../../src/host/nvidia-smi.ts';
import { createToolResolver } from '../../../src/host/tools.ts';
import type { EncodeDetail, EncodeJob } from '../../../src/record/schema.ts';
import type { Measurement, WorkloadContext } from '../../../src/workloads/contract.ts';
import { encodeArguments } from '../../../src/workloads/encode/args.ts';
import { encodeOnce } from '../../../src/workloads/encode/encode-once.ts';
import { encode } from '../../../src/workloads/encode/run.ts';
import { encodeWorkload, output } from '../../../src/workloads/encode/schema.ts';
import { project } from '../../support/bench.ts';
import { workload } from '../../support/encode/record-parts.ts';
import { temporaryFolder, tinyClip } from '../../support/encode/media.ts';
import { canBuildDouble, NEEDS, nvencDouble, NVIDIA_SMI, systemFfmpeg } from '../../support/nvenc/build.ts';

/** What runs on NVENC, run for real through ffmpeg's own h264_nvenc on a stand-in for the GPU: test/support/nvenc/README.md. */

let double: Awaited<ReturnType<typeof nvencDouble>>;
const tool = { path: systemFfmpeg.ffmpeg };
const real = { width: 320, height: 180, framesPerSecond: 25, before: [], options: '-c:v h264_nvenc -preset p4 -profile:v high -pix_fmt yuv420p -g 48 -bf 2 -rc vbr -b:v 500000'.split(' ') };

beforeAll(async () => {
  if (canBuildDouble) double = await nvencDouble();
  return async () => {
    if (canBuildDouble) await double[Symbol.asyncDispose]();
  };
});
afterEach(() => vi.unstubAllEnvs());

const switches = (env: Readonly<Record<string, string>> = {}): void => {
  for (const [name, value] of Object.entries({ LD_LIBRARY_PATH: double.path, ...env })) vi.stubEnv(name, value);
};

async function measured(folder: string, section: object, change: Partial<WorkloadContext> = {}, rounds = 1): Promise<Measurement & { jobs: EncodeJob[]; detail: EncodeDetail }> {
  const spec = encodeWorkload.parse({ name: 'encode', encode: { clip: { file: 'in.mp4' }, encoders: ['h264_nvenc'], output: { preset: 'fast', bitrate: '500kbit/s' }, ...section } });
  const prepared = await encode.prepare(spec, {
    name: 'encode', rounds, seed: 1, target: null, scenarioDir: folder, workDir: join(folder, 'work'),
    tools: createToolResolver({ FFMPEG_PATH: systemFfmpeg.ffmpeg, FFPROBE_PATH: systemFfmpeg.ffprobe }), signal: new AbortController().signal, insecureTls: false, keepSecret: () => undefined, progress: () => undefined,
    ...change,
  });
  try {
    for (let round = 0; round < rounds; round += 1) await prepared.runRound(round);
    const measurement = prepared.measurement();
    expect(workload.safeParse(measurement).error).toBeUndefined();
    const { series, detail } = measurement;
    if (series.kind !== 'encode' || detail.kind !== 'encode') throw new Error('no encode');
    return { ...measurement, jobs: series.jobs, detail };
  } finally {
    await prepared.close();
    expect(await readdir(join(folder, 'work'))).toEqual([]);
  }
}

describe.skipIf(!canBuildDouble)(`NVENC without a GPU ${NEEDS}`, () => {
  test('an available encoder names its board, and the double is known for what it is', async () => {
    switches();
    const probe = await probeEncoder(tool, 'h264_nvenc', real);
    expect(probe).toEqual({ encoder: 'h264_nvenc', status: 'available', device: 'TEST DOUBLE of readybench' });
    expect(isTestDouble(probe)).toBe(true);
    expect(isTestDouble(await probeEncoder(tool, 'libx264'))).toBe(false);
  });

  test.each([
    ['old-driver', 'driver-too-old', 'at-all', /upgrade the NVIDIA driver to 470\.57/],
    ['no-device', 'no-device', 'at-all', /nvidia-smi/],
    ['cuinit', 'no-device', 'at-all', /nvidia-smi/],
    ['unsupported-device', 'no-nvenc-hardware', 'at-all', /GPU with NVENC/],
    ['no-codec', 'codec-unsupported', 'at-all', /another codec/],
    ['no-bframes', 'option-unsupported', 'with-options', /bFrames: 0/],
    ['no-lookahead', 'option-unsupported', 'with-options', /another preset/],
    ['narrow', 'too-large', 'with-options', /output\.height/],
  ])('%s is %s, found %s', async (fail, cause, step, remedy) => {
    switches({ NVENC_DOUBLE_FAIL: fail });
    const options = fail === 'no-lookahead' ? [...real.options, '-rc-lookahead', '32'] : real.options;
    const probe = await probeEncoder(tool, 'h264_nvenc', { ...real, width: fail === 'narrow' ? 640 : 320, options });
    expect(probe).toMatchObject({ status: 'unavailable', step, cause: { cause, remedy: expect.stringMatching(remedy) as string } });
  });

  test('a picture too small, and each library that is not there', async () => {
    switches();
    expect(await probeEncoder(tool, 'h264_nvenc', { ...real, width: 128, height: 72 })).toMatchObject({ step: 'with-options', cause: { cause: 'too-small' } });
    await using cudaAlone = await nvencDouble(['libcuda.so.1']);
    vi.stubEnv('LD_LIBRARY_PATH', cudaAlone.path);
    expect(await probeEncoder(tool, 'h264_nvenc', real)).toMatchObject({ step: 'at-all', cause: { cause: 'no-video-capability' } });
    await using encoderAlone = await nvencDouble(['libnvidia-encode.so.1']);
    vi.stubEnv('LD_LIBRARY_PATH', encoderAlone.path);
    expect(await probeEncoder(tool, 'h264_nvenc', real)).toMatchObject({ step: 'at-all', cause: { cause: 'no-driver' } });
  });

  test.each([['10'], ['21']])('the session cap is found by trying, whatever the driver answers beyond it (%s)', async (answer) => {
    await using folder = await temporaryFolder();
    switches({ NVENC_DOUBLE_SESSIONS: '3', NVENC_DOUBLE_DIR: folder.path, NVENC_DOUBLE_LIMIT_ERROR: answer });
    expect(await sessionCap(tool, 'h264_nvenc', 6)).toBe(3);
    expect(await sessionCap(tool, 'h264_nvenc', 2)).toBeNull();
  });

  test('a clip is measured beside x264, at the bit rate asked for, and the record says on what', async () => {
    await using folder = await temporaryFolder();
    await tinyClip(join(folder.path, 'in.mp4'), { size: '320x180', seconds: 2 });
    switches();
    const { testDouble, jobs, detail, metrics, notMeasured } = await measured(folder.path, { encoders: ['libx264', 'h264_nvenc'], modes: ['cpu-decode', 'full-gpu', 'decode-only'] });
    expect(testDouble).toBe(true);
    expect(notMeasured).toEqual([]);
    expect(jobs.map(({ encoder, frames, failure }) => [encoder, frames, failure])).toEqual(['libx264', 'h264_nvenc', 'h264_nvenc, decoded by gpu', 'decode by cpu', 'decode by gpu'].map((name) => [name, 50, null]));
    expect(detail.probes).toMatchObject([{ encoder: 'libx264', device: null }, { encoder: 'h264_nvenc', device: 'TEST DOUBLE of readybench' }]);
    const bitrate = metrics.find(({ id, labels }) => id === 'output.bitrate' && labels['encoder'] === 'h264_nvenc' && labels['decoder'] === undefined)?.value ?? 0;
    expect(bitrate / 500_000).toBeGreaterThan(0.8);
    expect(bitrate / 500_000).toBeLessThan(1.2);
    expect(detail.analysis?.equalRate.map(({ subject }) => subject)).toEqual(['libx264', 'h264_nvenc', 'h264_nvenc, decoded by gpu']);
    expect(detail.analysis?.bounds.map(({ subject }) => subject)).toEqual(['h264_nvenc', 'h264_nvenc, decoded by gpu']);
    // Not NVENC's picture, by far: it is worse than x264's and says so.
    const psnr = (subject: string): number => detail.analysis?.equalRate.find((each) => each.subject === subject)?.psnr ?? Number.NaN;
    expect(psnr('h264_nvenc')).toBeLessThan(psnr('libx264'));
  });

  test.each([
    ['encode', { NVENC_DOUBLE_FRAME_US: '20000' }],
    ['decode', { NVENC_DOUBLE_DECODE_US: '20000' }],
  ] as const)('one that is %s-bound is told', async (bound, env) => {
    await using folder = await temporaryFolder();
    await tinyClip(join(folder.path, 'in.mp4'), { size: '320x180', seconds: 2 });
    switches(env);
    const { detail } = await measured(folder.path, { modes: ['full-gpu', 'decode-only'], quality: [] });
    expect(detail.analysis?.bounds).toMatchObject([{ subject: 'h264_nvenc, decoded by gpu', bound }]);
  });

  test('a GPU that does not decode the clip is not measured in that mode: ffmpeg would use the CPU and say nothing', async () => {
    await using folder = await temporaryFolder();
    await tinyClip(join(folder.path, 'in.mp4'), { size: '320x180' });
    switches({ NVENC_DOUBLE_FAIL: 'no-decoder' });
    const { jobs, notMeasured } = await measured(folder.path, { modes: ['cpu-decode', 'full-gpu'], quality: [] });
    expect(jobs.map(({ encoder }) => encoder)).toEqual(['h264_nvenc']);
    expect(notMeasured).toMatchObject([{ what: 'decoding on the GPU (full-gpu)', cause: 'decoder-unsupported' }]);
    await using noDecoder = await nvencDouble(['libcuda.so.1', 'libnvidia-encode.so.1']);
    vi.stubEnv('LD_LIBRARY_PATH', noDecoder.path);
    vi.stubEnv('NVENC_DOUBLE_FAIL', '');
    expect((await measured(folder.path, { modes: ['cpu-decode', 'full-gpu'], quality: [] })).notMeasured).toMatchObject([{ cause: 'no-video-capability' }]);
  });

  test('a batch beyond the session cap counts its failures by cause; the sweep stays within', async () => {
    await using folder = await temporaryFolder();
    await using sessions = await temporaryFolder();
    await tinyClip(join(folder.path, 'in.mp4'), { size: '320x180' });
    switches({ NVENC_DOUBLE_SESSIONS: '2', NVENC_DOUBLE_DIR: sessions.path, NVENC_DOUBLE_FRAME_US: '15000' });
    const { jobs, detail, validity } = await measured(folder.path, { jobs: 4, concurrency: ['sweep', 4] });
    expect(detail.sessionCaps).toEqual([{ encoder: 'h264_nvenc', cap: 2, tried: 5 }]);
    const [sweep] = detail.analysis?.sweeps ?? [];
    expect(sweep?.levels.map(({ concurrency }) => concurrency)).toEqual([1, 2, 4]);
    expect(sweep?.levels.map(({ failures }) => failures.map(({ cause }) => cause))).toEqual([[], [], ['session-limit']]);
    expect(jobs.filter(({ concurrency, failure }) => concurrency < 4 && failure !== null)).toEqual([]);
    expect(validity.findings).toMatchObject([{ code: 'encode-failed-session-limit' }]);
  });

  test('an encode that fails or hangs on the GPU is a named failure of that encode', async () => {
    await using folder = await temporaryFolder();
    await tinyClip(join(folder.path, 'in.mp4'), { size: '320x180', seconds: 2 });
    switches({ NVENC_DOUBLE_FAIL: 'encode' });
    expect((await measured(folder.path, {})).jobs).toMatchObject([{ failure: { cause: 'gpu-error' } }]);
    vi.stubEnv('NVENC_DOUBLE_FAIL', 'hang');
    const outputPath = join(folder.path, 'out.mp4');
    const args = encodeArguments({ encoder: 'h264_nvenc', output: output.parse({}), threads: 'auto', inputPath: join(folder.path, 'in.mp4'), outputPath });
    const outcome = await encodeOnce({ ffmpeg: systemFfmpeg.ffmpeg, args, outputPath, timeoutMs: 60_000, stallMs: 500, signal: new AbortController().signal });
    expect(outcome).toMatchObject({ status: 'failed', failure: { cause: 'hang' } });
  });

  test('utilisation, sessions and power come from one nvidia-smi', async () => {
    await using folder = await temporaryFolder();
    await tinyClip(join(folder.path, 'in.mp4'), { size: '320x180' });
    await using smi = await nvidiaSmi();
    switches({ PATH: smi.path, NVENC_DOUBLE_FRAME_US: '30000' });
    const { detail } = await measured(folder.path, { quality: [] });
    const use = detail.load?.[0]?.gpu;
    expect(use).toMatchObject({ encoder: 0.83, encoderMax: 0.83, decoder: 0.12, utilisation: 0.07, sessionsMax: 2, powerW: 71.25, temperatureMaxC: 54 });
    expect(use?.energyJ).toBeGreaterThan(71.25 * 0.5);
  });

  test('results made on the double can never become a baseline', async () => {
    const { bench, dir, record } = await project({ 'encodes.yaml': 'name: encodes\nrounds: 3\nworkloads:\n  - name: clip\n    encode: { clip: { file: in.mp4 }, encoders: [h264_nvenc], require: [h264_nvenc], output: { preset: fast, bitrate: 500kbit/s } }\n' });
    await tinyClip(join(dir, 'in.mp4'), { size: '320x180' });
    const tools = { FFMPEG_PATH: systemFfmpeg.ffmpeg, FFPROBE_PATH: systemFfmpeg.ffprobe };
    const run = await bench(['run', 'encodes.yaml'], { ...tools, LD_LIBRARY_PATH: double.path });
    expect(run.code, run.stderr).toBe(0);
    expect(run.stdout).toContain('stand-in for the real device');
    expect((await record()).scenarios[0]?.workloads[0]).toMatchObject({ testDouble: true, detail: { probes: [{ device: 'TEST DOUBLE of readybench' }] } });
    const approve = await bench(['baseline', 'approve', '--reason', 'no']);
    expect(approve.code).toBe(2);
    expect(approve.stderr).toContain('stand-in for the real device');
    // The same machine without it: required, and not there.
    const without = await bench(['run', 'encodes.yaml'], { ...tools, LD_LIBRARY_PATH: '' });
    expect(without.code).toBe(6);
  });
});

/** A folder in front of PATH whose nvidia-smi is the fixture. */
async function nvidiaSmi(): Promise<{ path: string } & AsyncDisposable> {
  const folder = await temporaryFolder();
  await symlink(NVIDIA_SMI, join(folder.path, 'nvidia-smi'));
  return { path: `${folder.path}${delimiter}${process.env['PATH'] ?? ''}`, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

test.each([
  ['', { encoder: 0.83, powerW: 71.25 }],
  ['na', { encoder: null, powerW: null, energyJ: null, sessionsMax: null }],
  ['dies', { encoder: 0.83 }],
])('nvidia-smi %s: what it does not know is missing, not 0', async (how, expected) => {
  await using smi = await nvidiaSmi();
  vi.stubEnv('NVIDIA_SMI', how);
  const startedAt = performance.now();
  const sampler = sampleGpu({ PATH: smi.path });
  await vi.waitFor(() => expect(sampler?.between(startedAt, performance.now())).toMatchObject(expected), { timeout: 10_000 });
  await sampler?.stop();
});

test.each(['fail', 'garbage'])('an nvidia-smi that says nothing of use (%s) is no figure', async (how) => {
  await using smi = await nvidiaSmi();
  vi.stubEnv('NVIDIA_SMI', how);
  const startedAt = performance.now();
  const sampler = sampleGpu({ PATH: smi.path });
  await sampler?.ended;
  expect(sampler?.between(startedAt, performance.now())).toBeNull();
  await sampler?.stop();
  expect(sampleGpu({ PATH: '' })).toBeNull();
});
