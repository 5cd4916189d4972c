import { z } from 'zod';
import { bitsPerSecond, count, durationMs, name, ratePerSecond, share } from '../../fields.ts';

export const NAMED_CLIPS = ['bbb-480p', 'bbb-1080p', 'bbb-1080p60', 'synthetic-1080p30'] as const;
export const ENCODERS = ['libx264', 'h264_nvenc'] as const;

export const encoder = z.enum(ENCODERS);

export const clip = z.union([z.enum(NAMED_CLIPS), z.strictObject({ file: z.string().min(1) })], {
  error: (issue) => `must be one of ${NAMED_CLIPS.join(', ')} or { file: path }: got ${JSON.stringify(issue.input)}`,
});

/** One output, the same for every encoder: what makes the comparison one. */
export const output = z.strictObject({
  preset: z.enum(['fast', 'medium', 'slow']).default('medium').describe('fast: x264 veryfast, NVENC p2; medium: x264 medium, NVENC p4; slow: x264 slow, NVENC p7'),
  bitrate: bitsPerSecond.default(2_000_000).describe('target; maxrate is 1.5 times and bufsize twice this, for every encoder'),
  gop: count(1, 600).default(48).describe('frames between key frames'),
  bFrames: count(0, 4).default(2),
  height: count(64, 4320).optional().describe('scaled to this height; without it the size of the clip'),
});

const encodeLimits = {
  wall: durationMs.optional().describe('one clip, from start to exit'),
  cpu: durationMs.optional(),
  fps: z.number().positive().optional(),
  speed: z.number().positive().optional().describe('times real time, at least'),
  makespan: durationMs.optional().describe('the whole batch'),
  videosPerHour: ratePerSecond.optional(),
  successRate: share.optional(),
};

export const encodeSla = z.strictObject({
  ...encodeLimits,
  encoders: z.partialRecord(encoder, z.strictObject(encodeLimits)).optional().describe('limits of one encoder; they win over the general ones'),
});

export const encodeSpec = z.strictObject({
  clip,
  encoders: z.array(encoder).min(1).describe('measured one after the other in every round; one that cannot run here is reported as not measured'),
  require: z.array(encoder).default([]).describe('encoders without which the run ends with exit code 6'),
  jobs: count(1, 1_000).default(1).describe('1: latency of a single clip; more: a batch'),
  concurrency: z
    .union([z.literal('auto'), count(1, 64), z.array(z.union([z.literal('auto'), count(1, 64)])).min(1)])
    .default(1)
    .describe('encodes at once; a list is measured level by level; auto is the number of cores'),
  threads: z.union([z.literal('auto'), count(1, 128)]).default('auto').describe("ffmpeg's threads for each encode"),
  output: output.prefault({}),
  timeout: durationMs.default(1_800_000).describe('of one encode'),
});

export const encodeWorkload = z.strictObject({ name, description: z.string().optional(), encode: encodeSpec, sla: encodeSla.prefault({}) });

export type EncodeWorkload = z.infer<typeof encodeWorkload>;
export type EncodeSpec = z.infer<typeof encodeSpec>;
export type Encoder = z.infer<typeof encoder>;
export type ClipSpec = z.infer<typeof clip>;
export type OutputSpec = z.infer<typeof output>;
