import { reasonOf } from '../errors.ts';
import { scheduleOf } from './arrivals.ts';
import { systemClock, type Clock } from './clock.ts';
import { Connections, prepareRequest, type Connection, type ExchangeEvents, type PreparedRequest } from './connections.ts';
import { errorKindOf, isLocalFailure, statusAccepted, statusErrorKind } from './failures.ts';
import { InFlight } from './in-flight.ts';
import { LoopProbe } from './loop-probe.ts';
import { pace, type Pace } from './pacer.ts';
import type { OpenPlan, RequestPlan } from './plan.ts';
import type { ErrorKind, LoadProgress, LoadResult } from './result.ts';
import { Tally } from './tally.ts';
import { Windows } from './windows.ts';

const PROGRESS_MS = 250;

export interface LoadHooks {
  /** Stops the load at once; what was measured is kept, what was under way is not counted. */
  signal?: AbortSignal;
  onProgress?: (progress: LoadProgress) => void;
}

/**
 * Open loop: every request starts at its due time whether or not earlier ones were answered, and its latency counts
 * from that time, so that a stall of the target or of this generator shows in full (no coordinated omission).
 *
 * - At most `maxInFlight` exchanges at once; an arrival beyond that is `dropped` and counts as a timeout would.
 * - An exchange is over at its intended start + `timeoutMs`: it counts as failed and enters the percentiles at that value.
 * - After the last arrival the answers under way are awaited, none longer than its own timeout.
 * - Warm-up arrivals are sent in the same way and not counted.
 *
 * What the target does is the result; nothing is thrown for it.
 */
export function runOpenLoop(plan: OpenPlan, hooks: LoadHooks = {}, clock: Clock = systemClock): Promise<LoadResult> {
  return new Promise((resolve) => new OpenLoop(plan, hooks, clock, resolve).run());
}

class OpenLoop implements Pace, ExchangeEvents {
  readonly #plan: OpenPlan;
  readonly #hooks: LoadHooks;
  readonly #clock: Clock;
  readonly #resolve: (result: LoadResult) => void;
  readonly #connections: Connections;
  readonly #inFlight = new InFlight();
  readonly #probe = new LoopProbe();
  readonly #windows: Windows;
  readonly #tally = new Tally();
  readonly #request: PreparedRequest;
  readonly #requestPlan: RequestPlan;
  readonly #measureEndMs: number;
  #startMs = 0;
  #measuring = false;
  #exhausted = false;
  #finished = false;
  #worked = false;
  #turnMs = 0;
  #nextProgressMs = 0;
  #localFailures: { count: number; example: string } | null = null;
  #stopPacing: () => void = () => undefined;

  constructor(plan: OpenPlan, hooks: LoadHooks, clock: Clock, resolve: (result: LoadResult) => void) {
    const [request] = plan.requests;
    if (request === undefined || plan.requests.length > 1) throw new Error('the open loop sends exactly one request');
    this.#plan = plan;
    this.#hooks = hooks;
    this.#clock = clock;
    this.#resolve = resolve;
    this.#requestPlan = request;
    this.#request = prepareRequest(request);
    this.#connections = new Connections(plan.target, this);
    this.#windows = new Windows(plan.warmupMs);
    this.#measureEndMs = plan.warmupMs + plan.durationMs;
  }

