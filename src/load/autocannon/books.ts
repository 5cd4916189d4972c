import { reasonOf } from '../../errors.ts';
import type { Answer } from '../answer.ts';
import { errorKindOf, isLocalFailure } from '../failures.ts';
import { LoopProbe } from '../loop-probe.ts';
import type { ClosedPlan } from '../plan.ts';
import type { PreparedRequest } from '../prepared.ts';
import type { GeneratorFacts, LoadProgress, LoadResult } from '../result.ts';
import { Tally } from '../tally.ts';
import { Windows } from '../windows.ts';

/** What autocannon told of an answer; times in ms, `atMs` since the start. */
export interface Told {
  status: number;
  durationMs: number;
  atMs: number;
  rawHeaders: readonly Buffer[] | null;
}

/**
 * The books of a saturation, in our own histograms. autocannon's figures are whole milliseconds, leave timeouts out and
 * cannot exclude a warm-up; these are filled from its events. All times are ms since the start.
 */
export class Books {
  readonly #plan: ClosedPlan;
  readonly #request: PreparedRequest;
  readonly #tally = new Tally();
  readonly #probe = new LoopProbe();
  readonly #windows: Windows;
  #measuring = false;
  #closedMs: number | null = null;
  #sent = 0;
  #ended = 0;
  #localFailures: GeneratorFacts['localFailures'] = null;
  readonly endMs: number;

  constructor(plan: ClosedPlan, request: PreparedRequest) {
    this.#plan = plan;
    this.#request = request;
    this.#windows = new Windows(plan.warmupMs, false);
    this.endMs = plan.warmupMs + plan.durationMs;
  }

  sent(): void {
    this.#sent += 1;
    if (!this.#measuring || this.#closedMs !== null) return;
    this.#tally.sent += 1;
    this.#windows.offered(null);
    this.#windows.sent();
  }

  /** A request is over, whichever way. */
  ended(): void {
    this.#ended += 1;
  }

  /** @param body null where no check needs it */
  answered({ status, durationMs, atMs, rawHeaders }: Told, body: string | null): void {
    if (this.#closedMs !== null) return;
    if (durationMs > this.#plan.timeoutMs) {
      this.timedOut(atMs);
      return;
    }
    const measured = atMs - durationMs >= this.#plan.warmupMs;
    const us = durationMs * 1_000;
    if (measured) this.#tally.answered(status);
    const wrong = this.#request.verdict.of(this.#answer(status, rawHeaders, body), {}, null);
    if (wrong === null) {
      if (this.#measuring) this.#tally.completedInTime += 1;
      if (measured) this.#tally.success(us, us);
      if (this.#measuring) this.#windows.completed(us);
      return;
    }
    if (measured) this.#tally.failure(wrong.kind, () => `${this.#line()}: ${wrong.what}`, us);
    if (this.#measuring) this.#windows.failed(null);
  }

  timedOut(atMs: number): void {
    if (this.#closedMs !== null) return;
    const us = this.#plan.timeoutMs * 1_000;
    const measured = atMs - this.#plan.timeoutMs >= this.#plan.warmupMs;
    if (measured) this.#tally.censored('timeout', () => `${this.#line()}: no answer within ${this.#plan.timeoutMs} ms`, us, us);
    if (this.#measuring) this.#windows.failed(us);
  }

  broken(error: unknown): void {
    if (this.#closedMs !== null) return;
    if (isLocalFailure(error)) {
      this.#localFailures ??= { count: 0, example: reasonOf(error) };
      this.#localFailures.count += 1;
    }
    if (!this.#measuring) return;
    // autocannon does not say which request it was, so there is no latency to keep.
    this.#tally.broken(errorKindOf(error), () => `${this.#line()}: ${reasonOf(error)}`);
    this.#windows.failed(null);
  }

  /** Notes the time. Returns when it wants to be told again. */
  turn(nowMs: number): number {
    if (!this.#measuring && nowMs >= this.#plan.warmupMs) {
      this.#measuring = true;
      this.#probe.take();
    }
    this.#windows.roll(nowMs, this.#plan.connections, () => this.#probe.take());
    return this.#measuring ? this.#windows.endMs : this.#plan.warmupMs;
  }

  progress(nowMs: number): LoadProgress {
    return { phase: this.#measuring ? 'measuring' : 'warm-up', done: nowMs / this.endMs, p95Ms: this.#windows.done.at(-1)?.p95 ?? null };
  }

  /** From here on nothing is counted. */
  close(nowMs: number): void {
    this.#closedMs = nowMs;
    this.#windows.finish(this.#plan.connections, () => this.#probe.take());
    this.#probe.stop();
  }

  result(ended: LoadResult['ended'], { opened, reconnects }: { opened: number; reconnects: number }): LoadResult {
    return {
      engine: 'autocannon',
      ended,
      measuredMs: Math.max(0, (this.#closedMs ?? 0) - this.#plan.warmupMs),
      requests: [this.#tally.result(this.#request.plan)],
      iterations: [],
      started: this.#sent,
      windows: this.#windows.done,
      samples: [],
      generator: { connectionsOpened: opened, localFailures: this.#localFailures, reconnects, unanswered: this.#sent - this.#ended },
    };
  }

  #answer(status: number, rawHeaders: readonly Buffer[] | null, body: string | null): Answer {
    const bytes = body === null ? null : Buffer.from(body);
    const { needle } = this.#request;
    return { status, rawHeaders, body: bytes, receivedBytes: bytes?.length ?? 0, bodyMatched: needle === null || (bytes?.includes(needle) ?? false), snippet: '' };
  }

  #line(): string {
    return `${this.#request.plan.method} ${this.#request.path}`;
  }
}
