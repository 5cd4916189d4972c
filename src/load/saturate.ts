import type { EventEmitter } from 'node:events';
import { isIP } from 'node:net';
import autocannon from 'autocannon';
import { reasonOf } from '../errors.ts';
import { systemClock, type Clock } from './clock.ts';
import { errorKindOf, isLocalFailure, statusAccepted, statusErrorKind } from './failures.ts';
import { LoopProbe } from './loop-probe.ts';
import { PROGRESS_MS, type LoadHooks } from './hooks.ts';
import type { ClosedPlan, RequestPlan, TargetPlan } from './plan.ts';
import type { ErrorKind, LoadResult } from './result.ts';
import { Tally } from './tally.ts';
import { Windows } from './windows.ts';

/** autocannon looks every so often whether it has been told to stop. */
const STOP_CHECK_MS = 100;
/** It takes no shorter timeout; a shorter one is applied to the answers afterwards. */
const SHORTEST_TIMEOUT_S = 1;

/**
 * Closed loop at full speed on autocannon: each connection sends again as soon as it was answered. It finds the highest
 * throughput; its latencies are those of a target that is never asked faster than it answers, not those of users.
 *
 * autocannon is used as a generator only (one connection, one request at a time; no rate, no workers): counts and
 * latencies are taken from its events into our own histograms, because its figures are whole milliseconds, leave
 * timeouts out and cannot exclude a warm-up. It does not verify TLS certificates: the preflight must have.
 * `closedLoopFindings` says when its latencies cannot be used.
 */
export function runSaturation(plan: ClosedPlan, hooks: LoadHooks = {}, clock: Clock = systemClock): Promise<LoadResult> {
  return new Promise((resolve, reject) => new Saturation(plan, hooks, clock, resolve, reject).run());
}

interface Answer {
  status: number;
  durationMs: number;
  atMs: number;
}

type Client = autocannon.Client & { conn?: object };

class Saturation {
  readonly #plan: ClosedPlan;
  readonly #hooks: LoadHooks;
  readonly #clock: Clock;
  readonly #resolve: (result: LoadResult) => void;
  readonly #reject: (error: Error) => void;
  readonly #request: RequestPlan;
  readonly #readsBody: boolean;
  readonly #tally = new Tally();
  readonly #probe = new LoopProbe();
  readonly #windows: Windows;
  readonly #endMs: number;
  readonly #sockets = new Map<Client, object | undefined>();
  #startMs = 0;
  #measuring = false;
  #over: LoadResult['ended'] | null = null;
  #overMs = 0;
  #sent = 0;
  #ended = 0;
  #reconnects = 0;
  #opened = 0;
  #localFailures: { count: number; example: string } | null = null;
  #unchecked: Answer | null = null;
  #cancelTimer: () => void = () => undefined;
  #instance: autocannon.Instance | null = null;

  constructor(plan: ClosedPlan, hooks: LoadHooks, clock: Clock, resolve: (result: LoadResult) => void, reject: (error: Error) => void) {
    const [request] = plan.requests;
    if (request === undefined || plan.requests.length > 1) throw new Error('autocannon sends exactly one request');
    this.#plan = plan;
    this.#hooks = hooks;
    this.#clock = clock;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#request = request;
    this.#readsBody = request.expect.bodyIncludes !== null || request.expect.maxBodyBytes !== null;
    this.#windows = new Windows(plan.warmupMs, false);
    this.#endMs = plan.warmupMs + plan.durationMs;
  }

