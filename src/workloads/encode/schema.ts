import { z } from 'zod';
import { bitsPerSecond, count, durationMs, name, needs, share } from '../../fields.ts';
import { EFFORTS, ownPresets, type PRESETS } from './presets.ts';

export const NAMED_CLIPS = ['bbb-480p', 'bbb-1080p', 'bbb-1080p60', 'synthetic-1080p30'] as const;
/** Software first, then GPUs by maker. */
export const ENCODERS = [
  ...(['libx264', 'libx265', 'libsvtav1'] as const),
  ...(['h264_nvenc', 'hevc_nvenc', 'av1_nvenc'] as const),
  ...(['h264_vaapi', 'hevc_vaapi', 'av1_vaapi'] as const),
  ...(['h264_qsv', 'hevc_qsv', 'av1_qsv'] as const),
] as const satisfies readonly (keyof typeof PRESETS)[];

export const encoder = z.enum(ENCODERS);

export const clip = z.union([z.enum(NAMED_CLIPS), z.strictObject({ file: z.string().min(1).describe('path of a video, from the folder of the scenario file') })], {
  error: (issue) => needs(`one of ${NAMED_CLIPS.join(', ')} or { file: path }`, issue.input),
});

/** One output, the same for every encoder: what makes the comparison one. */
export const output = z.strictObject({
  preset: z.enum(EFFORTS).default('medium').describe('level of effort, the same for every encoder; fast: x264 and x265 veryfast, SVT-AV1 10, NVENC p2; medium: medium, 8, p4; slow: slow, 5, p7 with lookahead and two passes'),
  presets: ownPresets.optional().describe("another preset for single encoders, in the encoder's own words: { libx264: slower, h264_nvenc: p6 }"),
  bitrate: bitsPerSecond.prefault('2Mbit/s').describe('target; maxrate is 1.5 times and bufsize twice this, for every encoder'),
  gop: count(1, 600).default(48).describe('frames between key frames'),
  bFrames: count(0, 4).default(2).describe('B-frames between two other frames'),
  renditions: z
    .array(z.strictObject({ height: count(64, 4320).describe('scaled to this height'), bitrate: bitsPerSecond.describe('target of this rendition') }))
    .min(2)
    .max(6)
    .optional()
    .describe('several outputs from one decode, in place of height and bitrate: [{ height: 1080, bitrate: 5Mbit/s }, { height: 720, bitrate: 3Mbit/s }, { height: 480, bitrate: 1Mbit/s }]'),
  height: count(64, 4320).optional().describe('scaled to this height; without it the size of the clip'),
});

const encodeLimits = {
  wall: durationMs.optional().describe('one clip, from start to exit'),
  cpu: durationMs.optional().describe('CPU time of one encode, at most'),
  fps: z.number().positive().optional().describe('frames encoded per second, at least'),
  speed: z.number().positive().optional().describe('times real time, at least'),
  makespan: durationMs.optional().describe('the whole batch'),
  videosPerHour: z.number().positive().optional().describe('finished encodes per hour, at least'),
  successRate: share.optional().describe('encodes that ended well, at least'),
};

const encodeSlaOfOne = z.strictObject({
  ...encodeLimits,
  encoders: z.partialRecord(encoder, z.strictObject(encodeLimits)).optional().describe('limits of one encoder; they win over the general ones'),
});

export const encodeSla = encodeSlaOfOne.extend({
  warning: encodeSlaOfOne.optional().describe('the same limits, whose breach is a warning'),
  info: encodeSlaOfOne.optional().describe('the same limits, whose breach is shown and fails nothing'),
});

const level = z.union([z.enum(['auto', 'sweep']), count(1, 64)]);
const threadPolicy = z.union([z.enum(['auto', 'split']), count(1, 128)]);

export const encodeSpec = z.strictObject({
  clip: clip.describe('what is encoded; the named clips run 30 seconds'),
  encoders: z.array(encoder).min(1).describe('measured one after the other in every round; one that cannot run here is reported as not measured'),
  require: z.array(encoder).default([]).describe('encoders without which the run ends with exit code 6'),
  jobs: count(1, 1_000).default(1).describe('1: latency of a single clip; more: a batch'),
  concurrency: z
    .union([level, z.array(level).min(1)], {
      error: (issue) => needs('a whole number from 1 to 64, auto, sweep, or a list of these', issue.input),
    })
    .default(1)
    .describe('encodes at once; a list is measured level by level; auto is the number of cores; sweep is 1, 2, 4, … up to the number of jobs, or to the sessions a GPU gives'),
  threads: z
    .union([threadPolicy, z.array(threadPolicy).min(1)], { error: (issue) => needs('auto, split, a whole number from 1 to 128, or a list of these', issue.input) })
    .default('auto')
    .describe("ffmpeg's threads for each encode; split shares the cores among the encodes at once; a list is measured policy by policy"),
  modes: z
    .array(z.enum(['cpu-decode', 'full-gpu', 'decode-only']))
    .min(1)
    .optional()
    .describe('of NVENC: decoded by the CPU (as if left out), decoded and encoded on the GPU; decode-only measures the decoding alone, which tells decode-bound from encode-bound'),
  quality: z
    .array(z.enum(['psnr', 'ssim', 'vmaf']))
    .optional()
    .describe('measured on the output, outside the timed part, frame by frame against the clip; without it psnr and ssim for single encodes, [] is none'),
  curve: z
    .strictObject({ bitrates: z.array(bitsPerSecond).min(4).max(12).describe('each encoder encodes once at each of these') })
    .optional()
    .describe('what equal quality costs: bit rates to draw quality over bit rate with, for the table at equal quality and BD-rate; run once, after the first round'),
  output: output.prefault({}).describe('one output, the same for every encoder'),
  timeout: durationMs.prefault('30m').describe('of one encode; it is ended then and counts as failed'),
  stallTimeout: durationMs.prefault('2m').describe('of progress; an encode that makes none for this long is ended and counts as failed'),
});

