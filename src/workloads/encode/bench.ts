/** What `ffmpeg -benchmark` prints at its end. Null where this build or system does not say. */
export interface BenchFigures {
  /** User and system time of ffmpeg's process, all threads. */
  cpuMs: number | null;
  /** Most resident memory it had. */
  peakMemoryBytes: number | null;
}

/** Reads `bench: utime=0.975s stime=0.079s rtime=0.558s` (newer) or `bench: utime=0.975s` (older) and `bench: maxrss=121876kB` from stderr. */
export function parseBench(stderr: string): BenchFigures {
  const seconds = (name: string): number | null => last(stderr, new RegExp(`^bench:.*\\b${name}=(\\d+(?:\\.\\d+)?)s\\b`, 'gm'));
  const [user, system] = [seconds('utime'), seconds('stime')];
  // getrusage counts in units of 1,024 bytes, which ffmpeg prints as kB, and newer versions as KiB.
  const maxrss = last(stderr, /^bench: maxrss=(\d+)[kK]i?B\b/gm);
  return {
    cpuMs: user === null || system === null ? null : (user + system) * 1_000,
    peakMemoryBytes: maxrss === null ? null : maxrss * 1_024,
  };
}

function last(text: string, pattern: RegExp): number | null {
  const found = [...text.matchAll(pattern)].at(-1)?.[1];
  return found === undefined ? null : Number(found);
}
