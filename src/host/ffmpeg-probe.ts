import type { FfmpegTool, NotMeasured } from '../record/schema.ts';
import { decoderCause, encoderCause, type Cause } from './ffmpeg-causes.ts';
import { minimalOptions } from './ffmpeg-devices.ts';
import { runProcess, startProcess, type ProcessResult, type RunningProcess } from './processes.ts';

/** What an encoder is about to be used for. */
export interface RealUse {
  width: number;
  height: number;
  framesPerSecond: number;
  /** Before the input: the device. */
  before: readonly string[];
  /** The output options, `-c:v` and its encoder among them. */
  options: readonly string[];
}

export type EncoderProbe =
  /** `device`: the GPU that encoded, as its driver calls it; null for the CPU and where ffmpeg does not say. */
  | { encoder: string; status: 'available'; device: string | null }
  /** `step`: could it not run at all, or not with these options at this size. */
  | { encoder: string; status: 'unavailable'; step: 'at-all' | 'with-options'; cause: Cause };

interface ProbeSettings {
  signal?: AbortSignal;
  timeoutMs?: number;
}

const PROBE_TIMEOUT_MS = 10_000;

/** The encoders `bench doctor` looks at. */
export const PROBED_ENCODERS = ['libx264', 'libx265', 'libsvtav1', 'h264_nvenc', 'hevc_nvenc', 'av1_nvenc', 'h264_vaapi', 'h264_qsv'] as const;

/**
 * Whether an encoder works here, found by encoding with it: three frames at 256×256, then, where `use` is given, three
 * frames at the real size with the real options. (`ffmpeg -encoders` lists encoders that cannot run.)
 */
export async function probeEncoder(ffmpeg: Pick<FfmpegTool, 'path'>, encoder: string, use?: RealUse, settings: ProbeSettings = {}): Promise<EncoderProbe> {
  if (!/^[a-z0-9_]+$/.test(encoder)) throw new Error(`not the name of an encoder: ${encoder}`);
  const atAll = await tryEncode(ffmpeg.path, { width: 256, height: 256, framesPerSecond: 30, ...minimalOptions(encoder) }, settings);
  if (atAll.cause !== null) return { encoder, status: 'unavailable', step: 'at-all', cause: atAll.cause };
  const withOptions = use === undefined ? atAll : await tryEncode(ffmpeg.path, use, settings);
  if (withOptions.cause !== null) return { encoder, status: 'unavailable', step: 'with-options', cause: withOptions.cause };
  return { encoder, status: 'available', device: /\[ GPU #\d+ - < (.+?) > has Compute/.exec(atAll.said)?.[1] ?? null };
}

/** What the device of the test double of libcuda calls itself: figures made on it are no results. */
export const isTestDouble = (probe: EncoderProbe): boolean => probe.status === 'available' && probe.device?.startsWith('TEST DOUBLE') === true;

/** Several encoders, one after the other: GPU sessions must not be counted against each other. */
export async function probeEncoders(ffmpeg: Pick<FfmpegTool, 'path'>, encoders: readonly string[] = PROBED_ENCODERS, settings: ProbeSettings = {}): Promise<EncoderProbe[]> {
  const probes: EncoderProbe[] = [];
  for (const encoder of encoders) probes.push(await probeEncoder(ffmpeg, encoder, undefined, settings));
  return probes;
}

/** What the record says about an encoder that could not be used; null where it could. */
export function notMeasured(probe: EncoderProbe): NotMeasured | null {
  return probe.status === 'available' ? null : { what: probe.encoder, ...probe.cause };
}

interface Trial {
  /** Null where it encoded. */
  cause: Cause | null;
  said: string;
}

async function tryEncode(ffmpeg: string, use: RealUse, settings: ProbeSettings): Promise<Trial> {
  const framesPerSecond = Math.max(1, Math.round(use.framesPerSecond));
  const source = `nullsrc=s=${use.width}x${use.height}:r=${framesPerSecond}:d=${(6 / framesPerSecond).toFixed(2)}`;
  // Verbose, because what a GPU lacks is logged below the level of errors.
  const args = ['-nostdin', '-hide_banner', '-nostats', '-loglevel', 'verbose', ...use.before, '-f', 'lavfi', '-i', source, '-frames:v', '3', ...use.options, '-f', 'null', '-'];
  const timeoutMs = settings.timeoutMs ?? PROBE_TIMEOUT_MS;
  const result = await runProcess(ffmpeg, args, { timeoutMs, ...(settings.signal === undefined ? {} : { signal: settings.signal }) });
  settings.signal?.throwIfAborted();
  return { cause: failureOf(result, ffmpeg, timeoutMs), said: result.stderr };
}

function failureOf(result: ProcessResult, ffmpeg: string, timeoutMs: number): Cause | null {
  if (result.startError !== null) {
    return { cause: 'not-started', reason: `${ffmpeg} could not be started (${result.startError})`, remedy: 'check that it is an executable for this machine' };
  }
  if (result.timedOut) {
    return { cause: 'probe-timeout', reason: `a probe of three frames did not end within ${timeoutMs / 1_000} s`, remedy: 'run an encode by hand; a driver that hangs needs a restart of the machine' };
  }
  if (result.signal !== null) {
    return { cause: 'crashed', reason: `ffmpeg ended with ${result.signal} during a probe of three frames`, remedy: 'update ffmpeg or the driver' };
  }
  return result.code === 0 ? null : encoderCause(result.stderr);
}

/** Whether the GPU really decodes this clip: ffmpeg goes on with the CPU where it does not, and ends well. Null where it does. */
export async function probeGpuDecoding(ffmpeg: Pick<FfmpegTool, 'path'>, args: readonly string[], settings: ProbeSettings = {}): Promise<Cause | null> {
  const timeoutMs = settings.timeoutMs ?? PROBE_TIMEOUT_MS;
  const result = await runProcess(ffmpeg.path, args, { timeoutMs, ...(settings.signal === undefined ? {} : { signal: settings.signal }) });
  settings.signal?.throwIfAborted();
  return decoderCause(result.stderr) ?? failureOf(result, ffmpeg.path, timeoutMs);
}

/**
 * How many sessions of an encoder run at once, found by opening one after the other: null where `most` did. Each of them encodes
 * at the speed of a viewer meanwhile, so that they are all open at the same time and cost little.
 */
export async function sessionCap(ffmpeg: Pick<FfmpegTool, 'path'>, encoder: string, most: number, settings: ProbeSettings = {}): Promise<number | null> {
  const { before, options } = minimalOptions(encoder);
  const args = ['-nostdin', '-hide_banner', '-nostats', '-progress', 'pipe:1', ...before, '-re', '-f', 'lavfi', '-i', 'nullsrc=s=256x256:r=30:d=60', ...options, '-f', 'null', '-'];
  const open: RunningProcess[] = [];
  try {
    while (open.length < most) {
      let started: (works: boolean) => void = () => undefined;
      const works = new Promise<boolean>((resolve) => (started = resolve));
      const session = startProcess(ffmpeg.path, args, {
        timeoutMs: 60_000,
        ...(settings.signal === undefined ? {} : { signal: settings.signal }),
        onStdoutLine: (line) => {
          if (/^frame=\s*[1-9]/.test(line)) started(true);
        },
      });
      void session.exited.then(() => started(false));
      if (!(await works)) return encoderCause((await session.exited).stderr).cause === 'session-limit' ? open.length : null;
      open.push(session);
    }
    return null;
  } finally {
    await Promise.all(open.map((session) => session.stop(1_000)));
  }
}
