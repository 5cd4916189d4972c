/** Bytes that finished videos add, and what they come to once old ones are removed. */
export interface Storage {
  perWeekBytes: number;
  /** Null where nothing is ever removed. */
  keptBytes: number | null;
}

export function storageOf(videosPerDay: number, bytesPerVideo: number, retentionDays: number | null): Storage {
  const perDay = videosPerDay * bytesPerVideo;
  return { perWeekBytes: 7 * perDay, keptBytes: retentionDays === null ? null : retentionDays * perDay };
}

/** What storage is paid for: what is kept, and where nothing is ever removed what there is after so many days. */
export const paidBytes = ({ perWeekBytes, keptBytes }: Storage, horizonDays: number): number => keptBytes ?? (horizonDays * perWeekBytes) / 7;
