import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf } from '../errors.ts';
import { seededRandom } from '../random.ts';
import type { ClipMaker } from './clip-maker.ts';
import { clipKey, partsOf, type ClipParameters } from './clip.ts';
import type { Faults, JobFault } from './faults.ts';
import type { Job, JobQueue } from './job-queue.ts';
import type { ServiceMetrics } from './metrics.ts';
import { viewOf, type ClipState, type VideoView } from './video-view.ts';

/** A clip and the videos that show it: identical requests share one. */
interface Clip {
  key: string;
  parameters: ClipParameters;
  file: string;
  state: ClipState;
  /** One, or one for each of its parts. */
  jobs: Job[];
  /** Of its parts, how much is done, from 0 to 1 each. */
  progress: number[];
  videos: Set<string>;
}

interface Video {
  id: string;
  clip: Clip;
  cached: boolean;
  queuedAt: Date;
}

export type Submitted = { accepted: true; video: VideoView } | { accepted: false; retryAfterS: number };

/** How a clip is to be made. */
export interface Wishes {
  /** Take what is there already. */
  cache: boolean;
  /** Encode a long one in parts. */
  split: boolean;
  /** Seconds of clip a second, at most. */
  pace?: number;
  priority: number;
}

export interface LibraryOptions {
  maker: ClipMaker;
  folder: string;
  queue: JobQueue;
  metrics: ServiceMetrics;
  faults: Pick<Faults, 'jobs' | 'jobTimeMs' | 'off'>;
}

/** So that hours of load fill neither memory nor disk: the oldest finished ones go. */
const MAX_VIDEOS = 10_000;
const MAX_CLIPS = 1_000;

/** The videos of the service: what was asked for, what is being made, and the clips that are there. */
export class Library {
  readonly #options: LibraryOptions;
  readonly #videos = new Map<string, Video>();
  /** Every clip by its file; the shared ones by their key too. */
  readonly #clips = new Map<string, Clip>();
  readonly #shared = new Map<string, Clip>();
  readonly #random = seededRandom(1);
  #latest: Video | undefined;
  #finishedJobs = 0;
  #jobSeconds = 0;

  constructor(options: LibraryOptions) {
    this.#options = options;
  }

