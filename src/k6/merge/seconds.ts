import type { HttpWindow } from '../../record/schema.ts';

/** 64 steps for every doubling: 1.6 % at most between two values of one step. Enough for a line of a chart. */
const STEPS = 64;
const STEP_BITS = 6;
const LENGTH = STEPS * 32;
/** What is later than this (a day) is counted with the last second: a wrong clock must not ask for a line of years. */
const MOST_SECONDS = 86_400;

/** Room for seconds that keep percentiles, shared by all lines of one pass over the files, or of one run of a script. */
export interface SecondsRoom {
  left: number;
}

/** 60 MB, 2 hours: of what is longer, the rest has counts alone. */
export const secondsRoom = (): SecondsRoom => ({ left: 7_200 });

interface Second {
  offered: number;
  completed: number;
  failed: number;
  dropped: number;
  maxUs: number;
  counts: Uint32Array | null;
  samples: number;
}

/** What happened in each second of the measurement, of all segments together, in whatever order their points come. */
export class Seconds {
  readonly #seconds: Second[] = [];
  readonly #room: SecondsRoom;

  constructor(room: SecondsRoom) {
    this.#room = room;
  }

  offered(atMs: number): void {
    this.#at(atMs).offered += 1;
  }

  dropped(atMs: number): void {
    const second = this.#at(atMs);
    second.offered += 1;
    second.dropped += 1;
    second.failed += 1;
  }

  completed(atMs: number, latencyUs: number): void {
    const second = this.#at(atMs);
    second.completed += 1;
    this.#record(second, latencyUs);
  }

  /** @param censoredUs null for failures that say nothing about latency */
  failed(atMs: number, censoredUs: number | null): void {
    const second = this.#at(atMs);
    second.failed += 1;
    if (censoredUs !== null) this.#record(second, censoredUs);
  }

  /** In flight: begun and not over at the end of the second. The generator's own health is not known of k6. */
  windows(): HttpWindow[] {
    let begun = 0;
    let over = 0;
    return Array.from(this.#seconds, (second, index): HttpWindow => {
      const { offered, completed, failed, dropped, maxUs, samples } = second ?? NOTHING;
      begun += offered - dropped;
      over += completed + failed - dropped;
      const at = (q: number): number | null => (samples === 0 ? null : quantileMs(second ?? NOTHING, q));
      return {
        second: index,
        offered,
        sent: offered - dropped,
        completed,
        failed,
        inFlight: Math.max(0, begun - over),
        p50: at(0.5),
        p95: at(0.95),
        p99: at(0.99),
        max: samples === 0 ? null : maxUs / 1_000,
        loopDelayP99Ms: null,
        loopUtilisation: null,
        dispatchLagP99Ms: null,
        dropped,
      };
    });
  }

  #at(atMs: number): Second {
    const index = Math.min(MOST_SECONDS - 1, Math.max(0, Math.floor(atMs / 1_000)));
    return (this.#seconds[index] ??= { ...NOTHING });
  }

  #record(second: Second, us: number): void {
    if (second.counts === null) {
      if (this.#room.left <= 0) return;
      this.#room.left -= 1;
      second.counts = new Uint32Array(LENGTH);
    }
    const step = stepOf(us);
    second.counts[step] = (second.counts[step] ?? 0) + 1;
    second.samples += 1;
    if (us > second.maxUs) second.maxUs = us;
  }
}

const NOTHING: Second = { offered: 0, completed: 0, failed: 0, dropped: 0, maxUs: 0, counts: null, samples: 0 };

function stepOf(us: number): number {
  const whole = Math.min(Math.max(0, Math.round(us)), 0x7fff_ffff);
  if (whole < 2 * STEPS) return whole;
  const shift = 31 - Math.clz32(whole) - STEP_BITS;
  return Math.min(LENGTH - 1, shift * STEPS + (whole >>> shift));
}

function highestIn(step: number): number {
  if (step < 2 * STEPS) return step;
  const shift = (step >> STEP_BITS) - 1;
  return (step - shift * STEPS + 1) * 2 ** shift - 1;
}

function quantileMs({ counts, samples, maxUs }: Second, q: number): number | null {
  if (counts === null) return null;
  const rank = Math.max(1, Math.ceil(q * samples * (1 - 1e-12)));
  let seen = 0;
  for (let step = 0; step < counts.length; step += 1) {
    seen += counts[step] ?? 0;
    if (seen >= rank) return Math.min(highestIn(step), maxUs) / 1_000;
  }
  return maxUs / 1_000;
}
