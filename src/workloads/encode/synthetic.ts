import { createHash, randomBytes } from 'node:crypto';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { BenchError, EXIT } from '../../errors.ts';
import { encodeCause } from '../../host/ffmpeg-causes.ts';
import { runProcess } from '../../host/processes.ts';
import { progressParser } from './progress.ts';

/** How a synthetic clip is made. The same recipe, ffmpeg and thread count give the same bytes. */
export interface Recipe {
  source: string;
  frames: number;
}

/** As hard to encode as a busy real shot, which test bars are not by far, and noise is too much. */
export const SYNTHETIC_1080P30: Recipe = {
  source:
    'mandelbrot=s=960x540:r=30:start_scale=0.3:end_scale=0.02:end_pts=900,scale=1920:1080:flags=bicubic,noise=alls=8:allf=t:all_seed=11',
  frames: 900,
};

/** Nearly lossless, and fixed threads: x264's output depends on their number. */
const ENCODE = ['-pix_fmt', 'yuv420p', '-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '18', '-threads', '2', '-f', 'mp4'];

const MAKING_TIMEOUT_MS = 900_000;

export interface SyntheticContext {
  ffmpeg: { path: string; version: string };
  signal?: AbortSignal;
  onMaking?: (share: number) => void;
  cacheDir?: string;
}

/** Path of the clip, made now or on an earlier run. Throws a BenchError (5) when it cannot be made. */
export async function syntheticClip(context: SyntheticContext, recipe: Recipe = SYNTHETIC_1080P30): Promise<string> {
  const cacheDir = context.cacheDir ?? defaultCacheDir();
  const key = createHash('sha256').update(JSON.stringify([recipe, ENCODE, context.ffmpeg.version])).digest('hex').slice(0, 16);
  const path = join(cacheDir, `synthetic-${key}.mp4`);
  if (await exists(path)) return path;
  await mkdir(cacheDir, { recursive: true });
  // Under another name until it is whole, so that an interrupted or parallel run never leaves half a clip.
  const unfinished = join(cacheDir, `.${key}-${randomBytes(6).toString('hex')}.mp4`);
  try {
    await make(unfinished, recipe, context);
    await rename(unfinished, path);
    return path;
  } finally {
    await rm(unfinished, { force: true });
  }
}

async function make(path: string, { source, frames }: Recipe, { ffmpeg, signal, onMaking }: SyntheticContext): Promise<void> {
  const args = ['-nostdin', '-hide_banner', '-nostats', '-progress', 'pipe:1', '-f', 'lavfi', '-i', source, '-frames:v', String(frames), ...ENCODE, '-y', `file:${path}`];
  const result = await runProcess(ffmpeg.path, args, {
    timeoutMs: MAKING_TIMEOUT_MS,
    ...(signal === undefined ? {} : { signal }),
    onStdoutLine: progressParser((block) => onMaking?.(Math.min(1, (block.frame ?? 0) / frames))),
  });
  signal?.throwIfAborted();
  if (result.code === 0 && !result.timedOut) return;
  const { cause, reason, remedy } = encodeCause(result.stderr);
  throw new BenchError(EXIT.unreachable, `the synthetic clip could not be made: ${result.timedOut ? 'it took more than 15 minutes [timeout]' : `${reason} [${cause}]`}`, { hint: remedy });
}

function defaultCacheDir(): string {
  const base = process.env['XDG_CACHE_HOME'];
  return join(base === undefined || base === '' ? join(homedir(), '.cache') : base, 'readybench', 'clips');
}

const exists = (path: string): Promise<boolean> => stat(path).then((found) => found.size > 0, () => false);
