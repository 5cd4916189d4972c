import { levels, threadsOf } from './cases.ts';
import { ENCODER_DESCRIPTIONS } from './encoders.ts';
import type { ClipSpec, EncodeSpec, NAMED_CLIPS } from './schema.ts';

/** Width × height × frames of the named clips; a user's own file is taken for a 1080p24 one of 30 s until it is looked at. */
const PIXELS: Readonly<Record<(typeof NAMED_CLIPS)[number], number>> = {
  'bbb-480p': 854 * 480 * 720,
  'bbb-1080p': 1920 * 1080 * 720,
  'bbb-1080p60': 1920 * 1080 * 1_800,
  'synthetic-1080p30': 1920 * 1080 * 900,
};

/** A guess at how long one round takes, from the size of the clip and what pixels cost on a usual core. For time left, nothing else. */
export function estimateRoundMs(spec: EncodeSpec, cores: number): number {
  const pixels = pixelsOf(spec.clip);
  const [policy = 'auto', ...otherPolicies] = Array.isArray(spec.threads) ? spec.threads : [spec.threads];
  const ofOne = (concurrency: number): number =>
    spec.encoders.reduce((total, encoder) => {
      const { runsOn, estimateNsPerPixel } = ENCODER_DESCRIPTIONS[encoder];
      const busyMs = (pixels * estimateNsPerPixel[spec.output.preset]) / 1e6;
      const threads = threadsOf(policy, cores, concurrency);
      return total + (runsOn === 'cpu' ? busyMs / Math.min(cores, threads === 'auto' ? cores : threads * concurrency) : busyMs);
    }, 0);
  return levels(spec, cores).reduce((total, concurrency) => total + spec.jobs * ofOne(concurrency), 0) * (1 + otherPolicies.length);
}

const pixelsOf = (clip: ClipSpec): number => PIXELS[typeof clip === 'string' ? clip : 'bbb-1080p'];
