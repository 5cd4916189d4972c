import { deviceOptions } from '../../host/ffmpeg-devices.ts';
import type { EFFORTS } from './presets.ts';
import type { Encoder, OutputSpec } from './schema.ts';

type Effort = (typeof EFFORTS)[number];

/** The three figures that every encoder's rate control is made from, in bits and bits per second. */
export interface Rate {
  target: string;
  cap: string;
  buffer: string;
}

/**
 * All that readybench knows about one encoder. A new encoder is one more of these, its name in schema.ts and its presets in
 * presets.ts. Words here are fixed; what comes from a scenario reaches them as digits or as a member of an allow-list.
 */
export interface EncoderDescription {
  codec: 'h264' | 'hevc' | 'av1';
  runsOn: 'cpu' | 'nvenc' | 'vaapi' | 'qsv';
  /** The preset pairs, in the encoder's own words. */
  pairs: Readonly<Record<Effort, string>>;
  /** How a preset is said. */
  presetOption: '-preset' | '-compression_level';
  /** What belongs to a level of effort besides its preset. */
  extra: Readonly<Partial<Record<Effort, readonly string[]>>>;
  /** Null where the encoder has one profile and no option for it. */
  profile: 'high' | 'main' | null;
  /** How 8-bit 4:2:0 pictures reach it; null where the device's upload says so. */
  pixelFormat: 'yuv420p' | 'nv12' | null;
  bFrames: (count: string) => readonly string[];
  /** Variable bit rate with target, cap and buffer; without a word on the mode, presets choose it themselves. */
  rateControl: (rate: Rate) => readonly string[];
  /** The threads of one encode; `null`: as many as the encoder likes. */
  threads: (count: string | null) => readonly string[];
  /** What the same options do not make the same: shown beside the comparison. */
  unlike: readonly string[];
  /** Nanoseconds of CPU time for one pixel of one frame, for estimates of time left alone. */
  estimateNsPerPixel: Readonly<Record<Effort, number>>;
}

const capped = ({ target, cap, buffer }: Rate): string[] => ['-b:v', target, '-maxrate', cap, '-bufsize', buffer];
const bf = (count: string): string[] => ['-bf', count];
const avThreads = (count: string | null): string[] => (count === null ? [] : ['-threads', count]);

const x264: EncoderDescription = {
  codec: 'h264',
  runsOn: 'cpu',
  pairs: { fast: 'veryfast', medium: 'medium', slow: 'slow' },
  presetOption: '-preset',
  extra: {},
  profile: 'high',
  pixelFormat: 'yuv420p',
  bFrames: bf,
  rateControl: capped,
  threads: avThreads,
  unlike: ['sets key frames at scene cuts too'],
  estimateNsPerPixel: { fast: 40, medium: 100, slow: 170 },
};

const x265: EncoderDescription = {
  ...x264,
  codec: 'hevc',
  profile: 'main',
  // -threads would only set its frame threads; the pool is what takes the cores. Its GOPs are open unless told otherwise.
  threads: (count) => ['-x265-params', count === null ? 'open-gop=0' : `open-gop=0:pools=${count}`],
  estimateNsPerPixel: { fast: 130, medium: 300, slow: 900 },
};

const svtAv1: EncoderDescription = {
  ...x264,
  codec: 'av1',
  pairs: { fast: '10', medium: '8', slow: '5' },
  profile: null,
  bFrames: () => [],
  rateControl: ({ target }) => ['-b:v', target],
  threads: (count) => (count === null ? [] : ['-svtav1-params', `lp=${count}`]),
  unlike: ['has a fixed pyramid of frames: bFrames does not apply', 'takes no cap and no buffer beside a target bit rate'],
  estimateNsPerPixel: { fast: 80, medium: 150, slow: 600 },
};

const nvenc: EncoderDescription = {
  codec: 'h264',
  runsOn: 'nvenc',
  pairs: { fast: 'p2', medium: 'p4', slow: 'p7' },
  presetOption: '-preset',
  extra: { slow: ['-multipass', 'fullres', '-rc-lookahead', '32'] },
  profile: 'high',
  pixelFormat: 'yuv420p',
  bFrames: bf,
  rateControl: (rate) => ['-rc', 'vbr', ...capped(rate)],
  threads: avThreads,
  unlike: ['sets key frames at scene cuts with lookahead only (slow)'],
  estimateNsPerPixel: { fast: 2, medium: 3, slow: 6 },
};

const vaapi: EncoderDescription = {
  ...nvenc,
  runsOn: 'vaapi',
  pairs: { fast: '7', medium: '4', slow: '1' },
  presetOption: '-compression_level',
  extra: {},
  pixelFormat: null,
  rateControl: (rate) => ['-rc_mode', 'VBR', ...capped(rate)],
  unlike: ['what a compression level means is up to the driver'],
};

const qsv: EncoderDescription = {
  ...nvenc,
  runsOn: 'qsv',
  pairs: { fast: 'veryfast', medium: 'medium', slow: 'veryslow' },
  extra: {},
  pixelFormat: 'nv12',
  // A cap above the target is what makes it variable.
  rateControl: capped,
  unlike: [],
};

