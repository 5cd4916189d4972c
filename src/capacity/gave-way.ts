import type { CapacityFigure, CapacityLevel, CapacityRecord } from '../record/capacity.ts';
import { median } from 'simple-statistics';
import { formatShare } from '../units.ts';
import { asLevel } from './figures.ts';
import { verdictOf } from './search.ts';

/** Processors this busy leave nothing to the service. */
const BUSY = 0.95;
/** In flight at the end of a trial, against its beginning, and at least: a queue that grows. */
const GROWTH = { factor: 2, least: 5 };

/** What gave way first, and of which resource the trials speak: from the lowest level that failed. Null where none did. Pure. */
export function gaveWay(levels: readonly CapacityLevel[]): CapacityRecord['gaveWay'] {
  const failed = levels.filter((level) => verdictOf(asLevel(level)) === 'failed').sort((a, b) => a.ratePerSecond - b.ratePerSecond)[0];
  const trials = failed?.trials.filter(({ kept }) => !kept) ?? [];
  const worst = trials.flatMap(({ figures }) => figures.filter(({ kept }) => !kept)).sort((a, b) => excess(b) - excess(a))[0];
  if (worst === undefined) return null;
  const middle = (values: readonly (number | null)[]): number | null => {
    const known = values.filter((value) => value !== null);
    return known.length === 0 ? null : median(known);
  };
  const busy = middle(trials.map(({ machineBusy }) => machineBusy));
  const [start, end] = [middle(trials.map(({ inFlightAtStart }) => inFlightAtStart)), middle(trials.map(({ inFlightAtEnd }) => inFlightAtEnd))];
  const queue = start !== null && end !== null && end >= GROWTH.least && end > GROWTH.factor * start;
  const grew = queue ? ` Requests in flight grew from ${start.toFixed(0)} to ${end.toFixed(0)} within a trial: more come than are served.` : '';
  if (busy !== null && busy >= BUSY) {
    return { metric: worst.metric, resource: 'machine', sentence: `The processors of this machine were ${formatShare(busy)} busy: whatever runs on it, the load generator included, had nothing left.${grew}` };
  }
  if (worst.metric.startsWith('errors.rate') || worst.metric.startsWith('success.rate')) {
    return { metric: worst.metric, resource: 'errors', sentence: `Requests failed while the processors of this machine were not exhausted${busy === null ? '' : ` (${formatShare(busy)} busy)`}: a limit of the service, such as a rate limit or a full queue.${grew}` };
  }
  if (queue) return { metric: worst.metric, resource: 'queue', sentence: grew.trim() };
  return { metric: worst.metric, resource: 'service', sentence: `Answers became slower without a queue that grows${busy === null ? '' : `, the processors of this machine ${formatShare(busy)} busy`}: the service itself takes longer at this rate.` };
}

/** How far a figure is beyond its limit, as a ratio; a missing one is furthest. */
function excess({ value, limit, operator }: CapacityFigure): number {
  if (value === null) return Infinity;
  if (operator === '<=') return limit === 0 ? Infinity : value / limit;
  return value === 0 ? Infinity : limit / value;
}
