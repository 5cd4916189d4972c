import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { carriedProgram } from '../../../src/host/carried.ts';
import { findExecutable } from '../../../src/host/executables.ts';
import { runProcess } from '../../../src/host/processes.ts';

/** The ffmpegs that are here: the one the npm package carries, and the system's where there is one. */
export const FFMPEGS: readonly { name: string; ffmpeg: string; ffprobe: string }[] = (['npm', 'system'] as const).flatMap((name) => {
  const find = (tool: 'ffmpeg' | 'ffprobe'): string | null => {
    const carried = carriedProgram(tool);
    return name === 'system' ? findExecutable(tool, process.env) : carried.found ? carried.path : null;
  };
  const [ffmpeg, ffprobe] = [find('ffmpeg'), find('ffprobe')];
  return ffmpeg === null || ffprobe === null ? [] : [{ name, ffmpeg, ffprobe }];
});

export const hasSystemFfmpeg = FFMPEGS.some(({ name }) => name === 'system');

/** The one every machine has after `npm ci`. */
export const ANY = FFMPEGS[0] ?? { name: 'none', ffmpeg: 'ffmpeg', ffprobe: 'ffprobe' };

/** A folder that is gone after `await using`. */
export async function temporaryFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'readybench-encode-')));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** A real clip of 160×90 at 25 frames a second, with sound unless told otherwise. */
export async function tinyClip(path: string, options: { seconds?: number; size?: string; moovFirst?: boolean; extra?: readonly string[] } = {}): Promise<string> {
  const { seconds = 1, size = '160x90', moovFirst = false, extra = [] } = options;
  await ffmpeg([
    ...['-f', 'lavfi', '-i', `testsrc=s=${size}:r=25:d=${seconds}`, '-f', 'lavfi', '-i', `sine=d=${seconds}`],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', ...(moovFirst ? ['-movflags', '+faststart'] : []), ...extra, path],
  ]);
  return path;
}

/** The same second over and over, copied and not encoded: a long clip at little cost. */
export async function longClip(path: string, seconds: number): Promise<string> {
  const second = await tinyClip(`${path}.second.mp4`, { size: '320x180' });
  await ffmpeg(['-stream_loop', String(seconds - 1), '-i', second, '-map', '0:v:0', '-c', 'copy', path]);
  await rm(second);
  return path;
}

export async function ffmpeg(args: readonly string[]): Promise<void> {
  const result = await runProcess(ANY.ffmpeg, ['-nostdin', '-v', 'error', '-y', ...args]);
  if (result.code !== 0) throw new Error(`ffmpeg ${args.join(' ')}: ${result.stderr}`);
}
