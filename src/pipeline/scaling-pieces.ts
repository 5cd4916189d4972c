import type { SeenRound } from '../capacity/scaling/analyse.ts';
import { formatNumber } from '../units.ts';

/** One job or encode, and which of those that work at once had it. */
interface Piece {
  worker: number;
  startMs: number;
  endMs: number;
}

/**
 * What pieces of work came to that were done so many at once. Pure.
 * @param doneMs how long each took that ended well
 */
export function piecesOf(all: readonly Piece[], doneMs: readonly number[]): Pick<SeenRound, 'throughputPerSecond' | 'residenceMs' | 'p95Ms'> {
  const spanMs = spanOf(all);
  if (doneMs.length === 0 || !(spanMs > 0)) return { throughputPerSecond: null, residenceMs: null, p95Ms: null };
  const sorted = [...doneMs].sort((a, b) => a - b);
  return {
    throughputPerSecond: (doneMs.length * 1_000) / spanMs,
    residenceMs: doneMs.reduce((sum, ms) => sum + ms, 0) / doneMs.length,
    p95Ms: sorted[Math.ceil(0.95 * sorted.length) - 1] ?? null,
  };
}

/** At the end of a batch workers run out of work; where that leaves fewer of them than this, it is most of what was measured. */
const LEAST_AT_WORK = 0.5;

/**
 * Why the throughput is none of so many at once, or null where it is: on average far fewer were at work. A worker is at work from its first
 * start to its last end; what it does between two pieces (fetching a result, removing it) is part of its work.
 */
export function whyIdle(all: readonly Piece[], concurrency: number): string | null {
  const spanMs = spanOf(all);
  if (!(spanMs > 0)) return null;
  const workers = [...new Set(all.map(({ worker }) => worker))];
  const atWork = workers.reduce((sum, worker) => sum + spanOf(all.filter((each) => each.worker === worker)), 0) / spanMs;
  return atWork >= LEAST_AT_WORK * concurrency ? null : `on average only ${formatNumber(atWork)} of ${concurrency} were at work: a few took much longer than the others`;
}

/** From the first start to the last end. */
function spanOf(all: readonly Piece[]): number {
  return all.length === 0 ? 0 : Math.max(...all.map(({ endMs }) => endMs)) - Math.min(...all.map(({ startMs }) => startMs));
}
