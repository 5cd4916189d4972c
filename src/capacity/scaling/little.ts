/** What one round at a concurrency came to. */
export interface Residence {
  /** Completed per second. */
  throughputPerSecond: number;
  /** Mean time from start to end. */
  residenceMs: number;
  /** Mean number under way, counted by itself. */
  inFlight: number;
}

/** A round further off than this did not measure what it says. */
export const LITTLE_TOLERANCE = 0.1;

/** Little's law, L = λW (Operations Research 9, 1961, 383): by which share λW is off what was under way. */
export function littleOff({ throughputPerSecond, residenceMs, inFlight }: Residence): number {
  return (throughputPerSecond * residenceMs) / 1_000 / inFlight - 1;
}