export const encodeWorkload = z.strictObject({
  name: name.describe('unique in the scenario'),
  description: z.string().optional().describe('for people; shown in reports'),
  encode: encodeSpec.describe('encodes on this machine, measured'),
  sla: encodeSla.prefault({}).describe('limits that decide pass or breach'),
}).superRefine((workload, context) => {
  for (const { path, message } of contradictions(workload)) context.addIssue({ code: 'custom', path, message });
});

interface Contradiction {
  path: (string | number)[];
  message: string;
}

/** What is right field by field and wrong together. */
function contradictions({ encode, sla }: { encode: EncodeSpec; sla: EncodeSla }): Contradiction[] {
  const among = `the encoders of this workload (${encode.encoders.join(', ')})`;
  const parts = [{ path: ['sla'], sla }, { path: ['sla', 'warning'], sla: sla.warning ?? {} }, { path: ['sla', 'info'], sla: sla.info ?? {} }];
  const particular = parts.flatMap(({ path, sla: part }) => Object.entries(part.encoders ?? {}).map(([each, limits]) => ({ path: [...path, 'encoders', each], limits })));
  const general: { path: string[]; limits: EncodeLimits }[] = parts.map(({ path, sla: limits }) => ({ path, limits }));
  return [
    ...encode.encoders.flatMap((each, index) =>
      encode.encoders.indexOf(each) === index ? [] : [{ path: ['encode', 'encoders', index], message: `${each} is named twice` }],
    ),
    ...encode.require.flatMap((each, index) =>
      encode.encoders.includes(each) ? [] : [{ path: ['encode', 'require', index], message: `must be one of ${among}: got ${each}` }],
    ),
    ...particular.flatMap(({ path }) =>
      encode.encoders.some((each) => each === path.at(-1)) ? [] : [{ path, message: `must be one of ${among}: got ${path.at(-1) ?? ''}` }],
    ),
    ...renditionContradictions(encode),
    ...[...general, ...particular].flatMap(({ path, limits }) =>
      encode.jobs > 1
        ? written(limits, ['cpu'], path, 'is measured for single encodes: set encode.jobs to 1, or limit wall or makespan instead')
        : written(limits, ['makespan', 'videosPerHour'], path, 'is measured for batches: set encode.jobs above 1, or limit wall instead'),
    ),
  ];
}

/** One figure of quality, one height and one curve belong to one output. */
function renditionContradictions({ output: { renditions, height }, quality = [], curve }: EncodeSpec): Contradiction[] {
  if (renditions === undefined) return [];
  const heights = renditions.map((rendition) => rendition.height);
  return [
    ...(height === undefined ? [] : [{ path: ['encode', 'output', 'height'], message: 'says each rendition for itself: leave it out beside renditions' }]),
    ...(quality.length === 0 ? [] : [{ path: ['encode', 'quality'], message: 'is measured on single outputs: leave it out beside output.renditions' }]),
    ...(curve === undefined ? [] : [{ path: ['encode', 'curve'], message: 'is measured on single outputs: leave it out beside output.renditions' }]),
    ...heights.flatMap((each, index) => (heights.indexOf(each) === index ? [] : [{ path: ['encode', 'output', 'renditions', index, 'height'], message: `${each} is there twice` }])),
  ];
}

const written = (limits: EncodeLimits, fields: readonly (keyof EncodeLimits)[], path: readonly string[], message: string): Contradiction[] =>
  fields.filter((field) => limits[field] !== undefined).map((field) => ({ path: [...path, field], message }));

export type EncodeWorkload = z.infer<typeof encodeWorkload>;
export type EncodeSla = z.infer<typeof encodeSla>;
export type EncodeSlaOfOne = z.infer<typeof encodeSlaOfOne>;
export type EncodeLimits = Omit<EncodeSlaOfOne, 'encoders'>;
export type EncodeSpec = z.infer<typeof encodeSpec>;
export type Encoder = z.infer<typeof encoder>;
export type ClipSpec = z.infer<typeof clip>;
export type ThreadPolicy = z.infer<typeof threadPolicy>;
export type GpuMode = NonNullable<EncodeSpec['modes']>[number];
export type QualityMeasure = NonNullable<EncodeSpec['quality']>[number];
export type OutputSpec = z.infer<typeof output>;
