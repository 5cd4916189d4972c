import { stat } from 'node:fs/promises';
import { decoderCause, encodeCause, type Cause } from '../../host/ffmpeg-causes.ts';
import { startProcess, type ProcessResult } from '../../host/processes.ts';
import { formatMs } from '../../units.ts';
import { parseBench } from './bench.ts';
import { progressParser, type ProgressBlock } from './progress.ts';

export interface EncodeRequest {
  ffmpeg: string;
  args: readonly string[];
  /** Null where nothing is written: decoding alone. */
  outputPath: string | null;
  /** Renditions beside it. */
  moreOutputs?: readonly string[];
  /** Frames of the clip; undefined where only part of it is encoded. */
  clipFrames?: number;
  timeoutMs: number;
  /** Ended when it makes no progress for this long. */
  stallMs: number;
  signal: AbortSignal;
  onProgress?: (block: ProgressBlock) => void;
}

/** [ms since the start, frames by then], one for every block of progress. */
export type FramePoint = readonly [number, number];

export type EncodeOutcome =
  | {
      status: 'encoded';
      wallMs: number;
      cpuMs: number | null;
      peakMemoryBytes: number | null;
      /** When the first block with a frame came: at the latest half a second after the frame itself. */
      firstOutputMs: number | null;
      frames: number;
      outputBytes: number;
      points: FramePoint[];
    }
  | { status: 'failed'; wallMs: number; failure: Cause; frames: number | null }
  /** Ended because the run was interrupted: neither a success nor a failure. */
  | { status: 'interrupted' };

/**
 * Runs one ffmpeg from start to exit, on our own clock. Never throws for what ffmpeg does. While it runs, this process only
 * reads its two blocks of progress a second.
 */
export async function encodeOnce(request: EncodeRequest): Promise<EncodeOutcome> {
  if (request.signal.aborted) return { status: 'interrupted' };
  const points: FramePoint[] = [];
  let last: ProgressBlock | null = null;
  let firstOutputMs: number | null = null;
  let stalled = false;

  const startedAt = performance.now();
  const running = startProcess(request.ffmpeg, request.args, {
    timeoutMs: request.timeoutMs,
    signal: request.signal,
    onStdoutLine: progressParser((block) => {
      const sinceStartMs = performance.now() - startedAt;
      if (advanced(last, block)) watchdog.refresh();
      last = block;
      points.push([sinceStartMs, block.frame ?? 0]);
      if (firstOutputMs === null && (block.frame ?? 0) >= 1) firstOutputMs = sinceStartMs;
      request.onProgress?.(block);
    }),
  });
  const watchdog = setTimeout(() => {
    stalled = true;
    void running.stop(2_000);
  }, request.stallMs);
  const result = await running.exited;
  clearTimeout(watchdog);

  const { wallMs } = result;
  const frames = frameOf(last);
  const failed = (failure: Cause): EncodeOutcome =>
    request.signal.aborted ? { status: 'interrupted' } : { status: 'failed', wallMs, failure, frames };
  if (stalled) return failed(stall(request.stallMs, frames));
  const cause = failureOf(result, request);
  if (cause !== null) return failed(cause);
  const missing = missingFrames(last, request.clipFrames);
  if (missing !== null) return failed(missing);
  // It ended well, on the CPU: that is not what was asked for.
  const fellBack = request.args.includes('-hwaccel') ? decoderCause(result.stderr) : undefined;
  if (fellBack !== undefined) return failed(fellBack);
  const { outputPath } = request;
  const sizes = await Promise.all([outputPath ?? [], request.moreOutputs ?? []].flat().map((path) => stat(path).then((found) => found.size, () => 0)));
  const outputBytes = sizes.includes(0) ? 0 : sizes.reduce((sum, size) => sum + size, 0);
  if (outputPath !== null && outputBytes === 0) return failed({ cause: 'no-output', reason: 'ffmpeg ended well but left no output', remedy: 'check what happens to files in TMPDIR' });
  return { status: 'encoded', wallMs, ...parseBench(result.stderr), firstOutputMs, frames: frames ?? 0, outputBytes, points };
}

const frameOf = (block: ProgressBlock | null): number | null => block?.frame ?? null;

/** Newer versions write blocks on a timer, also when nothing moves. */
function advanced(before: ProgressBlock | null, now: ProgressBlock): boolean {
  return before === null || now.frame !== before.frame || now.totalBytes !== before.totalBytes || now.outTimeMs !== before.outTimeMs;
}

function failureOf(result: ProcessResult, { ffmpeg, timeoutMs }: EncodeRequest): Cause | null {
  if (result.startError !== null) {
    return { cause: 'not-started', reason: `${ffmpeg} could not be started (${result.startError})`, remedy: 'check that it is there and that processes may be started' };
  }
  if (result.timedOut) {
    return { cause: 'timeout', reason: `the encode took longer than ${formatMs(timeoutMs)}`, remedy: 'raise encode.timeout, or use a faster preset or a smaller clip' };
  }
  if (result.signal === 'SIGXFSZ') return encodeCause('File too large');
  if (result.signal !== null) {
    return {
      cause: 'killed',
      reason: `ffmpeg was ended from outside by ${result.signal}`,
      remedy: result.signal === 'SIGKILL' ? 'look for the out-of-memory killer in dmesg; lower the concurrency' : 'find out what ended it; if ffmpeg crashed, update it',
    };
  }
  return result.code === 0 ? null : encodeCause(result.stderr);
}

function stall(stallMs: number, frames: number | null): Cause {
  return {
    cause: 'hang',
    reason: `no progress for ${formatMs(stallMs)} after ${frames ?? 0} frames`,
    remedy: 'run the command by hand; raise encode.stallTimeout if single frames take that long here',
  };
}

/** Frames that a constant frame rate made ffmpeg repeat or leave out are accounted for. */
function missingFrames(last: ProgressBlock | null, clipFrames: number | undefined): Cause | null {
  if (clipFrames === undefined) return null;
  const encoded = frameOf(last);
  const expected = clipFrames + (last?.dupFrames ?? 0) - (last?.dropFrames ?? 0);
  if (encoded === expected) return null;
  return {
    cause: 'frames-missing',
    reason: `${encoded ?? 'an unknown number of'} frames encoded, the clip has ${expected}`,
    remedy: 'check that the clip plays to its end with this ffmpeg',
  };
}
