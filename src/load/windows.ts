import type { HttpWindow } from '../record/schema.ts';
import { Histogram } from './histogram.ts';
import type { LoopHealth } from './loop-probe.ts';
import type { WindowSamples } from './result.ts';

const WINDOW_MS = 1_000;

/**
 * What happened in each second since the measurement began, by the time it happened. Latencies are those of successes,
 * timeouts and dropped arrivals that ended in that second.
 */
export class Windows {
  readonly done: HttpWindow[] = [];
  readonly samples: WindowSamples[] = [];
  readonly #latency = new Histogram();
  readonly #lag = new Histogram();
  readonly #beginMs: number;
  readonly #keepSamples: boolean;
  #counts = emptyCounts();

  /**
   * @param beginMs when the measurement begins, on the clock that `roll` is given
   * @param keepSamples for merging with the windows of other threads
   */
  constructor(beginMs: number, keepSamples: boolean) {
    this.#keepSamples = keepSamples;
    this.#beginMs = beginMs;
  }

  /** When the current window ends. */
  get endMs(): number {
    return this.#beginMs + (this.done.length + 1) * WINDOW_MS;
  }

  /** @param lagUs how late the engine came to it; null where requests have no due time */
  offered(lagUs: number | null): void {
    this.#counts.offered += 1;
    if (lagUs !== null) this.#lag.record(lagUs);
  }

  sent(): void {
    this.#counts.sent += 1;
  }

  completed(latencyUs: number): void {
    this.#counts.completed += 1;
    this.#latency.record(latencyUs);
  }

  /** @param censoredUs of a timeout or a dropped arrival; null for failures that say nothing about latency */
  failed(censoredUs: number | null): void {
    this.#counts.failed += 1;
    if (censoredUs !== null) this.#latency.record(censoredUs);
  }

  dropped(): void {
    this.#counts.dropped += 1;
  }

  /** Closes every window that is over. `health` is asked once: windows that end together share what the loop went through. */
  roll(nowMs: number, inFlight: number, health: () => LoopHealth): void {
    if (nowMs < this.endMs) return;
    const shared = health();
    while (nowMs >= this.endMs) this.#close(inFlight, shared);
  }

  /** Closes the last, shorter one where anything happened in it. */
  finish(inFlight: number, health: () => LoopHealth): void {
    const { offered, sent, completed, failed } = this.#counts;
    if (offered + sent + completed + failed > 0) this.#close(inFlight, health());
  }

  #close(inFlight: number, health: LoopHealth): void {
    const atMs = (q: number): number | null => msOf(this.#latency.quantile(q));
    this.done.push({
      second: this.done.length,
      ...this.#counts,
      inFlight,
      p50: atMs(0.5),
      p95: atMs(0.95),
      p99: atMs(0.99),
      max: atMs(1),
      loopDelayP99Ms: health.delayP99Ms,
      loopUtilisation: health.utilisation,
      dispatchLagP99Ms: msOf(this.#lag.quantile(0.99)),
    });
    if (this.#keepSamples) this.samples.push({ latency: this.#latency.toData(), lag: this.#lag.toData() });
    this.#counts = emptyCounts();
    this.#latency.reset();
    this.#lag.reset();
  }
}

function emptyCounts(): { offered: number; sent: number; completed: number; failed: number; dropped: number } {
  return { offered: 0, sent: 0, completed: 0, failed: 0, dropped: 0 };
}

function msOf(us: number | undefined): number | null {
  return us === undefined ? null : us / 1_000;
}