  run(): void {
    const { method, headers, body } = this.#request;
    const { url, host, servername } = pinnedUrl(this.#plan.target, this.#request.path);
    this.#startMs = this.#clock.now();
    this.#hooks.signal?.addEventListener('abort', this.#abort, { once: true });
    const options: autocannon.Options = {
      url,
      method: method as NonNullable<autocannon.Options['method']>,
      headers: { host, ...headers },
      ...(body === null ? {} : { body }),
      ...(servername === null ? {} : { servername }),
      connections: this.#plan.connections,
      pipelining: 1,
      timeout: Math.max(SHORTEST_TIMEOUT_S, this.#plan.timeoutMs / 1_000),
      // Our own clock ends it; this is only the net below.
      duration: Math.ceil(this.#endMs / 1_000) + 60,
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
    events.on('request', () => {
      this.#sent += 1;
      if (!this.#measuring || this.#over !== null) return;
      this.#tally.sent += 1;
      this.#windows.offered(null);
      this.#windows.sent();
    });
    events.on('response', (status: number, _bytes: number, durationMs: number) => {
      this.#ended += 1;
      this.#noteSocket(client);
      const answer = { status, durationMs, atMs: this.#now() };
      if (this.#readsBody) this.#unchecked = answer;
      else this.#answered(answer, null);
    });
    events.on('timeout', () => {
      this.#ended += 1;
      // It drops what it had queued when it reconnects after a timeout: the start times stay right.
      this.#sockets.set(client, client.conn);
      this.#opened += 1;
      this.#timedOut(this.#now());
    });
    events.on('connError', (error: unknown) => {
      this.#ended += 1;
      this.#broken(error);
    });
  }

  #noteSocket(client: Client): void {
    const known = this.#sockets.get(client);
    if (known === client.conn) return;
    this.#sockets.set(client, client.conn);
    this.#opened += 1;
    if (known !== undefined) this.#reconnects += 1;
  }

  #checkBody(text: string): boolean {
    const answer = this.#unchecked;
    this.#unchecked = null;
    const { bodyIncludes, maxBodyBytes } = this.#request.expect;
    const bytes = Buffer.byteLength(text);
    const wrong =
      bodyIncludes !== null && !text.includes(bodyIncludes)
        ? `body of ${bytes} bytes without ${JSON.stringify(bodyIncludes)}`
        : maxBodyBytes !== null && bytes > maxBodyBytes
          ? `body of ${bytes} bytes, more than ${maxBodyBytes}`
          : null;
    if (answer !== null) this.#answered(answer, wrong);
    return true;
  }

  #answered({ status, durationMs, atMs }: Answer, wrongBody: string | null): void {
    if (this.#over !== null) return;
    if (durationMs > this.#plan.timeoutMs) {
      this.#timedOut(atMs);
      return;
    }
    const measured = atMs - durationMs >= this.#plan.warmupMs;
    const us = durationMs * 1_000;
    if (measured) this.#tally.answered(status);
    const accepted = statusAccepted(status, this.#request.expect);
    if (accepted && wrongBody === null) {
      if (this.#measuring) this.#tally.completedInTime += 1;
      if (measured) this.#tally.success(us, us);
      if (this.#measuring) this.#windows.completed(us);
      return;
    }
    const kind: ErrorKind = accepted ? 'check' : statusErrorKind(status);
    if (measured) this.#tally.failure(kind, () => `${this.#line()}: ${status}${accepted ? `, ${wrongBody ?? ''}` : ''}`, us);
    if (this.#measuring) this.#windows.failed(null);
  }

  #timedOut(atMs: number): void {
    if (this.#over !== null) return;
    const us = this.#plan.timeoutMs * 1_000;
    const measured = atMs - this.#plan.timeoutMs >= this.#plan.warmupMs;
    if (measured) this.#tally.censored('timeout', () => `${this.#line()}: no answer within ${this.#plan.timeoutMs} ms`, us, us);
    if (this.#measuring) this.#windows.failed(us);
  }

  #broken(error: unknown): void {
    if (this.#over !== null) return;
    if (isLocalFailure(error)) {
      this.#localFailures ??= { count: 0, example: reasonOf(error) };
      this.#localFailures.count += 1;
    }
    if (!this.#measuring) return;
    // autocannon does not say which request it was, so there is no latency to keep.
    this.#tally.broken(errorKindOf(error), () => `${this.#line()}: ${reasonOf(error)}`);
    this.#windows.failed(null);
  }

  #tick = (): void => {
    const nowMs = this.#now();
    if (!this.#measuring && nowMs >= this.#plan.warmupMs) {
      this.#measuring = true;
      this.#probe.take();
    }
    this.#windows.roll(nowMs, this.#plan.connections, () => this.#probe.take());
    if (nowMs >= this.#endMs) {
      this.#stop('complete');
      return;
    }
    this.#hooks.onProgress?.({
      phase: this.#measuring ? 'measuring' : 'warm-up',
      done: nowMs / this.#endMs,
      p95Ms: this.#windows.done.at(-1)?.p95 ?? null,
    });
    const nextMs = Math.min(this.#measuring ? this.#windows.endMs : this.#plan.warmupMs, this.#endMs, nowMs + PROGRESS_MS);
    this.#cancelTimer = this.#clock.after(Math.max(1, nextMs - nowMs), this.#tick);
  };

  readonly #abort = (): void => this.#stop('aborted');

  #stop(ended: LoadResult['ended']): void {
    if (this.#over !== null) return;
    this.#over = ended;
    this.#overMs = this.#now();
    this.#cancelTimer();
    this.#hooks.signal?.removeEventListener('abort', this.#abort);
    this.#windows.finish(this.#plan.connections, () => this.#probe.take());
    this.#probe.stop();
    this.#instance?.stop?.();
  }

  #finish(): void {
    this.#stop('aborted');
    this.#resolve({
      engine: 'autocannon',
      ended: this.#over ?? 'aborted',
      measuredMs: Math.max(0, this.#overMs - this.#plan.warmupMs),
      requests: [this.#tally.result(this.#request)],
      windows: this.#windows.done,
      samples: [],
      generator: {
        connectionsOpened: this.#opened,
        localFailures: this.#localFailures,
        reconnects: this.#reconnects,
        unanswered: this.#sent - this.#ended,
      },
    });
  }

  #fail(error: Error): void {
    this.#stop('aborted');
    this.#reject(error);
  }

  #now(): number {
    return this.#clock.now() - this.#startMs;
  }

  #line(): string {
    return `${this.#request.method} ${this.#request.path}`;
  }
}

/** autocannon looks names up itself: it is given an address that the guard let through, and the name as a header. */
export function pinnedUrl(target: TargetPlan, path: string): { url: string; host: string; servername: string | null } {
  const origin = new URL(target.origin);
  const hostname = origin.hostname.replace(/^\[|\]$/g, '');
  const [first] = target.addresses;
  const address = isIP(hostname) === 0 ? first?.address : hostname;
  if (address === undefined) throw new Error(`no address is known for ${hostname}`);
  const port = origin.port === '' ? '' : `:${origin.port}`;
  const bracketed = isIP(address) === 6 ? `[${address}]` : address;
  return { url: `${origin.protocol}//${bracketed}${port}${path}`, host: origin.host, servername: isIP(hostname) === 0 ? hostname : null };
}
