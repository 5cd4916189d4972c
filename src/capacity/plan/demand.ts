/** What is asked of a deployment. */
export interface Demand {
  videosPerDay: number;
  /** The busiest hour by the mean hour of the day. At least 1. */
  peakFactor: number;
}

export const SECONDS_A_DAY = 86_400;

/** Videos a second in the busiest hour. */
export const peakPerSecond = ({ videosPerDay, peakFactor }: Demand): number => (videosPerDay * peakFactor) / SECONDS_A_DAY;

/** Volume after so many months at a growth each month. */
export const grown = (videosPerDay: number, growthPerMonth: number, months: number): number => videosPerDay * (1 + growthPerMonth) ** months;
