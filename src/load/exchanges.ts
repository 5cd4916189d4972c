import { reasonOf } from '../errors.ts';
import type { Clock } from './clock.ts';
import { Connections, type Connection, type ExchangeEvents } from './connections.ts';
import type { Opening } from './connector.ts';
import { errorKindOf, isLocalFailure } from './failures.ts';
import type { Flow } from './flows.ts';
import { InFlight } from './in-flight.ts';
import { withoutSecrets, type Iteration } from './iteration.ts';
import { LoopProbe } from './loop-probe.ts';
import type { LoadPlan, RequestPlan } from './plan.ts';
import type { PreparedRequest } from './prepared.ts';
import type { ErrorKind, GeneratorFacts, LoadProgress, LoadResult } from './result.ts';
import { Tally } from './tally.ts';
import { Windows } from './windows.ts';

/** How an exchange ended; `censoredUs`: it timed out, after this much since its intended start. */
export type Ending = { type: 'success' } | { type: 'failure'; broken: boolean; censoredUs: number | null };

/** @param endMs when it ended: where a later step begins. Its connection is free or gone. */
export type OnOver = (connection: Connection, ending: Ending, endMs: number) => void;

const SUCCESS: Ending = { type: 'success' };

/**
 * The exchanges of our own engine and their books, whoever decides when each one starts. What belongs to the measurement
 * is said at the start. An exchange is over at its intended start + `timeoutMs`: it counts as failed and enters the
 * percentiles at that value. All times are ms since `begin`.
 */
export class Exchanges implements ExchangeEvents {
  readonly #plan: LoadPlan;
  readonly #clock: Clock;
  readonly #onOver: OnOver;
  readonly #connections: Connections;
  readonly #inFlight = new InFlight();
  readonly #probe = new LoopProbe();
  readonly #windows: Windows;
  readonly #steps: readonly { plan: RequestPlan; tally: Tally }[];
  readonly measureEndMs: number;
  #startMs = 0;
  #measuring = false;
  #opened = 0;
  #localFailures: { count: number; example: string } | null = null;
  /** Whether anything happened since it was last set to false. */
  worked = false;

