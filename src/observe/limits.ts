import { shown } from '../fields.ts';
import { metricKind } from '../record/metrics.ts';
import type { Severity } from '../record/limits.ts';
import type { Unit } from '../record/schema.ts';
import { parseBytes, parseDurationMs, parseRatePerSecond, parseShare } from '../units.ts';
import type { Parsed } from './selector.ts';

/** What a value is in, as it is read. */
export const UNIT_NAMES = ['count', 'seconds', 'ms', 'bytes', 'share', 'percent'] as const;
export type UnitName = (typeof UNIT_NAMES)[number];

/** A limit of a series, in the unit of its metric. */
export interface SeriesLimit {
  severity: Severity;
  operator: '<=' | '>=';
  limit: number;
}

/** The metric that a series becomes: its id and unit, and what a value as it is read is multiplied with. */
export interface FigureKind {
  id: string;
  unit: Unit;
  scale: number;
}

interface Read {
  of?: string | string[] | undefined;
  per?: string | string[] | undefined;
  histogram?: string | undefined;
  unit?: UnitName | undefined;
  take: string;
}

const PLAIN: Readonly<Record<UnitName, readonly [id: string, scale: number]>> = {
  count: ['observed.count', 1],
  seconds: ['observed.time', 1_000],
  ms: ['observed.time', 1],
  bytes: ['observed.bytes', 1],
  share: ['observed.share', 1],
  percent: ['observed.share', 0.01],
};

/** Seconds a second, of processors for example, are a ratio. */
const RATE: Readonly<Record<UnitName, readonly [id: string, scale: number]>> = {
  count: ['observed.rate', 1],
  seconds: ['observed.ratio', 1],
  ms: ['observed.ratio', 0.001],
  bytes: ['observed.throughput', 1],
  share: ['observed.rate', 1],
  percent: ['observed.rate', 1],
};

export function figureKindOf(series: Read): FigureKind {
  const [id, scale] = (series.take === 'rate' ? RATE : PLAIN)[series.unit ?? inferred(series)];
  return { id, unit: metricKind(id).unit, scale };
}

/** By the conventions of Prometheus' metric names: base units stand at the end, before _total, _sum and the like. */
function inferred({ of, per, histogram }: Read): UnitName {
  const unit = byName(first(of) ?? histogram);
  if (per === undefined) return unit;
  return unit === byName(first(per)) ? 'share' : unit;
}

const first = (names: string | string[] | undefined): string | undefined => (Array.isArray(names) ? names[0] : names);

function byName(selector: string | undefined): UnitName {
  const name = /^[\w:]+/.exec(selector?.trim() ?? '')?.[0].replace(/_(?:total|sum|created)$/, '') ?? '';
  const suffix = /_(seconds|milliseconds|ms|bytes|ratio|percent)$/.exec(name)?.[1];
  switch (suffix) {
    case 'seconds':
    case 'bytes':
    case 'percent':
      return suffix;
    case 'milliseconds':
    case 'ms':
      return 'ms';
    case 'ratio':
      return 'share';
    default:
      return 'count';
  }
}

const LIMIT = /^\s*(at most|at least|<=|>=|≤|≥)\s*(\S.*?)\s*$/;

/** `at most 20`, `>= 50%` → operator and figure in the unit of the metric. */
export function parseLimit(text: string, unit: Unit): Parsed<Omit<SeriesLimit, 'severity'>> {
  const example = EXAMPLES[unit] ?? '20';
  const [, words, amount] = LIMIT.exec(text) ?? [];
  if (words === undefined || amount === undefined) return { ok: false, wrong: `must be a limit, for example at most ${example} or at least ${example}: got ${shown(text)}` };
  const limit = amountIn(amount, unit);
  if (limit === undefined) return { ok: false, wrong: `must be in ${unitWords(unit)}, for example at most ${example}: got ${shown(text)} (unit says what the values are)` };
  return { ok: true, value: { operator: words === 'at most' || words === '<=' || words === '≤' ? '<=' : '>=', limit } };
}

const EXAMPLES: Partial<Record<Unit, string>> = { ms: '2s', bytes: '500MB', share: '80%', count: '20', '1/s': '50/s', 'bytes/s': '5MB/s', ratio: '1.5' };

function amountIn(text: string, unit: Unit): number | undefined {
  const number = /^-?(?:\d+(?:\.\d+)?|\.\d+)$/.test(text) ? Number(text) : undefined;
  switch (unit) {
    case 'ms':
      return parseDurationMs(text);
    case 'bytes':
      return parseBytes(text);
    case 'share':
      return parseShare(text);
    case '1/s':
      return number ?? parseRatePerSecond(text);
    case 'bytes/s':
      return text.endsWith('/s') ? parseBytes(text.slice(0, -2)) : undefined;
    default:
      return number;
  }
}

function unitWords(unit: Unit): string {
  if (unit === 'ms') return 'units of time';
  if (unit === 'share') return 'percent';
  return unit === 'count' || unit === 'ratio' ? 'plain numbers' : unit === '1/s' ? 'per second' : unit;
}
