import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { inspectVideo, type VideoFacts } from '../../host/ffmpeg-facts.ts';
import { formatBytes, formatMs } from '../../units.ts';
import { ask, type Asking } from '../dialogue/ask.ts';
import { told } from '../dialogue/transcript.ts';
import type { Variables } from '../../load/template.ts';
import type { JobSpec, Verify } from './schema.ts';

/** What became of a result: its size, how long the fetch took, and why it is wrong (null where it is right). */
export interface Fetched {
  bytes: number | null;
  fetchMs: number | null;
  wrong: string | null;
}

export interface FetchOptions {
  timeoutMs: number;
  signal: AbortSignal;
  workDir: string;
  /** Null where no video is to be looked into. */
  ffprobe: string | null;
}

/** Gets the result of a job into a temporary file, looks at it, and removes it. */
export async function fetchResult(fetch: NonNullable<JobSpec['fetch']>, variables: Variables, asking: Asking, options: FetchOptions): Promise<Fetched> {
  const dir = await mkdtemp(join(options.workDir, 'result-'));
  try {
    const file = join(dir, 'result');
    const { exchange, wrong, transcript } = await ask(fetch, variables, asking, { timeoutMs: options.timeoutMs, signal: options.signal, file });
    if (exchange.type === 'failed' || wrong !== null) return { bytes: null, fetchMs: null, wrong: `the result cannot be had: ${wrong ?? ''}. ${told(transcript)}` };
    const problem = wrongSize(fetch.verify, exchange.receivedBytes) ?? (await wrongVideo(fetch.verify, file, options));
    return { bytes: exchange.receivedBytes, fetchMs: exchange.durationMs, wrong: problem === null ? null : `the result is not what it should be: ${problem}. ${told(transcript)}` };
  } finally {
    await rm(dir, { recursive: true, force: true, maxRetries: 3 });
  }
}

function wrongSize({ minBytes, maxBytes }: Verify, bytes: number): string | null {
  if (bytes < minBytes) return bytes === 0 ? 'it is empty' : `it has ${formatBytes(bytes)}, less than ${formatBytes(minBytes)}`;
  return maxBytes !== undefined && bytes > maxBytes ? `it has ${formatBytes(bytes)}, more than ${formatBytes(maxBytes)}` : null;
}

async function wrongVideo({ video }: Verify, file: string, { ffprobe, signal }: FetchOptions): Promise<string | null> {
  if (video === undefined || ffprobe === null) return null;
  const inspection = await inspectVideo(ffprobe, file, signal);
  return inspection.status === 'unusable' ? `${inspection.cause.reason} [${inspection.cause.cause}]` : differs(video, inspection.facts);
}

/** What of a video is not as asked for; null where all is. */
export function differs(wanted: NonNullable<Verify['video']>, facts: Pick<VideoFacts, 'durationMs' | 'codec' | 'width' | 'height'>): string | null {
  const { duration, tolerance } = wanted;
  if (duration !== undefined && Math.abs(facts.durationMs - duration) > tolerance) return `it runs ${formatMs(facts.durationMs)}, not ${formatMs(duration)} (± ${formatMs(tolerance)})`;
  for (const key of ['codec', 'width', 'height'] as const) {
    if (wanted[key] !== undefined && wanted[key] !== facts[key]) return `its ${key} is ${facts[key]}, not ${wanted[key]}`;
  }
  return null;
}
