import { createHash } from 'node:crypto';

/** What a video is made of. Two requests with the same parameters mean the same clip. */
export interface ClipParameters {
  durationS: number;
  width: number;
  height: number;
  framesPerSecond: number;
  preset: string;
  seed: number;
  title: string;
}

export const PRESETS = ['ultrafast', 'superfast', 'veryfast', 'faster', 'fast', 'medium'];

/** The body of POST /videos as JSON Schema; everything is optional. */
export const submitBody = {
  type: 'object',
  additionalProperties: false,
  properties: {
    durationS: { type: 'number', minimum: 0.1, maximum: 60, default: 1 },
    width: { type: 'integer', minimum: 16, maximum: 1920, multipleOf: 2, default: 160 },
    height: { type: 'integer', minimum: 16, maximum: 1080, multipleOf: 2, default: 90 },
    framesPerSecond: { type: 'integer', minimum: 1, maximum: 60, default: 30 },
    preset: { type: 'string', enum: PRESETS, default: 'veryfast' },
    seed: { type: 'integer', minimum: 0, maximum: 2 ** 31 - 1, default: 1 },
    title: { type: 'string', maxLength: 200, default: '' },
    priority: { type: 'string', enum: ['low', 'normal', 'high'], default: 'normal', description: 'high overtakes what waits' },
    split: { type: 'boolean', default: false, description: 'true: a long clip is encoded in parts, as many at once as there are workers, and put together' },
    pace: { type: 'number', minimum: 0.1, maximum: 1_000, description: 'seconds of clip that a worker does in a second at most, as where an accelerator is the bottleneck; without it what the processor gives' },
    cache: { type: 'boolean', default: true, description: 'false: encode afresh even where the same clip is there' },
  },
} as const;

export function clipKey(parameters: ClipParameters): string {
  return createHash('sha256').update(JSON.stringify(Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1)))).digest('hex');
}

/** ffmpeg's arguments for a clip: a moving test picture with seeded noise, H.264 in MP4. */
export function encodeArguments(clip: ClipParameters, output: string): string[] {
  const mp4 = ['-metadata', `title=${clip.title}`, '-movflags', '+faststart', '-f', 'mp4', '-y', `file:${output}`];
  return ['-progress', 'pipe:1', ...encode(clip), '-t', String(clip.durationS), ...mp4];
}

/** Parts of a clip that is split: of this length, but no more than so many. */
const PART = { seconds: 3, most: 16 } as const;

/** The clips that a split one is made of, in order; one that is short stays whole. Each part has noise of its own. Pure. */
export function partsOf(clip: ClipParameters): ClipParameters[] {
  const count = Math.max(1, Math.min(PART.most, Math.floor(clip.durationS / PART.seconds)));
  if (count === 1) return [clip];
  // Whole frames in every part, so that together they are as long as the whole.
  const frames = Math.round(clip.durationS * clip.framesPerSecond);
  const upTo = (part: number): number => Math.round((frames * part) / count);
  return Array.from({ length: count }, (_, part) => ({ ...clip, seed: (clip.seed + part) % 2 ** 31, durationS: (upTo(part + 1) - upTo(part)) / clip.framesPerSecond }));
}

/** ffmpeg's arguments to put parts together that a list names. */
export function joinArguments(list: string, output: string): string[] {
  return ['-nostdin', '-hide_banner', '-loglevel', 'error', '-f', 'concat', '-safe', '0', '-i', `file:${list}`, '-c', 'copy', '-movflags', '+faststart', '-f', 'mp4', '-y', `file:${output}`];
}

/** The same work without an end and for nobody: what a dearer encode spends its time on, until it is stopped. */
export function burnArguments(clip: ClipParameters): string[] {
  return [...encode(clip), '-f', 'null', '-'];
}

function encode(clip: ClipParameters): string[] {
  const source = `testsrc2=size=${clip.width}x${clip.height}:rate=${clip.framesPerSecond},noise=alls=8:allf=t:all_seed=${clip.seed}`;
  const video = ['-c:v', 'libx264', '-preset', clip.preset, '-crf', '26', '-pix_fmt', 'yuv420p', '-threads', '1'];
  return ['-nostdin', '-hide_banner', '-loglevel', 'error', '-f', 'lavfi', '-i', source, ...video];
}

/** Share of the clip that is done, from a line of `-progress`; undefined for other lines. `out_time_ms` is in microseconds. */
export function progressOf(line: string, durationS: number): number | undefined {
  const doneUs = /^out_time_ms=(\d+)$/.exec(line)?.[1];
  return doneUs === undefined ? undefined : Math.min(1, Number(doneUs) / 1e6 / durationS);
}

export type Priority = 'low' | 'normal' | 'high';
export const RANK: Readonly<Record<Priority, number>> = { low: 0, normal: 1, high: 2 };
