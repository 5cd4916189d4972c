import type { SlaLimit } from '../record/limits.ts';
import { metric, metricKey } from '../record/metrics.ts';
import type { Metric, NotMeasured, ObservedSeries } from '../record/schema.ts';
import { added, figureOf } from './amount.ts';
import { figureKindOf, type FigureKind } from './limits.ts';
import type { ObserveSpec, SeriesSpec } from './schema.ts';
import type { Seen } from './window.ts';

/** What was seen of every series in one round, in the order of the scenario. */
export interface RoundSeen {
  round: number;
  seen: readonly Seen[];
}

/** The part of a workload's measurement that was read from the service. */
export interface Observed {
  metrics: Metric[];
  notMeasured: NotMeasured[];
  observed: ObservedSeries[];
}

/** The rounds so far as metrics and series: the figure of the run is that of all its windows together. Pure. */
export function observedOf(spec: ObserveSpec, rounds: readonly RoundSeen[]): Observed {
  const all = spec.series.map((series, index) => ofSeries(series, rounds.map(({ round, seen }) => ({ round, seen: seen[index] ?? NOTHING }))));
  return { metrics: all.flatMap(({ metrics }) => metrics), notMeasured: all.flatMap(({ notMeasured }) => notMeasured), observed: all.flatMap(({ observed }) => observed) };
}

const NOTHING: Seen = { amount: null, value: null, points: [], problem: 'was not read' };

function ofSeries(series: SeriesSpec, rounds: readonly { round: number; seen: Seen }[]): Observed {
  if (rounds.length === 0) return { metrics: [], notMeasured: [], observed: [] };
  const kind = figureKindOf(series);
  const amount = added(rounds.flatMap(({ seen }) => seen.amount ?? []));
  const figure = amount === null ? null : figureOf(amount, series.take);
  const value = figure === null || typeof figure === 'string' ? null : figure;
  const observed: ObservedSeries = {
    name: series.name,
    source: series.promql === undefined ? 'endpoint' : 'prometheus',
    query: queryText(series),
    take: series.take,
    unit: kind.unit,
    value: value?.value ?? null,
    rounds: rounds.map(({ round, seen }) => ({ round, value: seen.value, points: seen.points, problem: seen.problem })),
  };
  if (value === null) {
    const problem = rounds.map(({ seen }) => seen.problem).findLast((each) => each !== null) ?? 'nothing was read';
    return { metrics: [], observed: [observed], notMeasured: [{ what: series.name, cause: 'observe', reason: problem, remedy: REMEDY }] };
  }
  const values = Array.from<number | null>({ length: Math.max(...rounds.map(({ round }) => round)) + 1 }).fill(null);
  for (const { round, seen } of rounds) values[round] = seen.value;
  return { metrics: [{ ...metric(kind.id, labelsOf(series), value.value, values, value.n), better: betterOf(series) }], notMeasured: [], observed: [observed] };
}

const REMEDY = 'Look at the endpoint or the query yourself, and put observe right in the scenario.';

/** A changed way of taking the figure makes another metric. */
const labelsOf = ({ name, take }: SeriesSpec): Metric['labels'] => ({ series: name, take });

function betterOf({ better, limits }: Pick<SeriesSpec, 'better' | 'limits'>): Metric['better'] {
  return better ?? (limits[0]?.operator === '>=' ? 'higher' : 'lower');
}

function queryText({ of, per, histogram, promql, across }: SeriesSpec): string {
  const text = (names: string | string[]): string => [names].flat().join(' + ');
  if (promql !== undefined) return promql;
  if (histogram !== undefined) return histogram;
  const above = text(of ?? '');
  const whole = per === undefined ? above : `${Array.isArray(of) ? `(${above})` : above} / ${Array.isArray(per) ? `(${text(per)})` : text(per)}`;
  return across === 'sum' ? whole : `${across}(${whole})`;
}

/** The limits of the series that a workload is observed by. */
export function observeLimits(all: readonly SeriesSpec[]): SlaLimit[] {
  return all.flatMap((series) => {
    const { id }: FigureKind = figureKindOf(series);
    return series.limits.map(({ severity, operator, limit }): SlaLimit => ({ id, labels: labelsOf(series), operator, limit, severity }));
  });
}

/** What the gate is told of the series that a scenario wants gated, by metric key; the others are never gated. */
export function observeGate({ series }: Pick<ObserveSpec, 'series'>): Record<string, { gate: true; minEffect: number | undefined }> {
  return Object.fromEntries(series.filter(({ gate }) => gate).map((each) => [metricKey({ id: figureKindOf(each).id, labels: labelsOf(each) }), { gate: true, minEffect: each.minEffect }]));
}
