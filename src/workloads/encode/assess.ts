import type { EncodeDetail } from '../../record/schema.ts';
import { sha256Of } from './clips.ts';
import { measureQuality, type Quality } from './quality.ts';
import type { Prepared } from './prepare.ts';
import type { EncodeSpec, QualityMeasure } from './schema.ts';

/** Looks at outputs, outside every timed part, once for each distinct one. */
export interface Assessor {
  /** False: nothing is to be kept for it. */
  wanted: boolean;
  assess(outputPath: string, subject: string, round: number): Promise<Quality | null>;
  /** Every distinct output that was looked at. */
  seen(): NonNullable<EncodeDetail['quality']>;
  /** Why a measure that was asked for is missing, once each. */
  missing(): string[];
}

/** What is measured without a word in the scenario: quality of single encodes; a batch is about throughput. */
export function measuresOf(spec: Pick<EncodeSpec, 'quality' | 'jobs' | 'curve' | 'output'>): readonly QualityMeasure[] {
  if (spec.output.renditions !== undefined) return [];
  return spec.quality ?? (spec.jobs === 1 || spec.curve !== undefined ? ['psnr', 'ssim'] : []);
}

export function createAssessor(spec: EncodeSpec, prepared: Prepared, signal: AbortSignal): Assessor {
  const measures = measuresOf(spec);
  const known = new Map<string, Quality>();
  const seen: NonNullable<EncodeDetail['quality']> = [];
  return {
    wanted: measures.length > 0,
    async assess(outputPath, subject, round) {
      if (signal.aborted) return null;
      const sha256 = await sha256Of(outputPath);
      const before = known.get(sha256);
      if (before !== undefined) return before;
      const quality = await measureQuality({
        ffmpeg: prepared.ffmpeg.path, measures, outputPath, clipPath: prepared.clip.path, height: spec.output.height, frames: prepared.clip.frames, signal,
      });
      if (signal.aborted) return null;
      known.set(sha256, quality);
      const { frames, psnr, ssim, vmaf } = quality;
      seen.push({ round, subject, sha256, frames, psnr, ssim, vmaf });
      return quality;
    },
    seen: () => seen,
    missing: () => [...new Set([...known.values()].flatMap(({ missing }) => missing))],
  };
}
