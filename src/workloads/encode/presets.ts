import { z } from 'zod';

/** How much effort an encoder makes: presets of one level cost about the same on each encoder. */
export const EFFORTS = ['fast', 'medium', 'slow'] as const;

const x26x = ['ultrafast', 'superfast', 'veryfast', 'faster', 'fast', 'medium', 'slow', 'slower', 'veryslow'] as const;
const svt = ['2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12', '13'] as const;
const nvenc = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7'] as const;
const vaapi = ['1', '2', '3', '4', '5', '6', '7'] as const;
const qsv = ['veryfast', 'faster', 'fast', 'medium', 'slow', 'slower', 'veryslow'] as const;

/** Every preset that a scenario may name, in each encoder's own words. */
export const PRESETS = {
  libx264: x26x,
  libx265: x26x,
  libsvtav1: svt,
  h264_nvenc: nvenc,
  hevc_nvenc: nvenc,
  av1_nvenc: nvenc,
  h264_vaapi: vaapi,
  hevc_vaapi: vaapi,
  av1_vaapi: vaapi,
  h264_qsv: qsv,
  hevc_qsv: qsv,
  av1_qsv: qsv,
} as const;

const own = <const Names extends readonly [string, ...string[]]>(names: Names) => z.enum(names).optional().describe('in place of its part of the pair');

/** `presets: { libx264: slower }`: another preset for one encoder than its part of the pair. */
export const ownPresets = z.strictObject({
  libx264: own(PRESETS.libx264),
  libx265: own(PRESETS.libx265),
  libsvtav1: own(PRESETS.libsvtav1),
  h264_nvenc: own(PRESETS.h264_nvenc),
  hevc_nvenc: own(PRESETS.hevc_nvenc),
  av1_nvenc: own(PRESETS.av1_nvenc),
  h264_vaapi: own(PRESETS.h264_vaapi),
  hevc_vaapi: own(PRESETS.hevc_vaapi),
  av1_vaapi: own(PRESETS.av1_vaapi),
  h264_qsv: own(PRESETS.h264_qsv),
  hevc_qsv: own(PRESETS.hevc_qsv),
  av1_qsv: own(PRESETS.av1_qsv),
});
