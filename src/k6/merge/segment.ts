import { arrivalsBy, stagesOf, timeOf } from '../curve.ts';
import type { K6Part } from '../plan.ts';
import type { PointKind, PartTally } from './part-tally.ts';
import { DROPPED, ITERATION, LATENCY } from './metrics.ts';

/** Room for points that come before their segment said when it had begun, for all parts of a file together. */
export interface EarlyRoom {
  left: number;
}

/** About 10 MB. k6 writes the start first; where many users begin at once, some points can overtake it. */
export const EARLY_POINTS = 100_000;
/** 8 MB: dropped iterations of a part in a file that later ones are put right by. */
const DROPS_KEPT = 1_000_000;

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
  readonly #room: EarlyRoom;
  #drops: number[] = [];
  #early: Early[] = [];
  startMs: number | null = null;
  /** When its last request was over, since its start. */
  lastMs = 0;
  points = 0;
  /** Iterations for which no virtual user was free. */
  dropped = 0;

  /** @param room of its file; below 0 once points came that were too many to wait for their start */
  constructor(part: K6Part, tally: PartTally, segments: number, room: EarlyRoom) {
    this.#part = part;
    this.#tally = tally;
    this.#stages = stagesOf(part.load);
    this.#segments = segments;
    this.#room = room;
  }

  /** False where it had begun already. */
  begin(startMs: number): boolean {
    if (this.startMs !== null) return false;
    this.startMs = startMs;
    const early = this.#early;
    this.#early = [];
    this.#room.left += early.length;
    for (const { metric, kind, timeMs, value } of early) this.point(metric, kind, timeMs, value);
    return true;
  }

  point(metric: number, kind: PointKind, timeMs: number, value: number): void {
    if (this.startMs === null) {
      this.#room.left -= 1;
      if (this.#room.left >= 0) this.#early.push({ metric, kind, timeMs, value });
      return;
    }
    const atMs = timeMs - this.startMs;
    if (metric === LATENCY) {
      this.points += 1;
      if (atMs > this.lastMs) this.lastMs = atMs;
      this.#tally.latency(kind, atMs, this.#drops.length === 0 || kind.outcome === 'timeout' ? value : this.#latencyOf(atMs, value));
    } else if (metric === ITERATION) this.#tally.iteration(kind, atMs, value);
    else if (metric === DROPPED) for (let each = 0; each < value; each += 1) this.#drop(atMs);
  }

  /** Its file was read to the end: what was kept for later points is let go. */
  close(): void {
    this.#drops = [];
    this.#early = [];
  }

  /** Latencies of later iterations could not be put right. */
  get shifted(): boolean {
    return this.dropped > DROPS_KEPT;
  }

  #drop(atMs: number): void {
    this.dropped += 1;
    if (!this.shifted) this.#drops.push(atMs);
    this.#tally.drop(atMs);
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