  run(): void {
    this.#startMs = this.#clock.now();
    this.#hooks.signal?.addEventListener('abort', this.#abort, { once: true });
    this.#stopPacing = pace(scheduleOf(this.#plan), this.#clock, this.#startMs, this);
    if (this.#hooks.signal?.aborted === true) this.#abort();
  }

  begin(nowMs: number, polled: boolean): void {
    if (polled && !this.#worked) this.#probe.idle(nowMs - this.#turnMs);
    this.#worked = false;
    this.#turnMs = nowMs;
    this.#expire(nowMs);
    if (!this.#measuring && nowMs >= this.#plan.warmupMs) {
      this.#measuring = true;
      this.#probe.take();
    }
    if (nowMs >= this.#nextProgressMs) this.#report(nowMs);
  }

  due(intendedMs: number, nowMs: number): void {
    this.#worked = true;
    // By the time it was due and not by the time it was come to: a window closes after the arrivals due in it.
    this.#roll(intendedMs);
    if (this.#measured(intendedMs)) this.#windows.offered((nowMs - intendedMs) * 1_000);
    if (this.#inFlight.size >= this.#plan.maxInFlight) {
      this.#drop(intendedMs);
      return;
    }
    const connection = this.#connections.take();
    connection.intendedMs = intendedMs;
    this.#inFlight.add(connection);
    connection.start(this.#request, intendedMs);
  }

  end(nowMs: number, exhausted: boolean): number | null {
    this.#exhausted = exhausted;
    this.#roll(nowMs);
    if (this.#finishIfDone()) return null;
    const oldest = this.#inFlight.oldest;
    const deadlineMs = oldest === null ? Number.POSITIVE_INFINITY : oldest.intendedMs + this.#plan.timeoutMs;
    const endMs = exhausted && nowMs < this.#measureEndMs ? this.#measureEndMs : Number.POSITIVE_INFINITY;
    return Math.min(deadlineMs, endMs, this.#windows.endMs, this.#nextProgressMs);
  }

  sent(connection: Connection): void {
    this.#worked = true;
    connection.sentMs = this.#now();
    if (this.#measured(connection.intendedMs)) this.#tally.sent += 1;
    if (this.#measuring) this.#windows.sent();
  }

  answered(connection: Connection): void {
    this.#worked = true;
    const nowMs = this.#now();
    if (nowMs - connection.intendedMs > this.#plan.timeoutMs) {
      this.#timeOut(connection);
      return;
    }
    this.#inFlight.remove(connection);
    const measured = this.#measured(connection.intendedMs);
    const latencyUs = (nowMs - connection.intendedMs) * 1_000;
    if (measured) this.#tally.answered(connection.status);
    const kind = this.#wrongWith(connection);
    if (kind === null) {
      if (nowMs >= this.#plan.warmupMs && nowMs < this.#measureEndMs) this.#tally.completedInTime += 1;
      if (measured) this.#tally.success(latencyUs, (nowMs - connection.sentMs) * 1_000);
      if (this.#measuring) this.#windows.completed(latencyUs);
    } else {
      if (measured) this.#tally.failure(kind, () => this.#describe(connection), latencyUs);
      if (this.#measuring) this.#windows.failed(null);
    }
    this.#connections.giveBack(connection);
    this.#finishIfDone();
  }

  broken(connection: Connection, error: unknown): void {
    this.#worked = true;
    const nowMs = this.#now();
    const kind = errorKindOf(error);
    if (kind === 'timeout') {
      this.#timeOut(connection);
      return;
    }
    this.#inFlight.remove(connection);
    this.#connections.discard(connection);
    if (isLocalFailure(error)) this.#countLocal(error);
    if (this.#measured(connection.intendedMs)) {
      this.#tally.failure(kind, () => `${this.#line()}: ${reasonOf(error)}`, (nowMs - connection.intendedMs) * 1_000);
    }
    if (this.#measuring) this.#windows.failed(null);
    this.#finishIfDone();
  }

  #now(): number {
    return this.#clock.now() - this.#startMs;
  }

  #roll(nowMs: number): void {
    this.#windows.roll(nowMs, this.#inFlight.size, () => this.#probe.take());
  }

  #measured(intendedMs: number): boolean {
    return intendedMs >= this.#plan.warmupMs;
  }

  #expire(nowMs: number): void {
    for (let oldest = this.#inFlight.oldest; oldest !== null && oldest.intendedMs + this.#plan.timeoutMs <= nowMs; oldest = this.#inFlight.oldest) {
      this.#timeOut(oldest);
    }
  }

  #timeOut(connection: Connection): void {
    const { timeoutMs } = this.#plan;
    this.#inFlight.remove(connection);
    this.#connections.discard(connection);
    const deadlineMs = connection.intendedMs + timeoutMs;
    const serviceUs = Number.isNaN(connection.sentMs) ? null : (deadlineMs - connection.sentMs) * 1_000;
    const example = (): string => `${this.#line()}: ${connection.status === 0 ? 'no answer' : `answer ${connection.status} not complete`} within ${timeoutMs} ms`;
    this.#censor('timeout', connection.intendedMs, example, serviceUs);
    this.#finishIfDone();
  }

  #drop(intendedMs: number): void {
    if (this.#measured(intendedMs)) this.#windows.dropped();
    this.#censor('dropped', intendedMs, () => `${this.#line()}: not sent, ${this.#plan.maxInFlight} requests were already in flight`, null);
  }

  #censor(kind: ErrorKind, intendedMs: number, example: () => string, serviceUs: number | null): void {
    const latencyUs = this.#plan.timeoutMs * 1_000;
    if (this.#measured(intendedMs)) this.#tally.censored(kind, example, latencyUs, serviceUs);
    if (!this.#measuring) return;
    this.#windows.failed(latencyUs);
  }

  #wrongWith(connection: Connection): ErrorKind | null {
    const { expect } = this.#requestPlan;
    if (!statusAccepted(connection.status, expect)) return statusErrorKind(connection.status);
    if (!connection.bodyMatched) return 'check';
    if (expect.maxBodyBytes !== null && connection.receivedBytes > expect.maxBodyBytes) return 'check';
    return null;
  }

  #describe(connection: Connection): string {
    const { expect } = this.#requestPlan;
    const answer = `${this.#line()}: ${connection.status}`;
    if (!statusAccepted(connection.status, expect)) return connection.snippet === '' ? answer : `${answer} ${connection.snippet}`;
    if (!connection.bodyMatched) return `${answer}, body of ${connection.receivedBytes} bytes without ${JSON.stringify(expect.bodyIncludes)}`;
    return `${answer}, body of ${connection.receivedBytes} bytes, more than ${expect.maxBodyBytes ?? 0}`;
  }

  #line(): string {
    return `${this.#requestPlan.method} ${this.#requestPlan.path}`;
  }

  #countLocal(error: unknown): void {
    if (this.#localFailures === null) this.#localFailures = { count: 0, example: reasonOf(error) };
    this.#localFailures.count += 1;
  }

  #report(nowMs: number): void {
    this.#nextProgressMs = nowMs + PROGRESS_MS;
    const phase = nowMs < this.#plan.warmupMs ? 'warm-up' : nowMs < this.#measureEndMs ? 'measuring' : 'draining';
    const p95Ms = this.#windows.done.findLast((window) => window.p95 !== null)?.p95 ?? null;
    this.#hooks.onProgress?.({ phase, done: Math.min(1, nowMs / this.#measureEndMs), p95Ms });
  }

  #finishIfDone(): boolean {
    if (!this.#exhausted || this.#inFlight.size > 0) return this.#finished;
    // Without answers under way the last arrivals may still be before the end of the measured time.
    if (this.#now() < this.#measureEndMs) return false;
    this.#finish('complete');
    return true;
  }

  readonly #abort = (): void => this.#finish('aborted');

  #finish(ended: LoadResult['ended']): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#stopPacing();
    this.#hooks.signal?.removeEventListener('abort', this.#abort);
    const nowMs = this.#now();
    this.#roll(nowMs);
    this.#windows.finish(this.#inFlight.size, () => this.#probe.take());
    this.#probe.stop();
    this.#connections.closeAll();
    this.#resolve({
      engine: 'readybench-open',
      ended,
      measuredMs: Math.min(this.#plan.durationMs, Math.max(0, nowMs - this.#plan.warmupMs)),
      requests: [this.#tally.result(this.#requestPlan)],
      windows: this.#windows.done,
      generator: { connectionsOpened: this.#connections.opened, localFailures: this.#localFailures, reconnects: 0, unanswered: 0 },
    });
  }
}
