import { access, constants, statfs } from 'node:fs/promises';
import { formatBytes } from '../units.ts';
import type { JobQueue } from './job-queue.ts';

export interface Check {
  ok: boolean;
  detail: string;
}
export type Checks = Record<'accepting' | 'queue' | 'ffmpeg' | 'disk', Check>;

const DISK_NEEDED_BYTES = 100e6;
/** Probes come often, the disk does not change that fast. */
const KEEP_MS = 1_000;

/** What has to hold for the service to take work. */
export class Readiness {
  draining = false;
  readonly #queue: JobQueue;
  readonly #ffmpegPath: string;
  readonly #folder: string;
  #slow: { at: number; checks: Promise<Pick<Checks, 'ffmpeg' | 'disk'>> } | undefined;

  constructor(queue: JobQueue, ffmpegPath: string, folder: string) {
    this.#queue = queue;
    this.#ffmpegPath = ffmpegPath;
    this.#folder = folder;
  }

  async checks(): Promise<Checks> {
    const now = performance.now();
    if (this.#slow === undefined || now - this.#slow.at > KEEP_MS) this.#slow = { at: now, checks: this.#look() };
    const { ffmpeg, disk } = await this.#slow.checks;
    const { length, limit } = this.#queue;
    return {
      accepting: { ok: !this.draining, detail: this.draining ? 'shutting down' : 'yes' },
      queue: { ok: !this.#queue.isFull(), detail: `${length} of ${limit} waiting` },
      ffmpeg,
      disk,
    };
  }

  async #look(): Promise<Pick<Checks, 'ffmpeg' | 'disk'>> {
    const ffmpeg = await access(this.#ffmpegPath, constants.X_OK).then(
      () => ({ ok: true, detail: 'can be run' }),
      () => ({ ok: false, detail: 'is missing' }),
    );
    const disk = await statfs(this.#folder).then(
      ({ bavail, bsize }) => ({ ok: bavail * bsize >= DISK_NEEDED_BYTES, detail: `${formatBytes(bavail * bsize)} free` }),
      () => ({ ok: false, detail: 'the folder for clips is gone' }),
    );
    return { ffmpeg, disk };
  }
}
