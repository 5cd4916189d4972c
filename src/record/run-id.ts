import { randomBytes } from 'node:crypto';

/** `20260131T070503.042Z-9f3c21`: sorts by start, and two runs that start in the same millisecond differ. Safe as a file name. */
export function newRunId(now: Date = new Date()): string {
  return `${now.toISOString().replaceAll(/[-:]/g, '')}-${randomBytes(3).toString('hex')}`;
}
