/** One server's queue, as a new video meets it. */
export interface QueueSpec {
  /** Videos a second that the server makes. */
  perSecond: number;
  /** How long one takes once its turn has come, at the number it works on at once. */
  processingMs: number;
  /** By when it must be done. */
  limitMs: number;
}

/** The most videos that may wait before one more is done too late: it waits for them, then takes its own time. Below 0: late even with none. */
export function longestQueue({ perSecond, processingMs, limitMs }: QueueSpec): number {
  return Math.floor(((limitMs - processingMs) / 1_000) * perSecond + 1e-9);
}

/** When the last of so many videos is done that are submitted at once to idle servers. */
export function burstMs(videos: number, servers: number, { perSecond, processingMs }: Omit<QueueSpec, 'limitMs'>): number {
  return Math.max(processingMs, (1_000 * videos) / (servers * perSecond));
}