export const ENCODER_DESCRIPTIONS: Readonly<Record<Encoder, EncoderDescription>> = {
  libx264: x264,
  libx265: x265,
  libsvtav1: svtAv1,
  h264_nvenc: nvenc,
  hevc_nvenc: { ...nvenc, codec: 'hevc', profile: 'main' },
  av1_nvenc: { ...nvenc, codec: 'av1', profile: null },
  h264_vaapi: vaapi,
  hevc_vaapi: { ...vaapi, codec: 'hevc', profile: 'main' },
  av1_vaapi: { ...vaapi, codec: 'av1', profile: 'main' },
  h264_qsv: qsv,
  hevc_qsv: { ...qsv, codec: 'hevc', profile: 'main' },
  av1_qsv: { ...qsv, codec: 'av1', profile: 'main' },
};

/** The cap and the buffer, as multiples of the target: the same for every encoder. */
export const MAXRATE_FACTOR = 1.5;
export const BUFSIZE_FACTOR = 2;

/** Who decodes: `gpu` keeps the pictures in the memory of the GPU, from decoder to encoder. */
export type Decoder = 'cpu' | 'gpu';

export interface EncodeOptions {
  /** Before the inputs: the device of the encoder. */
  before: string[];
  /** What the pictures go through; empty where they go as they are. In `options` as `-vf`. */
  filter: string;
  /** Of the output. */
  options: string[];
}

/**
 * The options of one encode: the same profile, GOP, B-frames, pixel format, rate target, cap, buffer and threads for every
 * encoder, because defaults compare nothing (NVENC: 2 Mbit/s and Main; x264: CRF 23 and High).
 */
export function encoderOptions(encoder: Encoder, output: OutputSpec, threads: number | 'auto', decoder: Decoder = 'cpu'): EncodeOptions {
  const about = ENCODER_DESCRIPTIONS[encoder];
  const { before } = deviceOptions(encoder);
  const own = output.presets?.[encoder];
  const rate: Rate = { target: integer(output.bitrate), cap: integer(output.bitrate * MAXRATE_FACTOR), buffer: integer(output.bitrate * BUFSIZE_FACTOR) };
  const filter = filterOf(encoder, output.height, decoder);
  return {
    before: [...before],
    filter,
    options: [
      ...(filter === '' ? [] : ['-vf', filter]),
      ...['-c:v', encoder, about.presetOption, own ?? about.pairs[output.preset]],
      ...(own === undefined ? (about.extra[output.preset] ?? []) : []),
      ...(about.profile === null ? [] : ['-profile:v', about.profile]),
      ...(about.pixelFormat === null || decoder === 'gpu' ? [] : ['-pix_fmt', about.pixelFormat]),
      ...['-g', integer(output.gop), ...about.bFrames(integer(output.bFrames))],
      ...about.rateControl(rate),
      ...about.threads(threads === 'auto' ? null : integer(threads)),
    ],
  };
}

/** The outputs of one encode: one for each rendition, otherwise the one there is. Each has a height and a target of its own. */
export function outputsOf(output: OutputSpec): OutputSpec[] {
  const { renditions, ...single } = output;
  return renditions === undefined ? [single] : renditions.map(({ height, bitrate }) => ({ ...single, height, bitrate }));
}

/** Bits a second asked for, over all outputs. */
export const targetBitrate = (output: OutputSpec): number => outputsOf(output).reduce((sum, { bitrate }) => sum + bitrate, 0);

/** Pictures that NVENC keeps back for B-frames and lookahead (libavcodec/nvenc.c, nvenc_recalc_surfaces): a GPU decoder needs as many more. */
export function picturesHeld(encoder: Encoder, output: OutputSpec): number {
  const forBFrames = 4 * (output.bFrames + 1);
  const lookahead = output.presets?.[encoder] === undefined && output.preset === 'slow';
  return lookahead ? Math.max(forBFrames, 32 + output.bFrames + 6) : forBFrames;
}

/** Scales where a height is asked for, then hands the pictures to the device that encodes them. */
function filterOf(encoder: Encoder, height: number | undefined, decoder: Decoder): string {
  const scaled = height === undefined ? [] : [decoder === 'gpu' ? `scale_cuda=-2:${integer(height)}:interp_algo=bicubic` : scaleFilter(height)];
  const { upload } = deviceOptions(encoder);
  return [...scaled, ...(upload === null || decoder === 'gpu' ? [] : [upload])].join(',');
}

/** To a height, the width following evenly; the same scaler wherever pictures are compared. */
export const scaleFilter = (height: number): string => `scale=-2:${integer(height)}:flags=bicubic`;

/** A number as ffmpeg reads it: digits alone, whatever its size. */
export function integer(value: number): string {
  if (!Number.isFinite(value) || value < 0) throw new Error(`not a number ffmpeg can be given: ${value}`);
  return String(BigInt(Math.round(value)));
}
