import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EncodeAnalysis } from '../../record/schema.ts';
import { encodeArguments } from './args.ts';
import { threadsOf } from './cases.ts';
import { encodeOnce } from './encode-once.ts';
import type { EncodeSetup } from './rounds.ts';

export type CurvePoint = EncodeAnalysis['curve'][number];

/** One encode of each encoder at each bit rate of the curve, with its quality. What fails has no point. */
export async function measureCurve(setup: EncodeSetup, cores: number, keep: (point: CurvePoint) => void): Promise<void> {
  const { spec, prepared, folder, signal, progress, assessor } = setup;
  const bitrates = spec.curve?.bitrates ?? [];
  const [policy = 'auto'] = Array.isArray(spec.threads) ? spec.threads : [spec.threads];
  const all = prepared.available.flatMap((encoder) => bitrates.map((bitrate) => ({ encoder, bitrate })));
  for (const [at, { encoder, bitrate }] of all.entries()) {
    if (signal.aborted) return;
    progress({ phase: `curve ${encoder}`, done: at / all.length });
    const outputPath = join(folder, `curve-${encoder}-${bitrate}.mp4`);
    const args = encodeArguments({ output: { ...spec.output, bitrate }, encoder, threads: threadsOf(policy, cores, 1), inputPath: prepared.clip.path, outputPath });
    const outcome = await encodeOnce({ ffmpeg: prepared.ffmpeg.path, args, outputPath, clipFrames: prepared.clip.frames, timeoutMs: spec.timeout, stallMs: spec.stallTimeout, signal });
    if (outcome.status === 'encoded') {
      const quality = await assessor.assess(outputPath, `${encoder} at ${bitrate} bit/s`, 0);
      const { wallMs, cpuMs, outputBytes, frames } = outcome;
      keep({
        encoder, targetBitrate: bitrate, wallMs, cpuMs, framesPerSecond: (frames / wallMs) * 1_000, bitsPerSecond: (outputBytes * 8_000) / prepared.clip.durationMs,
        psnr: quality?.psnr ?? null, ssim: quality?.ssim ?? null, vmaf: quality?.vmaf ?? null,
      });
    }
    await rm(outputPath, { force: true });
  }
}
