import { BenchError, EXIT } from '../../errors.ts';
import { notMeasured, probeEncoder, probeGpuDecoding, sessionCap, type EncoderProbe } from '../../host/ffmpeg-probe.ts';
import type { EncodeDetail, FfmpegTool, NotMeasured } from '../../record/schema.ts';
import type { WorkloadContext } from '../contract.ts';
import { findClip, type Clip } from './clips.ts';
import { decodeArguments } from './args.ts';
import { ENCODER_DESCRIPTIONS, encoderOptions, outputsOf } from './encoders.ts';
import type { Encoder, EncodeSpec, OutputSpec } from './schema.ts';

/** Everything a round needs, found and checked. */
export interface Prepared {
  ffmpeg: FfmpegTool;
  clip: Clip;
  probes: EncoderProbe[];
  /** Those whose probe encoded. */
  available: Encoder[];
  sessionCaps: NonNullable<EncodeDetail['sessionCaps']>;
  /** Null where the GPU is not asked to decode, or does. */
  gpuDecoding: NotMeasured | null;
}

/** The preflight but for disk space. Throws a BenchError: 2 for the clip, 6 for a missing ffmpeg or a required encoder. */
export async function preflight(spec: EncodeSpec, context: Pick<WorkloadContext, 'tools' | 'scenarioDir' | 'signal' | 'progress'>): Promise<Prepared> {
  const { signal, progress, scenarioDir } = context;
  const [ffmpeg, ffprobe] = await Promise.all([context.tools.ffmpeg(), context.tools.ffprobe()]);
  const clip = await findClip(spec.clip, { ffmpeg, ffprobe, scenarioDir, signal, onMaking: (done) => progress({ phase: 'making the clip', done }) });
  // Of renditions the first: the largest by custom, and the others ask no more of an encoder.
  const [first = spec.output] = outputsOf(spec.output);
  const size = outputSize(clip, first);
  const probes: EncoderProbe[] = [];
  const available: Encoder[] = [];
  for (const encoder of spec.encoders) {
    const [policy] = Array.isArray(spec.threads) ? spec.threads : [spec.threads];
    const options = encoderOptions(encoder, { ...first, height: undefined }, typeof policy === 'number' ? policy : 'auto');
    const probe = await probeEncoder(ffmpeg, encoder, { ...size, framesPerSecond: clip.framesPerSecond, ...options }, { signal });
    probes.push(probe);
    if (probe.status === 'available') available.push(encoder);
  }
  requireEncoders(spec.require, probes, ffmpeg);
  const onNvenc = available.filter((encoder) => ENCODER_DESCRIPTIONS[encoder].runsOn === 'nvenc');
  const sessionCaps: Prepared['sessionCaps'] = [];
  for (const encoder of spec.jobs === 1 ? [] : onNvenc) {
    progress({ phase: `sessions of ${encoder}`, done: 0 });
    const tried = Math.min(MOST_SESSIONS, spec.jobs + 1);
    sessionCaps.push({ encoder, tried, cap: await sessionCap(ffmpeg, encoder, tried, { signal }) });
  }
  return { ffmpeg, clip, probes, available, sessionCaps, gpuDecoding: await gpuDecoding(spec, onNvenc, ffmpeg, clip, signal) };
}

/** More sessions than this at once say nothing more about a GPU. */
const MOST_SESSIONS = 17;
const DECODE_PROBE_SECONDS = 0.5;

/** With the clip itself: whether a GPU decodes is a matter of codec, profile and size. */
async function gpuDecoding(spec: EncodeSpec, onNvenc: readonly Encoder[], ffmpeg: FfmpegTool, clip: Clip, signal: AbortSignal): Promise<NotMeasured | null> {
  if (spec.modes?.includes('full-gpu') !== true) return null;
  const what = 'decoding on the GPU (full-gpu)';
  const [encoder] = onNvenc;
  if (encoder === undefined) return { what, cause: 'no-nvenc', reason: 'no NVENC encoder of this workload can run here', remedy: 'see the reason of the encoder' };
  const cause = await probeGpuDecoding(ffmpeg, decodeArguments({ inputPath: clip.path, threads: 'auto', decoder: 'gpu', onlySeconds: DECODE_PROBE_SECONDS }), { signal });
  return cause === null ? null : { what, ...cause };
}

/** The size of the output: of the clip, or scaled to a height with the width following evenly. */
export function outputSize(clip: { width: number; height: number }, output: Pick<OutputSpec, 'height'>): { width: number; height: number } {
  if (output.height === undefined) return { width: clip.width, height: clip.height };
  return { width: Math.max(2, 2 * Math.round((clip.width * output.height) / clip.height / 2)), height: output.height };
}

function requireEncoders(required: readonly Encoder[], probes: readonly EncoderProbe[], ffmpeg: FfmpegTool): void {
  const missing = probes.filter((probe) => required.some((encoder) => encoder === probe.encoder)).flatMap((probe) => notMeasured(probe) ?? []);
  if (missing.length === 0) return;
  throw new BenchError(
    EXIT.toolMissing,
    missing.map(({ what, cause, reason }) => `${what} is required and cannot run here: ${reason} [${cause}]`).join('; ') + ` (ffmpeg ${ffmpeg.version}, ${ffmpeg.path})`,
    { hint: [...new Set(missing.map(({ remedy }) => remedy))].join('; ') },
  );
}
