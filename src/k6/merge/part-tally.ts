import { mixOf } from '../../load/mix.ts';
import type { LoadPlan, RequestPlan } from '../../load/plan.ts';
import { ERROR_KINDS, type ErrorKind, type LoadResult } from '../../load/result.ts';
import { IterationTally, Tally } from '../../load/tally.ts';
import { METRIC } from './metrics.ts';
import { Seconds, type SecondsRoom } from './seconds.ts';
import type { Tags } from '../ndjson/tags.ts';
import { EXCEPTION } from '../why.ts';

/** What a point of a request says about itself, worked out once for all points with these tags. */
export interface PointKind {
  /** Place of the request among all steps; -1 where the plan has none with this label. */
  request: number;
  outcome: 'ok' | ErrorKind;
  status: number;
  why: string;
  /** The script itself threw: `why` says what. */
  threw: boolean;
  /** Begun before the measurement. */
  warmUp: boolean;
  expected: boolean;
}

/** The books of one workload in one round, filled by the points of all segments. Times are ms since the part's start in its segment. */
export class PartTally {
  readonly load: LoadPlan;
  readonly seconds: Seconds;
  readonly #steps: readonly { plan: RequestPlan; tally: Tally }[];
  readonly #iterations: IterationTally | null;
  readonly #beginMs: number;
  readonly #endMs: number;
  readonly #nextDropped: () => number;
  readonly #firstOfFlow: readonly number[];
  /** Iterations of the measurement that were begun, and those that were dropped. */
  started = 0;
  dropped = 0;
  /** Iterations that an exception ended, and what the first of them said. */
  threw = 0;
  exception = '';

  constructor(load: LoadPlan, delayMs: number, room: SecondsRoom) {
    this.load = load;
    this.seconds = new Seconds(room);
    this.#steps = load.flows.flatMap(({ steps }) => steps.map((plan) => ({ plan, tally: new Tally() })));
    let index = 0;
    this.#firstOfFlow = load.flows.map(({ steps }) => (index += steps.length) - steps.length);
    this.#iterations = load.flows.some(({ labels }) => labels !== null) ? new IterationTally() : null;
    this.#beginMs = load.warmupMs + delayMs;
    this.#endMs = this.#beginMs + load.durationMs;
    this.#nextDropped = mixOf(load.flows, load.seed);
  }

  /** When the measurement ends. */
  get endMs(): number {
    return this.#endMs;
  }

  /** Iterations that were begun and of which no end is known; single requests are known by their end alone. */
  get lost(): number {
    return lostOf(this, this.#iterations);
  }

  kindOf(tags: Tags): PointKind {
    const request = this.#steps.findIndex(({ plan }) => Object.entries(plan.labels).every(([name, value]) => tags[name] === value));
    const outcome = ERROR_KINDS.find((kind) => kind === tags['outcome']) ?? (tags['outcome'] === 'ok' ? 'ok' : 'other');
    const why = tags['why'] ?? '';
    return { request, outcome, status: Number(tags['status'] ?? 0) || 0, why, threw: why.startsWith(EXCEPTION), warmUp: tags['phase'] === 'warm-up', expected: tags['expected_response'] === 'true' };
  }

  latency(kind: PointKind, atMs: number, latencyMs: number): void {
    const step = this.#steps[kind.request];
    if (step === undefined) return;
    const { tally, plan } = step;
    const us = latencyMs * 1_000;
    const inTime = atMs >= this.#beginMs && atMs < this.#endMs;
    if (kind.outcome === 'ok' && inTime) tally.completedInTime += 1;
    const afterBegin = atMs - this.#beginMs;
    if (afterBegin >= 0) {
      if (kind.outcome === 'ok') this.seconds.completed(afterBegin, us);
      else this.seconds.failed(afterBegin, kind.outcome === 'timeout' ? us : null);
    }
    if (kind.warmUp) return;
    if (this.#firstOfFlow.includes(kind.request)) this.started += 1;
    // Two times of nanoseconds make a difference that is a hair below the whole second it was due at.
    this.seconds.offered(afterBegin - latencyMs + 0.01);
    if (kind.threw) {
      this.threw += 1;
      this.exception ||= kind.why.slice(EXCEPTION.length);
    }
    if (!NOT_SENT.has(kind.outcome) && !(kind.threw && kind.status === 0)) tally.sent += 1;
    if (kind.status > 0) tally.answered(kind.status);
    const example = (): string => `${plan.method} ${typeof plan.path === 'string' ? plan.path : plan.path.map((each) => (typeof each === 'string' ? each : `\${${each.ref}}`)).join('')}: ${kind.why}`;
    if (kind.outcome === 'ok') tally.success(us, null);
    else if (kind.outcome === 'timeout') tally.censored('timeout', example, us, null);
    else tally.failure(kind.outcome, example, us);
  }

  /** A point of one of the other metrics of a request. */
  detail(metric: (typeof METRIC)['service' | 'waiting' | 'connecting' | 'tls'], kind: PointKind, ms: number): void {
    const tally = this.#steps[kind.request]?.tally;
    if (tally === undefined || kind.warmUp) return;
    if (metric === METRIC.service) {
      if (kind.outcome === 'ok' || kind.outcome === 'timeout') tally.served(ms * 1_000);
    } else if (metric === METRIC.waiting) {
      if (kind.expected) tally.firstByte(ms * 1_000);
    } else if (ms > 0) {
      if (metric === METRIC.connecting) tally.connected(ms * 1_000);
      else tally.handshaken(ms * 1_000);
    }
  }

  iteration(kind: PointKind, atMs: number, ms: number): void {
    if (this.#iterations === null) return;
    if (kind.outcome === 'ok') {
      if (atMs >= this.#beginMs && atMs < this.#endMs) this.#iterations.completedInTime += 1;
      if (!kind.warmUp) this.#iterations.success(ms * 1_000);
    } else if (!kind.warmUp) this.#iterations.failure(kind.outcome === 'timeout' ? ms * 1_000 : null);
  }

  /** An arrival for which k6 had no virtual user: it counts as a timeout would. */
  drop(atMs: number): void {
    if (atMs < this.load.warmupMs) return;
    const flow = this.#nextDropped();
    const tally = this.#steps[this.#firstOfFlow[flow] ?? 0]?.tally;
    const us = this.load.timeoutMs * 1_000;
    this.dropped += 1;
    this.seconds.dropped(atMs - this.load.warmupMs);
    tally?.censored('dropped', () => 'not sent, no virtual user of k6 was free', us, null);
    if (this.load.flows[flow]?.labels !== null) this.#iterations?.failure(us);
  }

  result(): Omit<LoadResult, 'ended' | 'findings'> {
    const flow = this.load.flows.find(({ labels }) => labels !== null);
    return {
      engine: 'k6',
      measuredMs: this.load.durationMs,
      requests: this.#steps.map(({ plan, tally }) => tally.result(plan)),
      iterations: flow?.labels === undefined || flow.labels === null || this.#iterations === null ? [] : [this.#iterations.result(flow.labels)],
      started: this.started + this.dropped,
      windows: this.seconds.windows(),
      samples: [],
      generator: { connectionsOpened: 0, localFailures: null, reconnects: 0, unanswered: 0 },
    };
  }
}

/** Iterations without an end. @param ended null for single requests */
export function lostOf(begun: { started: number; dropped: number }, ended: { completed: number; failed: number } | null): number {
  return ended === null ? 0 : begun.started + begun.dropped - ended.completed - ended.failed;
}

export const NOT_SENT: ReadonlySet<string> = new Set(['refused', 'dns', 'tls']);
