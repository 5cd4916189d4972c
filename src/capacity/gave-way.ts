import { median } from 'simple-statistics';
import type { CapacityFigure, CapacityLevel, CapacityRecord, CapacityTrial } from '../record/capacity.ts';
import { formatValue } from '../record/phrases.ts';
import { formatNumber, formatShare } from '../units.ts';
import { decided } from './decided.ts';

/** Processors this busy leave nothing to the service. */
const BUSY = 0.95;
/** In flight at the end of a trial, against its beginning, and at least: a queue that grows. */
const GROWTH = { factor: 2, least: 5 };

type GaveWay = NonNullable<CapacityRecord['gaveWay']>;

/** What gave way first, and of which resource the trials speak: from the lowest level that was not kept. Null where all were. Pure. */
export function gaveWay(levels: readonly CapacityLevel[]): GaveWay | null {
  const [failed] = decided(levels, 'failed');
  const [generator] = decided(levels, 'generator');
  if (generator !== undefined && (failed === undefined || generator.ratePerSecond < failed.ratePerSecond)) {
    return { metric: 'load generator', resource: 'generator', sentence: generator.why ?? 'It could not keep up.' };
  }
  return failed === undefined ? null : ofLevel(failed);
}

function ofLevel({ ratePerSecond, trials: all }: CapacityLevel): GaveWay | null {
  const trials = all.filter(({ kept }) => !kept);
  const worst = worstOf(trials);
  if (worst === null) return null;
  const { metric } = worst;
  const setUp = trials.find(({ why }) => why !== undefined && why !== null);
  if (worst.value === null && setUp !== undefined) return { metric, resource: 'set-up', sentence: setUp.why ?? '' };
  const evidence = `${worst.value === null ? 'No figure of it' : `${formatValue(worst.value, worst.unit)} where ${worst.operator === '<=' ? 'at most' : 'at least'} ${formatValue(worst.limit, worst.unit)} ${worst.operator === '<=' ? 'is allowed' : 'is needed'}`}, at ${formatNumber(ratePerSecond)}/s.`;
  const said = (resource: GaveWay['resource'], ...sentences: (string | null)[]): GaveWay => ({ metric, resource, sentence: [evidence, ...sentences].filter((each) => each !== null).join(' ') });
  const busy = middle(trials.map(({ machineBusy }) => machineBusy));
  const queue = queueOf(trials);
  const withBusy = busy === null ? '' : ` (${formatShare(busy)} busy)`;
  if (busy !== null && busy >= BUSY) return said('machine', `The processors of this machine were ${formatShare(busy)} busy: whatever runs on it, the load generator included, had nothing left.`, queue);
  if (worst.value === null) return said('errors', 'Nothing that came back was an answer as expected.', queue);
  if (/^(errors\.rate|success\.rate|timeouts\.rate|iteration\.errors\.rate)/.test(metric)) {
    return said('errors', `Requests failed while the processors of this machine were not exhausted${withBusy}: a limit of the service, such as a rate limit or a full queue.`, queue);
  }
  if (queue !== null) return said('queue', queue);
  return said('service', `Answers became slower without a queue that grows${busy === null ? '' : `, the processors of this machine ${formatShare(busy)} busy`}: the service itself takes longer at this rate.`);
}

/** The figure furthest beyond its limit. One that is missing comes after those that are there: they say more. */
function worstOf(trials: readonly CapacityTrial[]): CapacityFigure | null {
  const broken = trials.flatMap(({ figures }) => figures.filter(({ kept }) => !kept));
  const known = broken.filter(({ value }) => value !== null).sort((a, b) => excess(b) - excess(a));
  return known[0] ?? broken[0] ?? null;
}

function queueOf(trials: readonly CapacityTrial[]): string | null {
  const [start, end] = [middle(trials.map(({ inFlightAtStart }) => inFlightAtStart)), middle(trials.map(({ inFlightAtEnd }) => inFlightAtEnd))];
  if (start === null || end === null || end < GROWTH.least || end <= GROWTH.factor * start) return null;
  return `Requests in flight grew from ${start.toFixed(0)} to ${end.toFixed(0)} within a trial: more come than are served.`;
}

function middle(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : median(known);
}

/** How far a figure is beyond its limit, as a ratio. */
function excess({ value, limit, operator }: CapacityFigure): number {
  if (value === null) return 0;
  if (operator === '<=') return limit === 0 ? Infinity : value / limit;
  return value === 0 ? Infinity : limit / value;
}
