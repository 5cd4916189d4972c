import { median } from 'simple-statistics';
import type { Metric } from '../record/schema.ts';

/** What is kept of a metric for comparison. */
export type Figure = Pick<Metric, 'value' | 'rounds' | 'n' | 'unit'>;

/** The rounds that have a value. */
export function roundsOf(figure: Pick<Figure, 'rounds'>): number[] {
  return figure.rounds.filter((each) => each !== null);
}

/** A session's one value: the median of its rounds, which a burst in one of them does not move. */
export function sessionValue(figure: Figure): number {
  const rounds = roundsOf(figure);
  return rounds.length === 0 ? figure.value : median(rounds);
}

/** Of a figure, what these rounds alone say; null where none of them has a value. Samples are taken to be spread evenly over the rounds. */
export function ofRounds(figure: Figure, from: number, to: number): Figure | null {
  const rounds = figure.rounds.slice(from, to);
  const own = roundsOf({ rounds });
  if (own.length === 0) return null;
  const value = figure.unit === 'share' ? own.reduce((sum, each) => sum + each, 0) / own.length : median(own);
  return { unit: figure.unit, rounds, value, n: Math.round((figure.n * own.length) / Math.max(1, roundsOf(figure).length)) };
}
