import { z } from 'zod';
import { inputCause, knownInputCause, type Cause } from './ffmpeg-causes.ts';
import { runProcess } from './processes.ts';

/** What ffprobe knows about the first video stream of a file. */
export interface VideoFacts {
  container: string;
  codec: string;
  width: number;
  height: number;
  framesPerSecond: number;
  /** Counted, not taken from the file's header. */
  frames: number;
  durationMs: number;
}

export type VideoInspection = { status: 'video'; facts: VideoFacts } | { status: 'unusable'; cause: Cause };

/** Containers that hold one video by themselves. Playlists and scripts (hls, concat, dash, sdp) would make ffmpeg open other files. */
const CONTAINERS = ['mov', 'matroska', 'mpegts', 'mpeg', 'avi', 'flv', 'ogg', 'asf', 'mxf', 'ivf', 'yuv4mpegpipe', 'h264', 'hevc', 'obu', 'gif', 'nut', 'wtv', 'dv', 'm4v', 'mpegvideo', 'vc1', 'rm'];

const INSPECTION_TIMEOUT_MS = 120_000;

const optionalNumber = z.string().transform(Number).pipe(z.number()).optional().catch(undefined);

const answer = z.object({
  streams: z.array(
    z.object({
      codec_name: z.string().default('unknown'),
      width: z.number().default(0),
      height: z.number().default(0),
      avg_frame_rate: z.string().default('0/0'),
      r_frame_rate: z.string().default('0/0'),
      nb_frames: optionalNumber,
      nb_read_packets: optionalNumber,
      duration: optionalNumber,
      disposition: z.object({ attached_pic: z.number() }).partial().default({}),
    }),
  ),
  format: z.object({ format_name: z.string(), duration: optionalNumber }),
});

const NO_VIDEO: Cause = { cause: 'no-video', reason: 'it holds no video (sound or a cover picture alone)', remedy: 'name a file with a video stream' };
const EMPTY: Cause = { cause: 'no-frames', reason: 'its video has no frames', remedy: 'make or copy it again' };

/**
 * Reads a file with ffprobe and counts its packets, which reads it to its end: a file that was cut short shows, also where
 * its header still promises the whole. `path` must be absolute. What is wrong with the file is a value.
 */
export async function inspectVideo(ffprobe: string, path: string, signal?: AbortSignal): Promise<VideoInspection> {
  const args = [
    ...['-hide_banner', '-loglevel', 'warning', '-protocol_whitelist', 'file', '-format_whitelist', CONTAINERS.join(',')],
    ...['-select_streams', 'v:0', '-count_packets', '-show_streams', '-show_format', '-of', 'json', '-i', `file:${path}`],
  ];
  const result = await runProcess(ffprobe, args, { timeoutMs: INSPECTION_TIMEOUT_MS, ...(signal === undefined ? {} : { signal }) });
  signal?.throwIfAborted();
  if (result.startError !== null) {
    return unusable({ cause: 'not-started', reason: `${ffprobe} could not be started (${result.startError})`, remedy: 'check FFPROBE_PATH' });
  }
  if (result.timedOut) {
    return unusable({ cause: 'inspection-timeout', reason: `ffprobe did not read it within ${INSPECTION_TIMEOUT_MS / 1_000} s`, remedy: 'use a shorter clip or a faster disk' });
  }
  const parsed = result.code === 0 ? parse(result.stdout) : undefined;
  if (parsed === undefined) return unusable(inputCause(result.stderr));
  return judge(parsed, result.stderr);
}

function judge({ streams, format }: z.infer<typeof answer>, stderr: string): VideoInspection {
  const [stream] = streams;
  if (stream === undefined || stream.disposition.attached_pic === 1) return unusable(NO_VIDEO);
  const frames = stream.nb_read_packets ?? stream.nb_frames ?? 0;
  const promised = stream.nb_frames ?? frames;
  const complaint = knownInputCause(stderr);
  if (frames < promised || complaint?.cause === 'truncated') {
    return unusable({
      cause: 'truncated',
      reason: frames < promised ? `it ends after ${frames} of ${promised} frames` : (complaint?.reason ?? ''),
      remedy: 'copy it again; the copy was cut short',
    });
  }
  const durationMs = 1_000 * (stream.duration ?? format.duration ?? Number.NaN);
  const rate = ratio(stream.avg_frame_rate) ?? ratio(stream.r_frame_rate);
  const framesPerSecond = rate ?? (frames / durationMs) * 1_000;
  if (frames === 0 || stream.width === 0 || stream.height === 0 || !Number.isFinite(framesPerSecond)) return unusable(EMPTY);
  return {
    status: 'video',
    facts: {
      container: format.format_name,
      codec: stream.codec_name,
      width: stream.width,
      height: stream.height,
      framesPerSecond,
      frames,
      durationMs: Number.isFinite(durationMs) && durationMs > 0 ? durationMs : (frames / framesPerSecond) * 1_000,
    },
  };
}

const unusable = (cause: Cause): VideoInspection => ({ status: 'unusable', cause });

function parse(stdout: string): z.infer<typeof answer> | undefined {
  try {
    return answer.safeParse(JSON.parse(stdout)).data;
  } catch {
    return undefined;
  }
}

/** `24000/1001` → 23.976; undefined for `0/0`. */
function ratio(text: string): number | undefined {
  const [above, below] = text.split('/').map(Number);
  const value = (above ?? 0) / (below ?? 1);
  return Number.isFinite(value) && value > 0 ? value : undefined;
}
