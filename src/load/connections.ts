import type { LookupFunction } from 'node:net';
import { buildConnector, Client, type Dispatcher } from 'undici';
import { statusAccepted } from './failures.ts';
import type { RequestPlan, TargetPlan } from './plan.ts';

/** What becomes of an exchange. Exactly one of `answered` and `broken` follows a start, unless the connection is discarded. */
export interface ExchangeEvents {
  /** The request is being written to an open connection. */
  sent(connection: Connection): void;
  /** The answer has been read to its end. */
  answered(connection: Connection): void;
  broken(connection: Connection, error: unknown): void;
}

/** A request with everything worked out that does not change from one sending to the next. */
export interface PreparedRequest {
  plan: RequestPlan;
  options: Dispatcher.DispatchOptions;
  needle: Buffer | null;
  /** Its place in the mix. */
  index: number;
}

export function prepareRequest(plan: RequestPlan, index: number): PreparedRequest {
  const headers = Object.entries(plan.headers).flatMap(([name, value]) => [name.toLowerCase(), value]);
  const body = plan.body === null ? null : Buffer.from(plan.body);
  const needle = plan.expect.bodyIncludes === null ? null : Buffer.from(plan.expect.bodyIncludes);
  return { plan, options: { path: plan.path, method: plan.method, headers, body }, needle, index };
}

const NOTHING = Buffer.alloc(0);
const SNIPPET_BYTES = 160;

/**
 * One HTTP/1.1 connection with at most one exchange on it, and what that exchange has come to. Answers are read to
 * their end and dropped as they arrive; only what the expectation needs is looked at.
 */
export class Connection implements Dispatcher.DispatchHandler {
  readonly #client: Client;
  readonly #events: ExchangeEvents;
  #request: PreparedRequest | null = null;
  #discarded = false;
  #tail: Buffer = NOTHING;
  #keepSnippet = false;
  #snippet: Buffer | null = null;

  intendedMs = 0;
  /** When the request was written; NaN while it has not been. */
  sentMs = Number.NaN;
  status = 0;
  receivedBytes = 0;
  /** Whether the text that was asked for has been seen; true where none was. */
  bodyMatched = true;
  /** Neighbours in the engine's list of exchanges under way. */
  previous: Connection | null = null;
  next: Connection | null = null;

  constructor(client: Client, events: ExchangeEvents) {
    this.#client = client;
    this.#events = events;
  }

  /** What it sends, or sent last. */
  get request(): PreparedRequest | null {
    return this.#request;
  }

  /** The beginning of an answer with a status that was not asked for. */
  get snippet(): string {
    return this.#snippet === null ? '' : this.#snippet.toString('utf8');
  }

  start(request: PreparedRequest, intendedMs: number): void {
    this.#request = request;
    this.intendedMs = intendedMs;
    this.sentMs = Number.NaN;
    this.status = 0;
    this.receivedBytes = 0;
    this.bodyMatched = request.needle === null;
    this.#tail = NOTHING;
    this.#snippet = null;
    this.#client.dispatch(request.options, this);
  }

  /** Ends the exchange, if there is one, without a further event, and closes the connection. */
  discard(): void {
    this.#discarded = true;
    this.#client.destroy().catch(() => undefined);
  }

  onRequestStart(): void {
    if (!this.#discarded) this.#events.sent(this);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.status = status;
    this.#keepSnippet = this.#request !== null && !statusAccepted(status, this.#request.plan.expect);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.receivedBytes += chunk.length;
    if (!this.bodyMatched) this.#search(chunk);
    if (this.#keepSnippet && this.#snippet === null) this.#snippet = chunk.subarray(0, SNIPPET_BYTES);
  }

  onResponseEnd(): void {
    if (!this.#discarded) this.#events.answered(this);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (!this.#discarded) this.#events.broken(this, error);
  }

  #search(chunk: Buffer): void {
    const needle = this.#request?.needle;
    if (needle === null || needle === undefined) return;
    const seen = this.#tail.length === 0 ? chunk : Buffer.concat([this.#tail, chunk]);
    this.bodyMatched = seen.includes(needle);
    this.#tail = seen.subarray(Math.max(0, seen.length - needle.length + 1));
  }
}

/** Opens connections as they are needed and hands out the one that was used last, so that few are kept busy. */
export class Connections {
  readonly #target: TargetPlan;
  readonly #events: ExchangeEvents;
  readonly #connector: buildConnector.connector;
  readonly #all = new Set<Connection>();
  readonly #idle: Connection[] = [];
  /** Connections that were established. */
  opened = 0;

  constructor(target: TargetPlan, events: ExchangeEvents) {
    this.#target = target;
    this.#events = events;
    const connect = buildConnector({
      lookup: pinnedLookup(target.addresses),
      rejectUnauthorized: !target.insecureTls,
      allowH2: false,
      timeout: 0,
    });
    this.#connector = (options, callback) => {
      connect(options, (...result: Parameters<buildConnector.Callback>) => {
        if (result[0] === null) this.opened += 1;
        callback(...result);
      });
    };
  }

  take(): Connection {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    // The engine's own deadline ends an exchange, on one clock and counted from the intended start.
    const options: Client.Options = { connect: this.#connector, pipelining: 1, allowH2: false, headersTimeout: 0, bodyTimeout: 0, maxRequestsPerClient: 0 };
    const connection = new Connection(new Client(this.#target.origin, options), this.#events);
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

/** Answers every look-up with the addresses that the guard let through. */
export function pinnedLookup(addresses: TargetPlan['addresses']): LookupFunction {
  return (hostname, options, callback) => {
    const [first] = addresses;
    if (first === undefined) {
      callback(Object.assign(new Error(`no address is known for ${hostname}`), { code: 'ENOTFOUND' }), '');
    } else if (options.all === true) {
      callback(null, [...addresses]);
    } else {
      callback(null, first.address, first.family);
    }
  };
}
