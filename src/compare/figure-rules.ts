import { METRICS, parseMetricKey, type MetricKind } from '../record/metrics.ts';
import { roundsOf, sessionValue, type Figure } from './figure.ts';

/** What is wrong with a stored figure: the field, null for the metric itself, and what was found. */
export interface WrongFigure {
  field: 'unit' | 'value' | 'rounds' | null;
  message: string;
}

/** Percentiles are bounds of a histogram's buckets: a run's may lie beside those of its rounds, by far less than this share. */
const BUCKET = 0.01;

/** The kind of a metric by its key (`encode.wall{encoder=libx264}`); null where there is no such metric. */
export function kindOfKey(key: string): MetricKind | null {
  const { id } = parseMetricKey(key);
  return Object.hasOwn(METRICS, id) ? (METRICS[id] ?? null) : null;
}

/** The same for `workload/metric key`. */
export function kindOfFull(full: string): MetricKind | null {
  const at = full.indexOf('/');
  return at > 0 ? kindOfKey(full.slice(at + 1)) : null;
}

/** Whether later figures can be held against this one: what is compared by ratio needs a figure above 0. Pure. */
export function canBeReference(key: string, figure: Figure): boolean {
  const kind = kindOfKey(key);
  return kind !== null && (!isByRatio(key, kind) || sessionValue(figure) > 0);
}

/** Everything in a stored figure that no run can have measured. Series read from a service may be anything in their unit. Pure. */
export function wrongInFigure(key: string, figure: Figure): WrongFigure[] {
  const kind = kindOfKey(key);
  if (kind === null) return [{ field: null, message: 'there is no such metric' }];
  if (figure.unit !== kind.unit) return [{ field: 'unit', message: `must be "${kind.unit}": got "${figure.unit}"` }];
  if (kind.observed === true) return [];
  const rounds = roundsOf(figure);
  const beyond = [...rangeOf(key, kind, 'value', [figure.value]), ...rangeOf(key, kind, 'rounds', rounds)];
  if (beyond.length > 0) return beyond;
  if (!canBeReference(key, figure)) return [{ field: rounds.length === 0 ? 'value' : 'rounds', message: `must be above 0, in the middle of all rounds: got ${sessionValue(figure)}` }];
  return rounds.length === 0 ? [] : contradictions(figure.value, Math.min(...rounds), Math.max(...rounds));
}

/** Whatever a run's value is made of (all samples together, or the middle round), it lies among its rounds. */
function contradictions(value: number, low: number, high: number): WrongFigure[] {
  const slack = BUCKET * Math.max(Math.abs(low), Math.abs(high));
  if (value >= low - slack && value <= high + slack) return [];
  return [{ field: 'value', message: `contradicts its rounds, which lie between ${low} and ${high}: got ${value}` }];
}

/** The control is compared by ratio too, though it gates nothing. */
function isByRatio(key: string, { nature, unit, observed }: MetricKind): boolean {
  return observed !== true && unit !== 'share' && (nature !== 'advisory' || key.startsWith('control.'));
}

/** What a k6 script counts may go down. */
const isCounter = (key: string): boolean => parseMetricKey(key).id === 'k6.perSecond';

function rangeOf(key: string, { unit }: MetricKind, field: 'value' | 'rounds', values: readonly number[]): WrongFigure[] {
  if (isCounter(key)) return [];
  const below = values.find((value) => value < 0);
  if (below !== undefined) return [{ field, message: `must be 0 or more: got ${below}` }];
  const above = unit === 'share' ? values.find((value) => value > 1) : undefined;
  return above === undefined ? [] : [{ field, message: `must be a share from 0 to 1: got ${above}` }];
}
