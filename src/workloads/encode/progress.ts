/** One block of `ffmpeg -progress`: what it has done so far. Null where ffmpeg wrote `N/A` or nothing. */
export interface ProgressBlock {
  /** Frames handed to the encoder. */
  frame: number | null;
  /** Since the start, not since the last block; ffmpeg writes 0 in the first second. */
  fps: number | null;
  outTimeMs: number | null;
  totalBytes: number | null;
  dupFrames: number | null;
  dropFrames: number | null;
  /** Times real time. */
  speed: number | null;
  /** The last block of an encode. */
  end: boolean;
}

/**
 * Reads `-progress` output line by line and hands over every complete block; a block that was torn off is never handed over.
 * ffmpeg writes one every 0.5 s in every version (newer ones could change that with -stats_period, older ones lack the option).
 */
export function progressParser(onBlock: (block: ProgressBlock) => void): (line: string) => void {
  let fields = new Map<string, string>();
  return (line) => {
    const at = line.indexOf('=');
    if (at < 1) return;
    const [key, value] = [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    if (key !== 'progress') {
      fields.set(key, value);
      return;
    }
    onBlock(toBlock(fields, value === 'end'));
    fields = new Map();
  };
}

function toBlock(fields: ReadonlyMap<string, string>, end: boolean): ProgressBlock {
  // Despite its name out_time_ms is in microseconds; out_time_us is the same figure in newer versions.
  const outTimeUs = number(fields.get('out_time_us') ?? fields.get('out_time_ms'));
  return {
    frame: number(fields.get('frame')),
    fps: number(fields.get('fps')),
    outTimeMs: outTimeUs === null ? null : outTimeUs / 1_000,
    totalBytes: number(fields.get('total_size')),
    dupFrames: number(fields.get('dup_frames')),
    dropFrames: number(fields.get('drop_frames')),
    speed: number(fields.get('speed')?.replace(/x$/, '')),
    end,
  };
}

/** Negative figures are ffmpeg's "not known yet". */
function number(text: string | undefined): number | null {
  if (text === undefined || !/^\d+(\.\d+)?(e[+-]?\d+)?$/.test(text)) return null;
  return Number(text);
}
