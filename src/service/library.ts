import { randomUUID } from 'node:crypto';
import { rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf } from '../errors.ts';
import { runProcess } from '../host/processes.ts';
import { burnArguments, clipKey, encodeArguments, progressOf, type ClipParameters } from './clip.ts';
import type { Job, JobQueue } from './job-queue.ts';
import type { ServiceMetrics } from './metrics.ts';

type ClipState =
  | { status: 'queued' }
  | { status: 'processing'; startedAt: Date; progress: number }
  | { status: 'done'; startedAt: Date; finishedAt: Date; bytes: number }
  | { status: 'failed'; startedAt: Date; finishedAt: Date; error: string };

/** A clip and the videos that show it: identical requests share one. */
interface Clip extends Job {
  key: string;
  parameters: ClipParameters;
  file: string;
  state: ClipState;
  videos: Set<string>;
}

interface Video {
  id: string;
  clip: Clip;
  cached: boolean;
  queuedAt: Date;
}

/** A video as the API shows it. */
export interface VideoView {
  id: string;
  status: ClipState['status'];
  progress: number;
  cached: boolean;
  title: string;
  durationS: number;
  width: number;
  height: number;
  queuedAt: string;
  startedAt?: string;
  finishedAt?: string;
  bytes?: number;
  error?: string;
}

export type Submitted = { accepted: true; video: VideoView } | { accepted: false; retryAfterS: number };

export interface LibraryOptions {
  ffmpegPath: string;
  folder: string;
  queue: JobQueue;
  metrics: ServiceMetrics;
  encodeCost: number;
}

/** So that hours of load fill neither memory nor disk: the oldest finished ones go. */
const MAX_VIDEOS = 10_000;
const MAX_CLIPS = 1_000;
const JOB_LIMIT_MS = 600_000;

/** The videos of the service: what was asked for, what is being made, and the clips that are there. */
export class Library {
  readonly #options: LibraryOptions;
  readonly #videos = new Map<string, Video>();
  /** Every clip by its file; the shared ones by their key too. */
  readonly #clips = new Map<string, Clip>();
  readonly #shared = new Map<string, Clip>();
  #finishedJobs = 0;
  #jobSeconds = 0;

  constructor(options: LibraryOptions) {
    this.#options = options;
  }

