import { Client, type Dispatcher } from 'undici';
import { KEPT_BODY_BYTES, type Answer } from './answer.ts';
import { connectorOf, type Opening } from './connector.ts';
import type { Iteration } from './iteration.ts';
import type { TargetPlan } from './plan.ts';
import type { PreparedRequest } from './prepared.ts';

/** What becomes of an exchange. Exactly one of `answered` and `broken` follows a start, unless the connection is discarded. */
export interface ExchangeEvents {
  /** A connection was opened for the exchange. */
  opened(connection: Connection, opening: Opening): void;
  /** The request is being written to an open connection. */
  sent(connection: Connection): void;
  /** The head of the answer is there. */
  begun(connection: Connection): void;
  /** The answer has been read to its end. */
  answered(connection: Connection): void;
  broken(connection: Connection, error: unknown): void;
}

const NOTHING = Buffer.alloc(0);
const SNIPPET_BYTES = 160;

/**
 * One HTTP/1.1 connection with at most one exchange on it, and what that exchange has come to. Answers are read to
 * their end and dropped as they arrive; only what the request's verdict needs is kept.
 *
 * The handler has the form that undici calls without a wrapper: with the newer one it makes an object of every answer's
 * headers, which costs more than all that is done here.
 */
export class Connection implements Dispatcher.DispatchHandler, Answer {
  readonly #client: Client;
  readonly #abandon: () => void;
  readonly #events: ExchangeEvents;
  #request: PreparedRequest | null = null;
  #discarded = false;
  #tail: Buffer = NOTHING;
  #keepSnippet = false;
  #snippet: Buffer | null = null;
  #kept: Buffer[] = [];

  intendedMs = 0;
  /** Whether it belongs to the measurement. */
  measured = false;
  /** What it is a step of; null where the exchange is all there is. */
  iteration: Iteration | null = null;
  /** When the request was written; NaN while it has not been. */
  sentMs = Number.NaN;
  /** When the head of the answer came. */
  begunMs = Number.NaN;
  status = 0;
  receivedBytes = 0;
  bodyMatched = true;
  rawHeaders: readonly Buffer[] | null = null;
  /** Neighbours in the engine's list of exchanges under way. */
  previous: Connection | null = null;
  next: Connection | null = null;

  constructor(target: TargetPlan, events: ExchangeEvents) {
    const { connect, abandon } = connectorOf(target, (opening) => {
      if (!this.#discarded) this.#events.opened(this, opening);
    });
    // The engine's own deadline ends an exchange, on one clock and counted from the intended start.
    this.#client = new Client(target.origin, { connect, pipelining: 1, allowH2: false, headersTimeout: 0, bodyTimeout: 0, maxRequestsPerClient: 0 });
    this.#abandon = abandon;
    this.#events = events;
  }

  /** What it sends, or sent last. */
  get request(): PreparedRequest {
    if (this.#request === null) throw new Error('nothing was sent yet');
    return this.#request;
  }

  get snippet(): string {
    return this.#snippet === null ? '' : this.#snippet.toString('utf8');
  }

  get body(): Buffer | null {
    if (this.receivedBytes > KEPT_BODY_BYTES) return null;
    return this.#kept.length === 1 ? (this.#kept[0] ?? null) : Buffer.concat(this.#kept);
  }

  start(request: PreparedRequest, intendedMs: number, measured: boolean, iteration: Iteration | null): void {
    this.#request = request;
    this.intendedMs = intendedMs;
    this.measured = measured;
    this.iteration = iteration;
    this.sentMs = Number.NaN;
    this.begunMs = Number.NaN;
    this.status = 0;
    this.receivedBytes = 0;
    this.bodyMatched = request.needle === null;
    this.rawHeaders = null;
    this.#tail = NOTHING;
    this.#snippet = null;
    if (this.#kept.length > 0) this.#kept = [];
    this.#client.dispatch(request.options(), this);
  }

  /** Ends the exchange, if there is one, without a further event, and closes the connection. */
  discard(): void {
    this.#discarded = true;
    this.#abandon();
    this.#client.destroy().catch(() => undefined);
  }

  onConnect(): void {
    if (!this.#discarded) this.#events.sent(this);
  }

  onHeaders(status: number, headers: Buffer[]): boolean {
    // 1xx: the answer itself is still to come.
    if (status < 200) return true;
    this.status = status;
    const { verdict } = this.request;
    this.#keepSnippet = !verdict.accepts(status);
    if (verdict.keepsHeaders || (status >= 300 && status < 400)) this.rawHeaders = headers;
    if (!this.#discarded) this.#events.begun(this);
    return true;
  }

  onData(chunk: Buffer): boolean {
    this.receivedBytes += chunk.length;
    if (!this.bodyMatched) this.#search(chunk);
    if (this.#keepSnippet && this.#snippet === null) this.#snippet = chunk.subarray(0, SNIPPET_BYTES);
    if (this.request.verdict.keepsBody) {
      if (this.receivedBytes <= KEPT_BODY_BYTES) this.#kept.push(chunk);
      else this.#kept = [];
    }
    return true;
  }

  onComplete(): void {
    if (!this.#discarded) this.#events.answered(this);
  }

  onError(error: Error): void {
    if (!this.#discarded) this.#events.broken(this, error);
  }

  #search(chunk: Buffer): void {
    const { needle } = this.request;
    if (needle === null) return;
    const seen = this.#tail.length === 0 ? chunk : Buffer.concat([this.#tail, chunk]);
    this.bodyMatched = seen.includes(needle);
    this.#tail = seen.subarray(Math.max(0, seen.length - needle.length + 1));
  }
}

/** Opens connections as they are needed and hands out the one that was used last, so that few are kept busy. */
export class Connections {
  readonly #target: TargetPlan;
  readonly #events: ExchangeEvents;
  readonly #all = new Set<Connection>();
  readonly #idle: Connection[] = [];

  constructor(target: TargetPlan, events: ExchangeEvents) {
    this.#target = target;
    this.#events = events;
  }

  take(): Connection {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    const connection = new Connection(this.#target, this.#events);
    this.#all.add(connection);
    return connection;
  }

  giveBack(connection: Connection): void {
    this.#idle.push(connection);
  }

  discard(connection: Connection): void {
    this.#all.delete(connection);
    connection.discard();
  }

  closeAll(): void {
    for (const connection of this.#all) connection.discard();
    this.#all.clear();
    this.#idle.length = 0;
  }
}
