/** One metric against its baseline, before the correction over the whole run. */
export interface Tested {
  baseline: number;
  current: number;
  /** current / baseline − 1; null where the baseline is 0. */
  change: number | null;
  /** Of the change; each end holds with 95 % by itself. */
  interval: { low: number; high: number } | null;
  /** Chance of a value as bad or worse had nothing changed: by the robust spread of the screen, and by the gate's. */
  screenP: number;
  worseP: number;
  betterP: number;
  /** Whether the change is as large as the smallest that counts. */
  effect: 'worse' | 'better' | 'small';
  /** The worst the data still allow is smaller than the smallest change that counts. */
  boundedBelowEffect: boolean;
  /** Smallest change that would have been found at level `alpha` with probability `power` (without it `POWER`): as a share, or in percentage points as a share of one. */
  detectable: (alpha: number, power?: number) => { share: number; points: null } | { share: null; points: number };
}