  submit(parameters: ClipParameters, useCache: boolean, priority = 1): Submitted {
    const queuedAt = new Date();
    const key = clipKey(parameters);
    const known = useCache ? this.#shared.get(key) : undefined;
    const clip = known ?? this.#newClip(key, parameters, priority);
    if (known === undefined) {
      if (!this.#options.queue.add(clip)) return { accepted: false, retryAfterS: this.#retryAfterS() };
      this.#clips.set(clip.file, clip);
      if (useCache) this.#shared.set(key, clip);
    }
    this.#options.metrics.cache(known !== undefined);
    const video: Video = { id: randomUUID(), clip, cached: known !== undefined, queuedAt };
    this.#videos.set(video.id, video);
    clip.videos.add(video.id);
    this.#trim();
    return { accepted: true, video: view(video) };
  }

  get(id: string): VideoView | undefined {
    const video = this.#videos.get(id);
    return video === undefined ? undefined : view(video);
  }

  /** Newest first. */
  list(offset: number, limit: number): { total: number; items: VideoView[] } {
    const newestFirst = [...this.#videos.values()].reverse();
    return { total: newestFirst.length, items: newestFirst.slice(offset, offset + limit).map(view) };
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
    const { clip } = video;
    clip.videos.delete(id);
    const inCache = clip.state.status === 'done' && this.#shared.get(clip.key) === clip;
    if (clip.videos.size === 0 && !inCache) this.#drop(clip);
    return true;
  }

  #newClip(key: string, parameters: ClipParameters, priority: number): Clip {
    const clip: Clip = {
      key,
      priority,
      parameters,
      file: join(this.#options.folder, `${randomUUID()}.mp4`),
      state: { status: 'queued' },
      videos: new Set(),
      run: (signal) => this.#encode(clip, signal),
    };
    return clip;
  }

  /** Never rejects: what goes wrong with a clip is the clip's state. */
  async #encode(clip: Clip, signal: AbortSignal): Promise<void> {
    const startedAt = new Date();
    const { durationS } = clip.parameters;
    clip.state = { status: 'processing', startedAt, progress: 0 };
    const unfinished = `${clip.file}.part`;
    const result = await runProcess(this.#options.ffmpegPath, encodeArguments(clip.parameters, unfinished), {
      signal,
      timeoutMs: JOB_LIMIT_MS,
      onStdoutLine: (line) => {
        const progress = progressOf(line, durationS);
        if (progress !== undefined) clip.state = { status: 'processing', startedAt, progress };
      },
    });
    const jobS = (result.wallMs + (await this.#burn(clip, result.wallMs, signal))) / 1_000;
    try {
      if (result.code !== 0) throw new Error(failureOf(result, signal));
      await rename(unfinished, clip.file);
      clip.state = { status: 'done', startedAt, finishedAt: new Date(), bytes: (await stat(clip.file)).size };
    } catch (error) {
      clip.state = { status: 'failed', startedAt, finishedAt: new Date(), error: reasonOf(error) };
      if (this.#shared.get(clip.key) === clip) this.#shared.delete(clip.key);
      await rm(unfinished, { force: true });
    }
    this.#finishedJobs += 1;
    this.#jobSeconds += jobS;
    this.#options.metrics.job(signal.aborted ? 'cancelled' : clip.state.status === 'done' ? 'done' : 'failed', jobS);
    // Nobody waits for it any more: it was removed meanwhile.
    if (!this.#clips.has(clip.file)) await rm(clip.file, { force: true });
  }

  /** The injected extra cost of an encode, in ms of real work. */
  async #burn(clip: Clip, wallMs: number, signal: AbortSignal): Promise<number> {
    const extraMs = wallMs * (this.#options.encodeCost - 1);
    if (extraMs === 0) return 0;
    return (await runProcess(this.#options.ffmpegPath, burnArguments(clip.parameters), { signal, timeoutMs: extraMs })).wallMs;
  }

  #drop(clip: Clip): void {
    this.#options.queue.cancel(clip);
    for (const id of clip.videos) this.#videos.delete(id);
    this.#clips.delete(clip.file);
    if (this.#shared.get(clip.key) === clip) this.#shared.delete(clip.key);
    void rm(clip.file, { force: true });
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

const isFinished = (clip: Clip): boolean => clip.state.status === 'done' || clip.state.status === 'failed';

function failureOf(result: Awaited<ReturnType<typeof runProcess>>, signal: AbortSignal): string {
  if (signal.aborted) return 'cancelled';
  if (result.startError !== null) return `ffmpeg cannot be started (${result.startError})`;
  if (result.timedOut) return `ffmpeg did not end within ${JOB_LIMIT_MS / 1_000} s`;
  const said = result.stderr.trim().split('\n').at(-1) ?? '';
  return `ffmpeg ${result.code === null ? `was ended by ${result.signal ?? 'a signal'}` : `exits with ${result.code}`}${said === '' ? '' : `: ${said}`}`;
}

/** A cached video shows its own request's time where the clip is older: nobody has waited for less than nothing. */
function view({ id, clip, cached, queuedAt }: Video): VideoView {
  const { state, parameters } = clip;
  const { title, durationS, width, height } = parameters;
  const shown = { id, status: state.status, cached, title, durationS, width, height, queuedAt: queuedAt.toISOString() };
  const time = (at: Date): string => (at < queuedAt ? queuedAt : at).toISOString();
  switch (state.status) {
    case 'queued':
      return { ...shown, progress: 0 };
    case 'processing':
      return { ...shown, progress: state.progress, startedAt: time(state.startedAt) };
    case 'done':
      return { ...shown, progress: 1, startedAt: time(state.startedAt), finishedAt: time(state.finishedAt), bytes: state.bytes };
    case 'failed':
      return { ...shown, progress: 0, startedAt: time(state.startedAt), finishedAt: time(state.finishedAt), error: state.error };
  }
}
