import { reasonOf } from '../errors.ts';
import type { Clock } from './clock.ts';
import { Connections, prepareRequest, type Connection, type ExchangeEvents, type PreparedRequest } from './connections.ts';
import { errorKindOf, isLocalFailure, statusErrorKind, statusAccepted } from './failures.ts';
import { InFlight } from './in-flight.ts';
import { LoopProbe } from './loop-probe.ts';
import type { LoadPlan } from './plan.ts';
import type { ErrorKind, LoadProgress, LoadResult } from './result.ts';
import { Tally } from './tally.ts';
import { Windows } from './windows.ts';

/** A request of the mix and what has come of it. */
interface Entry {
  prepared: PreparedRequest;
  tally: Tally;
}

/**
 * The exchanges of our own engine and their books, whoever decides when each one starts. Everything is counted by its
 * intended start: what began in the warm-up is sent in the same way and not counted. An exchange is over at its
 * intended start + `timeoutMs`: it counts as failed and enters the percentiles at that value.
 * All times are ms since `begin`.
 */
export class Exchanges implements ExchangeEvents {
  readonly #plan: LoadPlan;
  readonly #clock: Clock;
  readonly #onEnd: (failed: boolean) => void;
  readonly #connections: Connections;
  readonly #inFlight = new InFlight();
  readonly #probe = new LoopProbe();
  readonly #windows: Windows;
  readonly #entries: readonly Entry[];
  readonly measureEndMs: number;
  #startMs = 0;
  #measuring = false;
  #localFailures: { count: number; example: string } | null = null;
  /** Whether anything happened since it was last set to false. */
  worked = false;

  /** @param onEnd an exchange is over, its connection is free or gone; `failed`: it broke or timed out */
  constructor(plan: LoadPlan, clock: Clock, onEnd: (failed: boolean) => void) {
    if (plan.requests.length === 0) throw new Error('a load has at least one request');
    this.#plan = plan;
    this.#clock = clock;
    this.#onEnd = onEnd;
    this.#entries = plan.requests.map((request, index) => ({ prepared: prepareRequest(request, index), tally: new Tally() }));
    this.#connections = new Connections(plan.target, this);
    this.#windows = new Windows(plan.warmupMs, plan.model === 'open' && plan.share.of > 1);
    this.measureEndMs = plan.warmupMs + plan.durationMs;
  }

  begin(startMs: number): void {
    this.#startMs = startMs;
  }

  now(): number {
    return this.#clock.now() - this.#startMs;
  }

  get inFlight(): number {
    return this.#inFlight.size;
  }

  /** When the exchange that began first must be over; Infinity where none is under way. */
  get nextDeadlineMs(): number {
    return this.#inFlight.oldest === null ? Number.POSITIVE_INFINITY : this.#inFlight.oldest.intendedMs + this.#plan.timeoutMs;
  }

  get windowEndMs(): number {
    return this.#windows.endMs;
  }

  /** Notes the time: ends what is overdue and begins the measurement. */
  turn(nowMs: number): void {
    for (let oldest = this.#inFlight.oldest; oldest !== null && oldest.intendedMs + this.#plan.timeoutMs <= nowMs; oldest = this.#inFlight.oldest) {
      this.#timeOut(oldest);
    }
    if (!this.#measuring && nowMs >= this.#plan.warmupMs) {
      this.#measuring = true;
      this.#probe.take();
    }
  }

  /** Time in which there was nothing to do. */
  idle(ms: number): void {
    this.#probe.idle(ms);
  }

  roll(nowMs: number): void {
    this.#windows.roll(nowMs, this.#inFlight.size, () => this.#probe.take());
  }

