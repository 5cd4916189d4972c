/** Mean hours of a month. */
export const HOURS_A_MONTH = 730;
export const DAYS_A_MONTH = HOURS_A_MONTH / 24;
const BYTES_A_GB = 1e9;

/** What a video costs on a server that is busy for a share of its time. */
export const costPerVideoAt = (pricePerHour: number, perSecond: number, busy: number): number => pricePerHour / (3_600 * perSecond * busy);

/** What servers and storage cost a month, and each video of it. */
export function monthlyCost({ servers, pricePerHour, storedBytes, pricePerGbMonth, videosPerDay }: { servers: number; pricePerHour: number; storedBytes: number; pricePerGbMonth: number; videosPerDay: number }): { servers: number; storage: number; total: number; perVideo: number } {
  const machines = servers * pricePerHour * HOURS_A_MONTH;
  const storage = (storedBytes / BYTES_A_GB) * pricePerGbMonth;
  return { servers: machines, storage, total: machines + storage, perVideo: (machines + storage) / (videosPerDay * DAYS_A_MONTH) };
}