  constructor(plan: LoadPlan, flows: readonly Flow[], clock: Clock, onOver: OnOver) {
    this.#plan = plan;
    this.#clock = clock;
    this.#onOver = onOver;
    this.#steps = flows.flatMap(({ steps }) => steps.map((step) => ({ plan: step.plan, tally: new Tally() })));
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
  offered(measured: boolean, lagMs: number | null): void {
    if (measured) this.#windows.offered(lagMs === null ? null : lagMs * 1_000);
  }

  start(request: PreparedRequest, intendedMs: number, measured: boolean, iteration: Iteration | null): void {
    this.worked = true;
    const connection = this.#connections.take();
    connection.intendedMs = intendedMs;
    this.#inFlight.add(connection);
    connection.start(request, intendedMs, measured, iteration);
  }

  /** An arrival that is not sent: it counts as a timeout would, of the first step. */
  drop({ steps: [first], plan: { steps } }: Flow, measured: boolean, why: string): void {
    if (measured) this.#windows.dropped();
    const index = first?.preparation.index ?? -1;
    this.#censor(index, measured, 'dropped', () => `${steps[0]?.method ?? ''} ${pathOf(steps[0])}: ${why}`, null);
  }

  opened(connection: Connection, { connectMs, tlsMs }: Opening): void {
    this.#opened += 1;
    if (connection.measured) this.#tallyOf(connection).opened(connectMs * 1_000, tlsMs === null ? null : tlsMs * 1_000);
  }

  sent(connection: Connection): void {
    this.worked = true;
    connection.sentMs = this.now();
    if (connection.measured) this.#tallyOf(connection).sent += 1;
    if (this.#measuring) this.#windows.sent();
  }

  begun(connection: Connection): void {
    connection.begunMs = this.now();
  }

  answered(connection: Connection): void {
    this.worked = true;
    const nowMs = this.now();
    if (nowMs - connection.intendedMs > this.#plan.timeoutMs) {
      this.#timeOut(connection);
      return;
    }
    this.#inFlight.remove(connection);
    const { request, iteration, measured } = connection;
    const tally = this.#tallyOf(connection);
    const latencyUs = (nowMs - connection.intendedMs) * 1_000;
    if (measured) tally.answered(connection.status);
    const wrong = request.verdict.of(connection, request.variables, iteration === null ? null : iteration.variables);
    if (wrong === null) {
      if (nowMs >= this.#plan.warmupMs && nowMs < this.measureEndMs) {
        tally.completedInTime += 1;
        tally.receivedInTimeBytes += connection.receivedBytes;
      }
      if (measured) {
        tally.success(latencyUs, (nowMs - connection.sentMs) * 1_000);
        tally.firstByte((connection.begunMs - connection.sentMs) * 1_000);
      }
      if (this.#measuring) this.#windows.completed(latencyUs);
    } else {
      if (measured) tally.failure(wrong.kind, () => withoutSecrets(`${line(connection)}: ${wrong.what}`, connection), latencyUs);
      if (this.#measuring) this.#windows.failed(null);
    }
    this.#connections.giveBack(connection);
    this.#onOver(connection, wrong === null ? SUCCESS : { type: 'failure', broken: false, censoredUs: null }, nowMs);
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
    if (connection.measured) {
      this.#tallyOf(connection).failure(kind, () => withoutSecrets(`${line(connection)}: ${reasonOf(error)}`, connection), (nowMs - connection.intendedMs) * 1_000);
    }
    if (this.#measuring) this.#windows.failed(null);
    this.#onOver(connection, { type: 'failure', broken: true, censoredUs: null }, nowMs);
  }

  progress(nowMs: number): LoadProgress {
    const phase = nowMs < this.#plan.warmupMs ? 'warm-up' : nowMs < this.measureEndMs ? 'measuring' : 'draining';
    const p95Ms = this.#windows.done.findLast((window) => window.p95 !== null)?.p95 ?? null;
    return { phase, done: Math.min(1, nowMs / this.measureEndMs), p95Ms };
  }

  /** Closes every connection and the books; what is still under way is not counted. */
  finish(): Pick<LoadResult, 'measuredMs' | 'requests' | 'windows' | 'samples'> & { generator: GeneratorFacts } {
    const nowMs = this.now();
    this.roll(nowMs);
    this.#windows.finish(this.#inFlight.size, () => this.#probe.take());
    this.#probe.stop();
    this.#connections.closeAll();
    return {
      measuredMs: Math.min(this.#plan.durationMs, Math.max(0, nowMs - this.#plan.warmupMs)),
      requests: this.#steps.map(({ plan, tally }) => tally.result(plan)),
      windows: this.#windows.done,
      samples: this.#windows.samples,
      generator: { connectionsOpened: this.#opened, localFailures: this.#localFailures, reconnects: 0, unanswered: 0 },
    };
  }

  #tally(index: number): Tally {
    const step = this.#steps[index];
    if (step === undefined) throw new Error(`the load has no request ${index}`);
    return step.tally;
  }

  #tallyOf(connection: Connection): Tally {
    return this.#tally(connection.request.index);
  }

  #timeOut(connection: Connection): void {
    const { timeoutMs } = this.#plan;
    this.#inFlight.remove(connection);
    this.#connections.discard(connection);
    const deadlineMs = connection.intendedMs + timeoutMs;
    const serviceUs = Number.isNaN(connection.sentMs) ? null : (deadlineMs - connection.sentMs) * 1_000;
    const why = `${connection.status === 0 ? 'no answer' : `answer ${connection.status} not complete`} within ${timeoutMs} ms`;
    this.#censor(connection.request.index, connection.measured, 'timeout', () => withoutSecrets(`${line(connection)}: ${why}`, connection), serviceUs);
    this.#onOver(connection, { type: 'failure', broken: true, censoredUs: timeoutMs * 1_000 }, deadlineMs);
  }

  #censor(index: number, measured: boolean, kind: ErrorKind, example: () => string, serviceUs: number | null): void {
    const latencyUs = this.#plan.timeoutMs * 1_000;
    if (measured) this.#tally(index).censored(kind, example, latencyUs, serviceUs);
    if (this.#measuring) this.#windows.failed(latencyUs);
  }

  #countLocal(error: unknown): void {
    if (this.#localFailures === null) this.#localFailures = { count: 0, example: reasonOf(error) };
    this.#localFailures.count += 1;
  }
}

function line({ request: { plan, path } }: Connection): string {
  return `${plan.method} ${path}`;
}

/** Of a request that was never prepared: with the names of its values. */
function pathOf(plan: RequestPlan | undefined): string {
  const parts = plan?.path ?? '';
  return typeof parts === 'string' ? parts : parts.map((part) => (typeof part === 'string' ? part : `\${${part.ref}}`)).join('');
}
