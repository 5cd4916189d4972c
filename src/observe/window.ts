import { added, figureOf, type Amount } from './amount.ts';
import type { FigureKind } from './limits.ts';
import type { Reading } from './reading.ts';
import type { Take } from './schema.ts';

/** A stretch of time, in ms since the epoch. */
export interface Window {
  fromMs: number;
  toMs: number;
}

/** One look at the endpoint, for one series. */
export interface TimedReading {
  atMs: number;
  reading: Reading;
}

/** What one window says of one series, in the unit of its metric. */
export interface Seen {
  /** Null where there is no figure. */
  amount: Amount | null;
  value: number | null;
  /** [seconds since the window began, value] */
  points: [number, number][];
  /** Why there is no figure, or what was left out of it. */
  problem: string | null;
}

type Good = Exclude<Reading, { kind: 'problem' }>;

/** The readings within a window as a figure and as a line to draw. Pure. */
export function seenIn(window: Window, all: readonly TimedReading[], { take, scale }: { take: Take } & Pick<FigureKind, 'scale'>): Seen {
  const within = all.filter(({ atMs }) => atMs >= window.fromMs && atMs <= window.toMs);
  const good = within.flatMap(({ atMs, reading }) => (reading.kind === 'problem' ? [] : [{ atMs, reading }]));
  const failed = within.flatMap(({ reading }) => (reading.kind === 'problem' ? [reading.problem] : []));
  const none = (problem: string): Seen => ({ amount: null, value: null, points: [], problem });
  if (good.length === 0) return none(failed.at(-1) ?? 'no reading fell into the measured window: read more often (every)');
  const amount = amountOf(good, take, scale);
  if (typeof amount === 'string') return none(amount);
  const figure = figureOf(amount, take);
  if (typeof figure === 'string') return { ...none(figure), amount };
  const left = good.reduce((sum, { reading }) => sum + ('left' in reading ? reading.left : 0), 0);
  const notes = [
    ...(failed.length === 0 ? [] : [`${failed.length} of ${within.length} readings failed: ${failed.at(-1) ?? ''}`]),
    ...(left === 0 ? [] : ['values that are NaN or infinite are left out']),
    ...(figure.note === null ? [] : [figure.note]),
  ];
  return { amount, value: figure.value, points: pointsOf(good, take, scale).map(([atMs, value]) => [(atMs - window.fromMs) / 1_000, value]), problem: notes.length === 0 ? null : notes.join('; ') };
}

interface At {
  atMs: number;
  reading: Good;
}

const TWO = 'one reading alone tells no increase: read more often (every), or measure longer';

/** The amount of a window; a sentence where the readings make none. */
function amountOf(good: readonly At[], take: Take, scale: number): Amount | string {
  const steps = good.slice(1).map((now, index) => ({ before: good[index] ?? now, now }));
  if (take === 'rate') {
    if (steps.length === 0) return TWO;
    return { kind: 'quotient', above: scale * sum(steps.map(({ before, now }) => grown(valueOf(before.reading), valueOf(now.reading)))), below: sum(steps.map(secondsOf)) };
  }
  if (take === 'ratio') {
    if (steps.length === 0) return TWO;
    const parts = steps.map(({ before, now }) => increase(before.reading, now.reading));
    return { kind: 'quotient', above: scale * sum(parts.map(({ of }) => of)), below: sum(parts.map(({ per }) => per)) };
  }
  if (good[0]?.reading.kind === 'buckets') {
    if (steps.length === 0) return TWO;
    return added(steps.map(({ before, now }) => counted(before.reading, now.reading, scale))) ?? TWO;
  }
  const values = good.flatMap(({ reading }) => pointOf(reading, scale) ?? []);
  return values.length === 0 ? 'it was divided by 0 in every reading' : { kind: 'points', values };
}

function pointsOf(good: readonly At[], take: Take, scale: number): [number, number][] {
  const steps = good.slice(1).map((now, index) => ({ before: good[index] ?? now, now }));
  if (take === 'rate' || take === 'ratio' || good[0]?.reading.kind === 'buckets') {
    return steps.flatMap(({ before, now }): [number, number][] => {
      const amount = amountOf([before, now], take, scale);
      const figure = typeof amount === 'string' ? amount : figureOf(amount, take);
      return typeof figure === 'string' ? [] : [[now.atMs, figure.value]];
    });
  }
  return good.flatMap(({ atMs, reading }): [number, number][] => {
    const value = pointOf(reading, scale);
    return value === null ? [] : [[atMs, value]];
  });
}

function pointOf(reading: Good, scale: number): number | null {
  if (reading.kind === 'value') return reading.value * scale;
  return reading.kind === 'pair' && reading.per !== 0 ? (reading.of / reading.per) * scale : null;
}

const valueOf = (reading: Good): number => (reading.kind === 'value' ? reading.value : 0);
const secondsOf = ({ before, now }: { before: At; now: At }): number => (now.atMs - before.atMs) / 1_000;

/** A counter that is smaller than before began again at 0. */
const grown = (before: number, now: number): number => (now >= before ? now - before : now);

function increase(before: Good, now: Good): { of: number; per: number } {
  if (before.kind !== 'pair' || now.kind !== 'pair') return { of: 0, per: 0 };
  // Both parts of one service begin again together: that one of them is above its old value already says nothing.
  const restarted = now.of < before.of || now.per < before.per;
  return restarted ? { of: now.of, per: now.per } : { of: now.of - before.of, per: now.per - before.per };
}

type Counts = Extract<Amount, { kind: 'histogram' }>;

function counted(before: Good, now: Good, scale: number): Counts {
  if (before.kind !== 'buckets' || now.kind !== 'buckets') return { kind: 'histogram', buckets: [], sum: null, count: 0 };
  const restarted = now.count < before.count;
  const then = new Map(restarted ? [] : before.buckets);
  return {
    kind: 'histogram',
    buckets: now.buckets.map(([le, count]) => [le * scale, count - (then.get(le) ?? 0)] as const),
    sum: now.sum === null ? null : scale * (restarted ? now.sum : now.sum - (before.sum ?? 0)),
    count: now.count - (restarted ? 0 : before.count),
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
