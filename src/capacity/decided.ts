import type { CapacityLevel } from '../record/capacity.ts';
import { standing, verdictOf, type Level } from './search.ts';

/** A stored level as the search knows it. */
export function asLevel({ ratePerSecond, length, together: all, trials }: CapacityLevel): Level {
  return { ratePerSecond, length, together: all, trials: trials.map(({ kept }) => (kept ? 'kept' : 'failed')) };
}

/** The levels that count and at which this was decided, lowest rate first: short trials at a rate give way to long ones. Pure. */
export function decided(levels: readonly CapacityLevel[], verdict: 'kept' | 'failed' | 'generator'): CapacityLevel[] {
  return standing(levels)
    .filter((level) => verdictOf(asLevel(level)) === verdict)
    .sort((a, b) => a.ratePerSecond - b.ratePerSecond);
}

/** The highest level that was kept; null where none was. */
export function highestKept(levels: readonly CapacityLevel[]): CapacityLevel | null {
  return decided(levels, 'kept').at(-1) ?? null;
}

/** The levels with what each came to, for whoever reads the record. */
export function withVerdicts(levels: readonly CapacityLevel[]): CapacityLevel[] {
  const counting = new Set(standing(levels));
  return levels.map((level) => ({ ...level, verdict: counting.has(level) ? (verdictOf(asLevel(level)) ?? 'open') : 'superseded' }));
}
