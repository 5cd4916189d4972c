import { BenchError, EXIT } from '../../errors.ts';
import { notMeasured, probeEncoder, type EncoderProbe } from '../../host/ffmpeg-probe.ts';
import type { FfmpegTool } from '../../record/schema.ts';
import type { WorkloadContext } from '../contract.ts';
import { findClip, type Clip } from './clips.ts';
import { encoderOptions } from './encoders.ts';
import type { Encoder, EncodeSpec, OutputSpec } from './schema.ts';

/** Everything a round needs, found and checked. */
export interface Prepared {
  ffmpeg: FfmpegTool;
  clip: Clip;
  probes: EncoderProbe[];
  /** Those whose probe encoded. */
  available: Encoder[];
}

/** The preflight but for disk space. Throws a BenchError: 2 for the clip, 6 for a missing ffmpeg or a required encoder. */
export async function preflight(spec: EncodeSpec, context: Pick<WorkloadContext, 'tools' | 'scenarioDir' | 'signal' | 'progress'>): Promise<Prepared> {
  const { signal, progress, scenarioDir } = context;
  const [ffmpeg, ffprobe] = await Promise.all([context.tools.ffmpeg(), context.tools.ffprobe()]);
  const clip = await findClip(spec.clip, { ffmpeg, ffprobe, scenarioDir, signal, onMaking: (done) => progress({ phase: 'making the clip', done }) });
  const size = outputSize(clip, spec.output);
  const probes: EncoderProbe[] = [];
  const available: Encoder[] = [];
  for (const encoder of spec.encoders) {
    const options = encoderOptions(encoder, { ...spec.output, height: undefined }, spec.threads);
    const probe = await probeEncoder(ffmpeg, encoder, { ...size, framesPerSecond: clip.framesPerSecond, ...options }, { signal });
    probes.push(probe);
    if (probe.status === 'available') available.push(encoder);
  }
  requireEncoders(spec.require, probes, ffmpeg);
  return { ffmpeg, clip, probes, available };
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
