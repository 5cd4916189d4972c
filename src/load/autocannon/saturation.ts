import type { EventEmitter } from 'node:events';
import autocannon from 'autocannon';
import { systemClock, type Clock } from '../clock.ts';
import { PROGRESS_MS, type LoadHooks } from '../hooks.ts';
import type { ClosedPlan } from '../plan.ts';
import { Preparation, type PreparedRequest } from '../prepared.ts';
import type { LoadResult } from '../result.ts';
import { Books, type Told } from './books.ts';
import { pinnedUrl } from './pinned-url.ts';

/** autocannon looks every so often whether it has been told to stop. */
const STOP_CHECK_MS = 100;
/** It takes no shorter timeout; a shorter one is applied to the answers afterwards. */
const SHORTEST_TIMEOUT_S = 1;

/**
 * Closed loop at full speed on autocannon: each connection sends again as soon as it was answered. It finds the highest
 * throughput; its latencies are those of a target that is never asked faster than it answers, not those of users.
 *
 * autocannon is used as a generator only (one connection, one request at a time; no rate, no workers); counts and
 * latencies come from its events. It does not verify TLS certificates: the preflight must have.
 * `closedLoopFindings` says when its latencies cannot be used.
 */
export function runSaturation(plan: ClosedPlan, hooks: LoadHooks = {}, clock: Clock = systemClock): Promise<LoadResult> {
  return new Promise((resolve, reject) => new Saturation(plan, hooks, clock, resolve, reject).run());
}

type Client = autocannon.Client & { conn?: object };

/** What its parser yields: names and values in turns. */
interface Head {
  statusCode: number;
  headers: readonly string[];
}

class Saturation {
  readonly #plan: ClosedPlan;
  readonly #hooks: LoadHooks;
  readonly #clock: Clock;
  readonly #resolve: (result: LoadResult) => void;
  readonly #reject: (error: Error) => void;
  readonly #request: PreparedRequest;
  readonly #readsBody: boolean;
  readonly #books: Books;
  readonly #sockets = new Map<Client, object | undefined>();
  readonly #headers = new Map<Client, readonly Buffer[]>();
  #startMs = 0;
  #over: LoadResult['ended'] | null = null;
  #reconnects = 0;
  #opened = 0;
  #unchecked: Told | null = null;
  #cancelTimer: () => void = () => undefined;
  #instance: autocannon.Instance | null = null;

  constructor(plan: ClosedPlan, hooks: LoadHooks, clock: Clock, resolve: (result: LoadResult) => void, reject: (error: Error) => void) {
    this.#plan = plan;
    this.#hooks = hooks;
    this.#clock = clock;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#request = onlyRequest(plan);
    const { expect } = this.#request.plan;
    this.#readsBody = this.#request.verdict.keepsBody || expect.bodyIncludes !== null || expect.maxBodyBytes !== null;
    this.#books = new Books(plan, this.#request);
  }

  run(): void {
    const { plan, path } = this.#request;
    const { url, host, servername } = pinnedUrl(this.#plan.target, path);
    const { body } = this.#request.options();
    this.#startMs = this.#clock.now();
    this.#hooks.signal?.addEventListener('abort', this.#abort, { once: true });
    const options: autocannon.Options = {
      url,
      method: plan.method as NonNullable<autocannon.Options['method']>,
      headers: { host, ...(plan.headers as Record<string, string>) },
      ...(Buffer.isBuffer(body) ? { body } : {}),
      ...(servername === null ? {} : { servername }),
      connections: this.#plan.connections,
      pipelining: 1,
      timeout: Math.max(SHORTEST_TIMEOUT_S, this.#plan.timeoutMs / 1_000),
      // Our own clock ends it; this is only the net below.
      duration: Math.ceil(this.#books.endMs / 1_000) + 60,
      sampleInt: STOP_CHECK_MS,
      setupClient: (client) => this.#watch(client),
      ...(this.#readsBody ? { verifyBody: (text) => this.#checkBody(String(text ?? '')) } : {}),
    };
    this.#instance = autocannon(options, (error: unknown) => {
      if (error instanceof Error) this.#fail(error);
      else this.#finish();
    });
    this.#tick();
    if (this.#hooks.signal?.aborted === true) this.#abort();
  }

  #watch(client: Client): void {
    // Its types list three of its events.
    const events: EventEmitter = client;
    events.on('request', () => this.#books.sent());
    events.on('headers', (head: Head) => this.#noteHeaders(client, head));
    events.on('response', (status: number, _bytes: number, durationMs: number) => {
      this.#books.ended();
      this.#noteSocket(client);
      const told = { status, durationMs, atMs: this.#now(), rawHeaders: this.#headers.get(client) ?? null };
      if (this.#readsBody) this.#unchecked = told;
      else this.#books.answered(told, null);
    });
    events.on('timeout', () => {
      this.#books.ended();
      // It drops what it had queued when it reconnects after a timeout: the start times stay right.
      this.#sockets.set(client, client.conn);
      this.#opened += 1;
      this.#books.timedOut(this.#now());
    });
    events.on('connError', (error: unknown) => {
      this.#books.ended();
      this.#books.broken(error);
    });
  }

  #noteSocket(client: Client): void {
    const known = this.#sockets.get(client);
    if (known === client.conn) return;
    this.#sockets.set(client, client.conn);
    this.#opened += 1;
    if (known !== undefined) this.#reconnects += 1;
  }

  #noteHeaders(client: Client, { statusCode, headers }: Head): void {
    if (this.#request.verdict.keepsHeaders || (statusCode >= 300 && statusCode < 400)) this.#headers.set(client, headers.map((each) => Buffer.from(each, 'latin1')));
    else if (this.#headers.size > 0) this.#headers.delete(client);
  }

  #checkBody(text: string): boolean {
    const told = this.#unchecked;
    this.#unchecked = null;
    if (told !== null) this.#books.answered(told, text);
    return true;
  }

  #tick = (): void => {
    const nowMs = this.#now();
    const wantedMs = this.#books.turn(nowMs);
    if (nowMs >= this.#books.endMs) {
      this.#stop('complete');
      return;
    }
    this.#hooks.onProgress?.(this.#books.progress(nowMs));
    this.#cancelTimer = this.#clock.after(Math.max(1, Math.min(wantedMs, this.#books.endMs, nowMs + PROGRESS_MS) - nowMs), this.#tick);
  };

  readonly #abort = (): void => this.#stop('aborted');

  #stop(ended: LoadResult['ended']): void {
    if (this.#over !== null) return;
    this.#over = ended;
    this.#cancelTimer();
    this.#hooks.signal?.removeEventListener('abort', this.#abort);
    this.#books.close(this.#now());
    this.#instance?.stop?.();
  }

  #finish(): void {
    this.#stop('aborted');
    this.#resolve(this.#books.result(this.#over ?? 'aborted', { opened: this.#opened, reconnects: this.#reconnects }));
  }

  #fail(error: Error): void {
    this.#stop('aborted');
    this.#reject(error);
  }

  #now(): number {
    return this.#clock.now() - this.#startMs;
  }
}

/** autocannon sends one request, always the same: a scenario that wants more is refused before it comes here. */
function onlyRequest(plan: ClosedPlan): PreparedRequest {
  const [flow, ...more] = plan.flows;
  const [request, ...later] = flow?.steps ?? [];
  const prepared = request === undefined ? null : new Preparation(request, 0, plan).constant;
  if (prepared === null || more.length + later.length > 0) throw new Error('autocannon sends exactly one request, always the same');
  return prepared;
}
