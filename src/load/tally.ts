import type { ErrorGroup, Labels } from '../record/schema.ts';
import { Histogram, type HistogramData } from './histogram.ts';
import type { RequestPlan } from './plan.ts';
import { ERROR_KINDS, type ErrorKind, type IterationResult, type RequestResult } from './result.ts';

/** A histogram that most requests never need takes no memory until they do. */
class Seldom {
  #histogram: Histogram | null = null;

  record(us: number): void {
    this.#histogram ??= new Histogram();
    this.#histogram.record(us);
  }

  toData(): HistogramData {
    return (this.#histogram ?? NO_SAMPLES).toData();
  }
}

const NO_SAMPLES = new Histogram();

/** Counts and histograms of one request of the load. Pure bookkeeping: who calls it decides what belongs to the measurement. */
export class Tally {
  readonly #latency = new Histogram();
  readonly #service = new Histogram();
  readonly #firstByte = new Histogram();
  readonly #failedLatency = new Seldom();
  readonly #connect = new Seldom();
  readonly #tls = new Seldom();
  readonly #statuses = new Map<number, number>();
  readonly #errors = new Map<ErrorKind, ErrorGroup>();
  sent = 0;
  completed = 0;
  failed = 0;
  completedInTime = 0;
  receivedInTimeBytes = 0;

  opened(connectUs: number, tlsUs: number | null): void {
    this.#connect.record(connectUs);
    if (tlsUs !== null) this.#tls.record(tlsUs);
  }

  answered(status: number): void {
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
  }

  /** @param serviceUs null where the two come apart from each other: `served` */
  success(latencyUs: number, serviceUs: number | null): void {
    this.completed += 1;
    this.#latency.record(latencyUs);
    if (serviceUs !== null) this.#service.record(serviceUs);
  }

  served(us: number): void {
    this.#service.record(us);
  }

  connected(us: number): void {
    this.#connect.record(us);
  }

  handshaken(us: number): void {
    this.#tls.record(us);
  }

  /** Of an answer that was asked for. */
  firstByte(us: number): void {
    this.#firstByte.record(us);
  }

  /** A failure with an end of its own: a wrong answer, a broken connection. */
  failure(kind: ErrorKind, example: () => string, latencyUs: number): void {
    this.#count(kind, example);
    this.#failedLatency.record(latencyUs);
  }

  /** A timeout or a dropped arrival: the true latency is at least this. `serviceUs` is null where nothing was sent. */
  censored(kind: ErrorKind, example: () => string, latencyUs: number, serviceUs: number | null): void {
    this.#count(kind, example);
    this.#latency.record(latencyUs);
    if (serviceUs !== null) this.#service.record(serviceUs);
  }

  /** A failure of which it is not known which request it was. */
  broken(kind: ErrorKind, example: () => string): void {
    this.#count(kind, example);
  }

  result(plan: Pick<RequestPlan, 'labels'>): RequestResult {
    return {
      labels: plan.labels,
      sent: this.sent,
      completed: this.completed,
      failed: this.failed,
      completedInTime: this.completedInTime,
      receivedInTimeBytes: this.receivedInTimeBytes,
      statuses: Object.fromEntries([...this.#statuses].sort(([a], [b]) => a - b)),
      errors: ERROR_KINDS.flatMap((kind) => this.#errors.get(kind) ?? []),
      latency: this.#latency.toData(),
      service: this.#service.toData(),
      failedLatency: this.#failedLatency.toData(),
      connect: this.#connect.toData(),
      tls: this.#tls.toData(),
      firstByte: this.#firstByte.toData(),
    };
  }

  #count(kind: ErrorKind, example: () => string): void {
    this.failed += 1;
    const group = this.#errors.get(kind);
    if (group === undefined) this.#errors.set(kind, { kind, count: 1, example: example() });
    else group.count += 1;
  }
}

/** The same for whole iterations of a flow. */
export class IterationTally {
  readonly #latency = new Histogram();
  completed = 0;
  failed = 0;
  completedInTime = 0;

  success(latencyUs: number): void {
    this.completed += 1;
    this.#latency.record(latencyUs);
  }

  /** @param censoredUs what it had been given when it timed out or was dropped; null for failures that say nothing about latency */
  failure(censoredUs: number | null): void {
    this.failed += 1;
    if (censoredUs !== null) this.#latency.record(censoredUs);
  }

  result(labels: Labels): IterationResult {
    return { labels, completed: this.completed, failed: this.failed, completedInTime: this.completedInTime, latency: this.#latency.toData() };
  }
}
