import { statfs } from 'node:fs/promises';
import { BenchError, EXIT } from '../../errors.ts';
import { formatBytes } from '../../units.ts';
import { MAXRATE_FACTOR } from './encoders.ts';

/** Room that outputs take at most: each at its capped bit rate, as many as are there at once, and some for containers. */
export function neededBytes(bitsPerSecond: number, clipDurationMs: number, concurrency: number): number {
  const each = ((bitsPerSecond * MAXRATE_FACTOR) / 8) * (clipDurationMs / 1_000) + 1e6;
  // One more, because an output is removed while the next job of its worker has started.
  return Math.ceil(each * (concurrency + 1));
}

/** Throws a BenchError (5) when the folder's file system has less than `needed` bytes free. */
export async function requireSpace(folder: string, needed: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= needed) return;
  throw new BenchError(EXIT.unreachable, `not enough disk space for the encodes: ${formatBytes(free)} free at ${folder}, ${formatBytes(needed)} needed`, {
    hint: 'free some space, let TMPDIR point at a larger disk, or lower the concurrency',
  });
}
