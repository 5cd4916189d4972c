import { quantile } from 'simple-statistics';
import type { Take } from './schema.ts';

/** What was read in one window or in several, before it becomes a figure: amounts of rounds add up to that of the run. */
export type Amount =
  | { kind: 'points'; values: readonly number[] }
  | { kind: 'quotient'; above: number; below: number }
  /** Counts during the window by upper bound, cumulative and in order. */
  | { kind: 'histogram'; buckets: readonly (readonly [le: number, count: number])[]; sum: number | null; count: number };

/** Amounts of one series. */
export function added(amounts: readonly Amount[]): Amount | null {
  return amounts.length === 0 ? null : amounts.reduce(plus);
}

function plus(a: Amount, b: Amount): Amount {
  if (a.kind === 'points' && b.kind === 'points') return { kind: 'points', values: [...a.values, ...b.values] };
  if (a.kind === 'quotient' && b.kind === 'quotient') return { kind: 'quotient', above: a.above + b.above, below: a.below + b.below };
  if (a.kind === 'histogram' && b.kind === 'histogram') {
    const bounds = new Map(a.buckets);
    for (const [le, count] of b.buckets) bounds.set(le, (bounds.get(le) ?? 0) + count);
    return { kind: 'histogram', buckets: [...bounds].sort(([x], [y]) => x - y), sum: a.sum === null || b.sum === null ? null : a.sum + b.sum, count: a.count + b.count };
  }
  return a;
}

/** The figure of an amount, and how many readings or events are behind it; a sentence where it has none. */
export function figureOf(amount: Amount, take: Take): { value: number; n: number; note: string | null } | string {
  switch (amount.kind) {
    case 'points': {
      const value = ofPoints(amount.values, take);
      return value === undefined ? 'nothing was read' : { value, n: amount.values.length, note: null };
    }
    case 'quotient':
      if (amount.below <= 0) return 'what it is divided by did not grow during the window';
      return { value: amount.above / amount.below, n: Math.max(1, Math.round(amount.below)), note: null };
    case 'histogram':
      return ofHistogram(amount, take);
  }
}

const SHARES: Partial<Record<Take, number>> = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99 };

function ofPoints(values: readonly number[], take: Take): number | undefined {
  const [first] = values;
  if (first === undefined) return undefined;
  const share = SHARES[take];
  if (share !== undefined) return quantile([...values], share);
  switch (take) {
    case 'min':
      return values.reduce((least, value) => Math.min(least, value), first);
    case 'avg':
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    case 'last':
      return values.at(-1);
    default:
      return values.reduce((most, value) => Math.max(most, value), first);
  }
}

/** As PromQL's histogram_quantile: linear inside a bucket, the first of which begins at 0; beyond the last bound, that bound. */
function ofHistogram({ buckets, sum, count }: Extract<Amount, { kind: 'histogram' }>, take: Take): ReturnType<typeof figureOf> {
  if (count <= 0) return 'nothing was counted during the window';
  if (take === 'avg') return sum === null ? 'the histogram has no _sum' : { value: sum / count, n: count, note: null };
  const total = buckets.at(-1)?.[1] ?? 0;
  const rank = (SHARES[take] ?? 0.5) * total;
  const at = buckets.findIndex(([, each]) => each >= rank);
  const [le, upTo] = buckets[at] ?? [Number.POSITIVE_INFINITY, total];
  const [from, before] = at > 0 ? (buckets[at - 1] ?? [0, 0]) : [0, 0];
  if (total <= 0) return 'the histogram has no buckets';
  if (le === Number.POSITIVE_INFINITY) return at > 0 ? { value: from, n: count, note: `${take} lies above the highest bucket` } : 'the histogram has no bucket with a bound';
  if (at === 0 && le <= 0) return { value: le, n: count, note: null };
  return { value: upTo === before ? le : from + ((le - from) * (rank - before)) / (upTo - before), n: count, note: null };
}
