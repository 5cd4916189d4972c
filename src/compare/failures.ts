import { metricKind, type MetricKind } from '../record/metrics.ts';
import type { Metric } from '../record/schema.ts';
import { roundsOf, type Figure } from './figure.ts';

/** Whether a metric is a share of trials; one that was read from a service is a figure as any other. */
export const isEventRate = ({ id, unit }: Pick<Metric, 'id' | 'unit'>): boolean => unit === 'share' && metricKind(id).observed !== true;

/** Of trials, how many failed: a success rate is judged by its failures. */
export interface Failures {
  events: number;
  trials: number;
  /** Share of failures by round, and the trials of one: they are taken to be spread evenly. */
  rounds: readonly number[];
  trialsPerRound: number;
}

export function failing(share: number, { better }: Pick<MetricKind, 'better'>): number {
  return better === 'lower' ? share : 1 - share;
}

export function failuresOf(figure: Figure, kind: Pick<MetricKind, 'better'>): Failures {
  const rounds = roundsOf(figure).map((share) => failing(share, kind));
  return { events: Math.round(failing(figure.value, kind) * figure.n), trials: figure.n, rounds, trialsPerRound: figure.n / Math.max(1, rounds.length) };
}
