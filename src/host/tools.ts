import type { FfmpegTool } from '../record/schema.ts';

/** Finds the programs a run needs, once each, and remembers what it found. */
export interface ToolResolver {
  /** FFMPEG_PATH, then PATH, then the npm-carried build. Throws a BenchError (6) with how to get it. */
  ffmpeg(): Promise<FfmpegTool>;
  /** FFPROBE_PATH, then PATH, then the npm-carried build. */
  ffprobe(): Promise<{ path: string; version: string; source: 'FFPROBE_PATH' | 'PATH' | 'npm' }>;
  /** What was resolved so far, for the record. */
  used(): { ffmpeg: FfmpegTool | null };
}
