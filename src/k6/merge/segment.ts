import { arrivalsBy, stagesOf, timeOf } from '../curve.ts';
import type { K6Part } from '../plan.ts';
import type { PointKind, PartTally } from './part-tally.ts';
import { ITERATION, LATENCY } from './metrics.ts';

/** A point that came before its segment said when it had begun. */
interface Early {
  metric: number;
  kind: PointKind;
  timeMs: number;
  value: number;
}

/**
 * One part in one segment: its own clock, so that pods whose clocks differ do not disturb each other.
 *
 * k6 numbers the iterations it starts and not the arrivals that were due, so after a dropped arrival the script takes each
 * later one for an earlier one. The drops are in the points: `latencyOf` puts that right.
 */
export class SegmentPart {
  readonly #part: K6Part;
  readonly #tally: PartTally;
  readonly #stages;
  readonly #segments: number;
  readonly #drops: number[] = [];
  readonly #early: Early[] = [];
  startMs: number | null = null;
  /** When its last request was over, since its start. */
  lastMs = 0;
  points = 0;

  constructor(part: K6Part, tally: PartTally, segments: number) {
    this.#part = part;
    this.#tally = tally;
    this.#stages = stagesOf(part.load);
    this.#segments = segments;
  }

  begin(startMs: number): void {
    if (this.startMs !== null) return;
    this.startMs = startMs;
    for (const { metric, kind, timeMs, value } of this.#early.splice(0)) this.point(metric, kind, timeMs, value);
  }

  point(metric: number, kind: PointKind, timeMs: number, value: number): void {
    if (this.startMs === null) {
      this.#early.push({ metric, kind, timeMs, value });
      return;
    }
    const atMs = timeMs - this.startMs;
    if (metric === LATENCY) {
      this.points += 1;
      if (atMs > this.lastMs) this.lastMs = atMs;
      this.#tally.latency(kind, atMs, this.#drops.length === 0 || kind.outcome === 'timeout' ? value : this.#latencyOf(atMs, value));
    } else if (metric === ITERATION) this.#tally.iteration(kind, atMs, value);
  }

  drop(timeMs: number): void {
    if (this.startMs === null) return;
    const atMs = timeMs - this.startMs;
    this.#drops.push(atMs);
    this.#tally.drop(atMs);
  }

  get drops(): number {
    return this.#drops.length;
  }

  get unplaced(): number {
    return this.#early.length;
  }

  #latencyOf(atMs: number, latencyMs: number): number {
    const { load, delayMs } = this.#part;
    if (load.model === 'closed' || delayMs > 0) return latencyMs;
    const said = arrivalsBy(this.#stages, atMs - latencyMs);
    let before = 0;
    for (;;) {
      const trueMs = timeOf(this.#stages, said + before * this.#segments);
      const drops = countUpTo(this.#drops, trueMs);
      if (drops <= before) return Math.max(0, atMs - trueMs);
      before = drops;
    }
  }
}

/** How many of an ascending list are at or below a value. */
function countUpTo(values: readonly number[], value: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
