import { scheduleOf } from './arrivals.ts';
import { systemClock, type Clock } from './clock.ts';
import type { Exchanges } from './exchanges.ts';
import { PROGRESS_MS, type LoadHooks } from './hooks.ts';
import { Iterations } from './iterations.ts';
import { pace, type Pace } from './pacer.ts';
import type { OpenPlan } from './plan.ts';
import type { LoadResult } from './result.ts';
import { arrivalsOfShare } from './share.ts';

/** A warm-up arrival this late warms nothing up any more; it would only stand in the way of the measured ones. */
const LATE_MS = 20;

/**
 * Open loop: every iteration starts at its due time whether or not earlier ones were answered, and its latency counts
 * from that time, so that a stall of the target or of this generator shows in full (no coordinated omission).
 *
 * - At most `maxInFlight` iterations at once; an arrival beyond that is `dropped` and counts as a timeout would.
 * - An exchange is over at its intended start + `timeoutMs`: it counts as failed and enters the percentiles at that value.
 * - After the last arrival the answers under way are awaited, none longer than its own timeout.
 * - Warm-up arrivals are sent in the same way and not counted; those that the measurement finds unsent and long due are left out.
 * - What an arrival starts, is drawn by weight from the seed.
 *
 * What the target does is the result; nothing is thrown for it.
 */
export function runOpenLoop(plan: OpenPlan, hooks: LoadHooks = {}, clock: Clock = systemClock): Promise<LoadResult> {
  return new Promise((resolve) => new OpenLoop(plan, hooks, clock, resolve).run());
}

class OpenLoop implements Pace {
  readonly #plan: OpenPlan;
  readonly #hooks: LoadHooks;
  readonly #clock: Clock;
  readonly #resolve: (result: LoadResult) => void;
  readonly #iterations: Iterations;
  readonly #exchanges: Exchanges;
  #exhausted = false;
  #finished = false;
  #turnMs = 0;
  #nextProgressMs = 0;
  #stopPacing: () => void = () => undefined;

  constructor(plan: OpenPlan, hooks: LoadHooks, clock: Clock, resolve: (result: LoadResult) => void) {
    this.#plan = plan;
    this.#hooks = hooks;
    this.#clock = clock;
    this.#resolve = resolve;
    this.#iterations = new Iterations(plan, clock, () => this.#finishIfDone());
    this.#exchanges = this.#iterations.exchanges;
  }

  run(): void {
    const startMs = this.#hooks.startMs ?? this.#clock.now();
    this.#exchanges.begin(startMs);
    this.#hooks.signal?.addEventListener('abort', this.#abort, { once: true });
    this.#stopPacing = pace(arrivalsOfShare(scheduleOf(this.#plan), this.#plan.share), this.#clock, startMs, this);
    if (this.#hooks.signal?.aborted === true) this.#abort();
  }

  begin(nowMs: number, polled: boolean): void {
    if (polled && !this.#exchanges.worked) this.#exchanges.idle(nowMs - this.#turnMs);
    this.#exchanges.worked = false;
    this.#turnMs = nowMs;
    this.#exchanges.turn(nowMs);
    if (nowMs < this.#nextProgressMs) return;
    this.#nextProgressMs = nowMs + PROGRESS_MS;
    this.#hooks.onProgress?.(this.#exchanges.progress(nowMs));
  }

  due(intendedMs: number, nowMs: number): void {
    // By the time it was due and not by the time it was come to.
    this.#exchanges.roll(intendedMs);
    const { maxInFlight, warmupMs } = this.#plan;
    if (intendedMs < warmupMs && nowMs >= warmupMs && nowMs - intendedMs > LATE_MS) this.#iterations.skip();
    else if (this.#iterations.active < maxInFlight) this.#iterations.start(intendedMs, nowMs - intendedMs);
    else this.#iterations.drop(intendedMs, nowMs - intendedMs, maxInFlight);
  }

  end(nowMs: number, nextMs: number): number | null {
    const exhausted = nextMs === Number.POSITIVE_INFINITY;
    this.#exhausted = exhausted;
    // A window closes after the arrivals due in it, those that fell due meanwhile too.
    this.#exchanges.roll(Math.min(nowMs, nextMs));
    this.#finishIfDone();
    if (this.#finished) return null;
    const { measureEndMs, nextDeadlineMs, windowEndMs } = this.#exchanges;
    const endMs = exhausted && nowMs < measureEndMs ? measureEndMs : Number.POSITIVE_INFINITY;
    return Math.min(nextDeadlineMs, endMs, windowEndMs, this.#nextProgressMs);
  }

  #finishIfDone(): void {
    if (!this.#exhausted || this.#iterations.active > 0) return;
    // Without answers under way the last arrivals may still be before the end of the measured time.
    if (this.#exchanges.now() >= this.#exchanges.measureEndMs) this.#finish('complete');
  }

  readonly #abort = (): void => this.#finish('aborted');

  #finish(ended: LoadResult['ended']): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#stopPacing();
    this.#hooks.signal?.removeEventListener('abort', this.#abort);
    this.#resolve(this.#iterations.finish('readybench-open', ended));
  }
}
