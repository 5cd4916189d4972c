import type { Clock } from '../../../src/load/clock.ts';

/** A clock that stands still until it is advanced; each poll of the event loop takes `pollMs`. */
export class FakeClock implements Clock {
  #nowMs: number;
  readonly #pollMs: number;
  readonly #timers = new Set<{ atMs: number; callback: () => void }>();
  polls = 0;

  constructor(startMs = 1_000, pollMs = 0.05) {
    this.#nowMs = startMs;
    this.#pollMs = pollMs;
  }

  now(): number {
    return this.#nowMs;
  }

  after(ms: number, callback: () => void): () => void {
    return this.#add(this.#nowMs + ms, callback);
  }

  soon(callback: () => void): () => void {
    this.polls += 1;
    return this.#add(this.#nowMs + this.#pollMs, callback);
  }

  /** Time passes without the event loop turning: what a long computation does. */
  block(ms: number): void {
    this.#nowMs += ms;
  }

  /** Runs what is waiting, in order of time, until nothing is or `untilMs` has come. */
  run(untilMs = Number.POSITIVE_INFINITY): void {
    for (;;) {
      const [next] = [...this.#timers].sort((a, b) => a.atMs - b.atMs);
      if (next === undefined || next.atMs > untilMs) return;
      this.#timers.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.callback();
    }
  }

  #add(atMs: number, callback: () => void): () => void {
    const timer = { atMs, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }
}
