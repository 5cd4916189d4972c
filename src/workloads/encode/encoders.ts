import type { Encoder, OutputSpec } from './schema.ts';

/** All that readybench knows about one encoder. A new encoder is one more of these, and its name in schema.ts. */
export interface EncoderDescription {
  codec: 'h264' | 'hevc' | 'av1';
  runsOn: 'cpu' | 'nvenc';
  /** The preset pairs: presets of one row cost about the same effort on each encoder. */
  presets: Readonly<Record<OutputSpec['preset'], readonly string[]>>;
  /** What makes its rate control the same thing as that of the others: target, cap and buffer from the same three figures. */
  rateControl: readonly string[];
  profile: string;
  /** Nanoseconds of CPU time for one pixel of one frame, for estimates of time left alone. */
  estimateNsPerPixel: Readonly<Record<OutputSpec['preset'], number>>;
}

export const ENCODER_DESCRIPTIONS: Readonly<Record<Encoder, EncoderDescription>> = {
  libx264: {
    codec: 'h264',
    runsOn: 'cpu',
    presets: { fast: ['-preset', 'veryfast'], medium: ['-preset', 'medium'], slow: ['-preset', 'slow'] },
    rateControl: [],
    profile: 'high',
    estimateNsPerPixel: { fast: 40, medium: 100, slow: 170 },
  },
  h264_nvenc: {
    codec: 'h264',
    runsOn: 'nvenc',
    presets: {
      fast: ['-preset', 'p2'],
      medium: ['-preset', 'p4'],
      slow: ['-preset', 'p7', '-multipass', 'fullres', '-rc-lookahead', '32'],
    },
    // Without it the presets choose between constant and variable bit rate themselves.
    rateControl: ['-rc', 'vbr'],
    profile: 'high',
    estimateNsPerPixel: { fast: 2, medium: 3, slow: 6 },
  },
};

/** The cap and the buffer, as multiples of the target: the same for every encoder. */
export const MAXRATE_FACTOR = 1.5;
export const BUFSIZE_FACTOR = 2;

/**
 * The output options of one encode: the same profile, GOP, B-frames, pixel format, rate target, cap, buffer and threads
 * for every encoder, because defaults compare nothing (NVENC: 2 Mbit/s and Main; x264: CRF 23 and High).
 */
export function encoderOptions(encoder: Encoder, output: OutputSpec, threads: number | 'auto'): string[] {
  const { presets, rateControl, profile } = ENCODER_DESCRIPTIONS[encoder];
  return [
    ...(output.height === undefined ? [] : ['-vf', `scale=-2:${integer(output.height)}:flags=bicubic`]),
    ...['-c:v', encoder],
    ...presets[output.preset],
    ...['-profile:v', profile, '-pix_fmt', 'yuv420p'],
    ...['-g', integer(output.gop), '-bf', integer(output.bFrames)],
    ...rateControl,
    ...['-b:v', integer(output.bitrate), '-maxrate', integer(output.bitrate * MAXRATE_FACTOR), '-bufsize', integer(output.bitrate * BUFSIZE_FACTOR)],
    ...(threads === 'auto' ? [] : ['-threads', integer(threads)]),
  ];
}

/** A number as ffmpeg reads it: digits alone, whatever its size. */
function integer(value: number): string {
  if (!Number.isFinite(value) || value < 0) throw new Error(`not a number ffmpeg can be given: ${value}`);
  return String(BigInt(Math.round(value)));
}
