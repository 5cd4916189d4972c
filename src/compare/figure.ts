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