  /** @param lagMs how late the engine came to it; null where requests have no due time */
  offered(intendedMs: number, lagMs: number | null): void {
    if (this.#measured(intendedMs)) this.#windows.offered(lagMs === null ? null : lagMs * 1_000);
  }

  start(index: number, intendedMs: number): void {
    this.worked = true;
    const { prepared } = this.#entry(index);
    const connection = this.#connections.take();
    connection.intendedMs = intendedMs;
    this.#inFlight.add(connection);
    connection.start(prepared, intendedMs);
  }

  /** An arrival that is not sent: it counts as a timeout would. */
  drop(index: number, intendedMs: number, why: string): void {
    if (this.#measured(intendedMs)) this.#windows.dropped();
    this.#censor(this.#entry(index), 'dropped', intendedMs, why, null);
  }

  sent(connection: Connection): void {
    this.worked = true;
    connection.sentMs = this.now();
    if (this.#measured(connection.intendedMs)) this.#entryOf(connection).tally.sent += 1;
    if (this.#measuring) this.#windows.sent();
  }

  answered(connection: Connection): void {
    this.worked = true;
    const nowMs = this.now();
    if (nowMs - connection.intendedMs > this.#plan.timeoutMs) {
      this.#timeOut(connection);
      return;
    }
    this.#inFlight.remove(connection);
    const { tally } = this.#entryOf(connection);
    const measured = this.#measured(connection.intendedMs);
    const latencyUs = (nowMs - connection.intendedMs) * 1_000;
    if (measured) tally.answered(connection.status);
    const kind = this.#wrongWith(connection);
    if (kind === null) {
      if (nowMs >= this.#plan.warmupMs && nowMs < this.measureEndMs) tally.completedInTime += 1;
      if (measured) tally.success(latencyUs, (nowMs - connection.sentMs) * 1_000);
      if (this.#measuring) this.#windows.completed(latencyUs);
    } else {
      if (measured) tally.failure(kind, () => this.#describe(connection), latencyUs);
      if (this.#measuring) this.#windows.failed(null);
    }
    this.#connections.giveBack(connection);
    this.#onEnd(false);
  }

  broken(connection: Connection, error: unknown): void {
    this.worked = true;
    const nowMs = this.now();
    const kind = errorKindOf(error);
    if (kind === 'timeout') {
      this.#timeOut(connection);
      return;
    }
    this.#inFlight.remove(connection);
    this.#connections.discard(connection);
    if (isLocalFailure(error)) this.#countLocal(error);
    if (this.#measured(connection.intendedMs)) {
      const entry = this.#entryOf(connection);
      entry.tally.failure(kind, () => `${line(entry)}: ${reasonOf(error)}`, (nowMs - connection.intendedMs) * 1_000);
    }
    if (this.#measuring) this.#windows.failed(null);
    this.#onEnd(true);
  }

  progress(nowMs: number): LoadProgress {
    const phase = nowMs < this.#plan.warmupMs ? 'warm-up' : nowMs < this.measureEndMs ? 'measuring' : 'draining';
    const p95Ms = this.#windows.done.findLast((window) => window.p95 !== null)?.p95 ?? null;
    return { phase, done: Math.min(1, nowMs / this.measureEndMs), p95Ms };
  }

  /** Closes every connection and the books; what is still under way is not counted. */
  finish(engine: LoadResult['engine'], ended: LoadResult['ended']): LoadResult {
    const nowMs = this.now();
    this.roll(nowMs);
    this.#windows.finish(this.#inFlight.size, () => this.#probe.take());
    this.#probe.stop();
    this.#connections.closeAll();
    return {
      engine,
      ended,
      measuredMs: Math.min(this.#plan.durationMs, Math.max(0, nowMs - this.#plan.warmupMs)),
      requests: this.#entries.map(({ prepared, tally }) => tally.result(prepared.plan)),
      windows: this.#windows.done,
      samples: this.#windows.samples,
      generator: { connectionsOpened: this.#connections.opened, localFailures: this.#localFailures, reconnects: 0, unanswered: 0 },
    };
  }

  #measured(intendedMs: number): boolean {
    return intendedMs >= this.#plan.warmupMs;
  }

  #entry(index: number): Entry {
    const entry = this.#entries[index];
    if (entry === undefined) throw new Error(`the mix has no request ${index}`);
    return entry;
  }

  #entryOf(connection: Connection): Entry {
    return this.#entry(connection.request?.index ?? -1);
  }

  #timeOut(connection: Connection): void {
    const { timeoutMs } = this.#plan;
    this.#inFlight.remove(connection);
    this.#connections.discard(connection);
    const deadlineMs = connection.intendedMs + timeoutMs;
    const serviceUs = Number.isNaN(connection.sentMs) ? null : (deadlineMs - connection.sentMs) * 1_000;
    const why = `${connection.status === 0 ? 'no answer' : `answer ${connection.status} not complete`} within ${timeoutMs} ms`;
    this.#censor(this.#entryOf(connection), 'timeout', connection.intendedMs, why, serviceUs);
    this.#onEnd(true);
  }

  #censor(entry: Entry, kind: ErrorKind, intendedMs: number, why: string, serviceUs: number | null): void {
    const latencyUs = this.#plan.timeoutMs * 1_000;
    if (this.#measured(intendedMs)) entry.tally.censored(kind, () => `${line(entry)}: ${why}`, latencyUs, serviceUs);
    if (this.#measuring) this.#windows.failed(latencyUs);
  }

  #wrongWith(connection: Connection): ErrorKind | null {
    const { expect } = this.#entryOf(connection).prepared.plan;
    if (!statusAccepted(connection.status, expect)) return statusErrorKind(connection.status);
    if (!connection.bodyMatched) return 'check';
    if (expect.maxBodyBytes !== null && connection.receivedBytes > expect.maxBodyBytes) return 'check';
    return null;
  }

  #describe(connection: Connection): string {
    const entry = this.#entryOf(connection);
    const { expect } = entry.prepared.plan;
    const answer = `${line(entry)}: ${connection.status}`;
    if (!statusAccepted(connection.status, expect)) return connection.snippet === '' ? answer : `${answer} ${connection.snippet}`;
    if (!connection.bodyMatched) return `${answer}, body of ${connection.receivedBytes} bytes without ${JSON.stringify(expect.bodyIncludes)}`;
    return `${answer}, body of ${connection.receivedBytes} bytes, more than ${expect.maxBodyBytes ?? 0}`;
  }

  #countLocal(error: unknown): void {
    if (this.#localFailures === null) this.#localFailures = { count: 0, example: reasonOf(error) };
    this.#localFailures.count += 1;
  }
}

function line({ prepared: { plan } }: Entry): string {
  return `${plan.method} ${plan.path}`;
}
