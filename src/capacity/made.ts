import { median } from 'simple-statistics';
import type { CapacityLevel } from '../record/capacity.ts';

/** A rate that lasts is made, too. */
const MADE = 0.8;

/**
 * What came out a second, median of the trials, where it was clearly less than what was sent: such a level kept its limits because its
 * trials ended before the queue could grow past them. Null where what was sent was made, and where nothing says.
 */
export function madeLess({ ratePerSecond, trials }: Pick<CapacityLevel, 'ratePerSecond' | 'trials'>): number | null {
  const completed = trials.flatMap(({ completedPerSecond }) => completedPerSecond ?? []);
  const made = completed.length === 0 ? Infinity : median(completed);
  return made < MADE * ratePerSecond ? made : null;
}