  submit(parameters: ClipParameters, wishes: Wishes): Submitted {
    const { queue, metrics, faults } = this.#options;
    const queuedAt = new Date();
    if (this.#latest !== undefined && this.#strikes('double')) return { accepted: true, video: viewOf(this.#latest) };
    const key = clipKey(parameters);
    const shares = wishes.cache && !faults.off.has('cache');
    const known = shares ? this.#shared.get(key) : undefined;
    const clip = known ?? this.#newClip(key, parameters, wishes);
    if (known === undefined) {
      if (!queue.addAll(clip.jobs)) return { accepted: false, retryAfterS: this.#retryAfterS() };
      this.#clips.set(clip.file, clip);
      if (shares) this.#shared.set(key, clip);
      metrics.events.publish('queued');
    }
    metrics.cache(known !== undefined);
    const video: Video = { id: randomUUID(), clip, cached: known !== undefined, queuedAt };
    this.#videos.set(video.id, video);
    this.#latest = video;
    clip.videos.add(video.id);
    this.#trim();
    return { accepted: true, video: viewOf(video) };
  }

  get(id: string): VideoView | undefined {
    const video = this.#videos.get(id);
    return video === undefined ? undefined : viewOf(video);
  }

  /** Newest first. */
  list(offset: number, limit: number): { total: number; items: VideoView[] } {
    const newestFirst = [...this.#videos.values()].reverse();
    return { total: newestFirst.length, items: newestFirst.slice(offset, offset + limit).map(viewOf) };
  }

  /** Where the file of a finished video lies. */
  fileOf(id: string): string | undefined {
    return this.#videos.get(id)?.clip.file;
  }

  /** False where there is no such video. A job nobody else waits for is stopped. */
  remove(id: string): boolean {
    const video = this.#videos.get(id);
    if (video === undefined) return false;
    this.#videos.delete(id);
    this.#options.metrics.events.publish('removed');
    const { clip } = video;
    clip.videos.delete(id);
    const inCache = clip.state.status === 'done' && this.#shared.get(clip.key) === clip;
    if (clip.videos.size === 0 && !inCache) this.#drop(clip);
    return true;
  }

  #newClip(key: string, parameters: ClipParameters, { split, pace, priority }: Wishes): Clip {
    const parts = split && !this.#options.faults.off.has('split') ? partsOf(parameters) : [parameters];
    const clip: Clip = { key, parameters, file: join(this.#options.folder, `${randomUUID()}.mp4`), state: { status: 'queued' }, jobs: [], progress: parts.map(() => 0), videos: new Set() };
    clip.jobs = parts.map((part, index) => ({ priority, run: (signal) => this.#encode(clip, part, index, Math.max(this.#options.faults.jobTimeMs, pace === undefined ? 0 : (part.durationS * 1_000) / pace), signal) }));
    return clip;
  }

  /** Never rejects: what goes wrong with a clip is the clip's state. The part that ends last finishes the clip. */
  async #encode(clip: Clip, part: ClipParameters, index: number, leastMs: number, signal: AbortSignal): Promise<void> {
    const { maker, metrics } = this.#options;
    if (clip.state.status === 'queued') {
      clip.state = { status: 'processing', startedAt: new Date(), progress: 0 };
      metrics.events.publish('started');
    }
    const advance = (share: number): void => {
      clip.progress[index] = share;
      if (clip.state.status === 'processing') clip.state = { ...clip.state, progress: clip.progress.reduce((sum, each) => sum + each, 0) / clip.progress.length };
    };
    const parts = partFiles(clip);
    try {
      // Done is what its encode says at its end, and not what its progress says shortly before.
      await maker.encode(part, parts[index] ?? '', leastMs, signal, (share) => advance(Math.min(0.999, share)));
      advance(1);
      if (clip.state.status === 'processing' && clip.progress.every((share) => share === 1)) await this.#finish(clip, parts, signal);
    } catch (error) {
      this.#end(clip, reasonOf(error), signal);
      for (const job of clip.jobs) this.#options.queue.cancel(job);
    }
    // Nobody waits for it any more: it was removed meanwhile. Or it has failed, and its parts are of no use.
    if (!this.#clips.has(clip.file)) await rm(clip.file, { force: true });
    if (clip.state.status === 'failed') await Promise.all(parts.map((each) => rm(each, { force: true })));
  }

  async #finish(clip: Clip, parts: readonly string[], signal: AbortSignal): Promise<void> {
    const bytes = await this.#options.maker.finish(parts, clip.file, signal);
    if (this.#strikes('stuck')) return;
    this.#end(clip, { bytes }, signal);
    if (this.#strikes('lose')) this.#drop(clip);
  }

  #end(clip: Clip, how: { bytes: number } | string, signal: AbortSignal): void {
    if (clip.state.status !== 'processing') return;
    const { startedAt } = clip.state;
    const finishedAt = new Date();
    clip.state = typeof how === 'string' ? { status: 'failed', startedAt, finishedAt, error: how } : { status: 'done', startedAt, finishedAt, ...how };
    if (typeof how === 'string' && this.#shared.get(clip.key) === clip) this.#shared.delete(clip.key);
    const jobS = (finishedAt.getTime() - startedAt.getTime()) / 1_000;
    this.#finishedJobs += 1;
    this.#jobSeconds += jobS;
    this.#options.metrics.job(signal.aborted ? 'cancelled' : clip.state.status === 'done' ? 'done' : 'failed', jobS);
    this.#options.metrics.events.publish('finished');
  }

  /** Whether a defect that was switched on strikes this time. */
  #strikes(fault: JobFault): boolean {
    const share = this.#options.faults.jobs[fault];
    return share > 0 && this.#random() < share;
  }

  #drop(clip: Clip): void {
    for (const job of clip.jobs) this.#options.queue.cancel(job);
    for (const id of clip.videos) this.#videos.delete(id);
    this.#clips.delete(clip.file);
    if (this.#shared.get(clip.key) === clip) this.#shared.delete(clip.key);
    void Promise.all([clip.file, ...partFiles(clip)].map((each) => rm(each, { force: true })));
  }

  #trim(): void {
    if (this.#videos.size > MAX_VIDEOS) {
      for (const { id, clip } of this.#videos.values()) if (isFinished(clip)) return void this.remove(id);
    }
    if (this.#clips.size > MAX_CLIPS) {
      for (const clip of this.#clips.values()) if (isFinished(clip)) return this.#drop(clip);
    }
  }

  /** When a place in the queue should be free, from the jobs seen so far. */
  #retryAfterS(): number {
    const meanS = this.#finishedJobs === 0 ? 1 : this.#jobSeconds / this.#finishedJobs;
    return Math.max(1, Math.ceil(meanS / this.#options.queue.concurrency));
  }
}

const partFiles = ({ file, progress }: Clip): string[] => progress.map((_, part) => `${file}.part${part}`);
const isFinished = ({ state }: Clip): boolean => state.status === 'done' || state.status === 'failed';
