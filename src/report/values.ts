import { METRICS, parseMetricKey } from '../record/metrics.ts';
import { formatLabels, formatValue, observedPhrase, plural } from '../record/phrases.ts';
import type { SlaResult, Unit } from '../record/schema.ts';
import { formatNumber, formatShare } from '../units.ts';

export { formatLabels, formatShare, formatValue, observedPhrase, parseMetricKey, plural };

/** Figures and names of a record as people read them: the same words in every report. */

const MINUS = '\u2212';

/** `12.4 ms`, or a dash where there is no figure. */
export function formatMaybe(value: number | null | undefined, unit: Unit): string {
  return value === null || value === undefined || !Number.isFinite(value) ? '–' : formatValue(value, unit);
}

export function formatLimit(result: Pick<SlaResult, 'operator' | 'limit' | 'unit'>): string {
  return `${result.operator === '<=' ? '≤' : '≥'} ${formatValue(result.limit, result.unit)}`;
}

/** A change as a signed share: `+12.3 %`. */
export function formatChange(change: number | null): string {
  if (change === null || !Number.isFinite(change)) return '–';
  return `${signOf(change)}${percent(Math.abs(change) * 100)} %`;
}

/**
 * How far the figure is inside its limit, negative where it is beyond: a share of the limit, or percentage points for
 * limits that are shares themselves.
 */
export function formatMargin(result: Pick<SlaResult, 'operator' | 'limit' | 'unit' | 'actual'>): string {
  if (result.actual === null || !Number.isFinite(result.actual)) return '–';
  const room = result.operator === '<=' ? result.limit - result.actual : result.actual - result.limit;
  if (result.unit === 'share') return `${signOf(room)}${formatNumber(Number((Math.abs(room) * 100).toPrecision(9)))} pp`;
  return result.limit === 0 ? '–' : formatChange(room / result.limit);
}

/** `12.1 ms … 14.0 ms` */
export function formatInterval(interval: { low: number; high: number } | null, unit: Unit): string {
  if (interval === null) return '–';
  return `${formatMaybe(interval.low, unit)} … ${formatMaybe(interval.high, unit)}`;
}

export function formatChangeInterval(interval: { low: number; high: number } | null): string {
  return interval === null ? '–' : `${formatChange(interval.low)} … ${formatChange(interval.high)}`;
}

export function formatCount(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** `latency.p95` → `p95 latency`; an id of a newer version stays as it is. */
export function metricTitle(id: string): string {
  return METRICS[id]?.title ?? id;
}

/** The metric key as one phrase: `encode time, libx264, 2 at once`. */
export function metricPhrase(key: string): string {
  const { id, labels } = parseMetricKey(key);
  const read = observedPhrase({ id, labels });
  if (read !== null) return read;
  return [metricTitle(id), formatLabels(labels)].filter((part) => part !== '').join(', ');
}

/** `2026-02-03 14:05:09 UTC`, or the text as it stands where it is no date. */
export function formatTime(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** One decimal below 100, so that a column of changes lines up. */
function percent(size: number): string {
  return size >= 99.95 ? formatCount(size) : size.toFixed(1);
}

function signOf(value: number): string {
  return value < 0 ? MINUS : '+';
}

/** A bare number in three significant digits, or a dash. */
export function formatNumberOrDash(value: number | null): string {
  return value === null || !Number.isFinite(value) ? '–' : formatNumber(value);
}
