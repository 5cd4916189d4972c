import type { ErrorGroup } from '../record/schema.ts';
import { Histogram } from './histogram.ts';
import type { RequestPlan } from './plan.ts';
import { ERROR_KINDS, type ErrorKind, type RequestResult } from './result.ts';

/** Counts and histograms of one request of the mix. Pure bookkeeping: who calls it decides what belongs to the measurement. */
export class Tally {
  readonly #latency = new Histogram();
  readonly #service = new Histogram();
  readonly #failedLatency = new Histogram();
  readonly #statuses = new Map<number, number>();
  readonly #errors = new Map<ErrorKind, ErrorGroup>();
  sent = 0;
  completed = 0;
  failed = 0;
  completedInTime = 0;

  answered(status: number): void {
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
  }

  success(latencyUs: number, serviceUs: number): void {
    this.completed += 1;
    this.#latency.record(latencyUs);
    this.#service.record(serviceUs);
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

  result(plan: RequestPlan): RequestResult {
    return {
      labels: plan.labels,
      sent: this.sent,
      completed: this.completed,
      failed: this.failed,
      completedInTime: this.completedInTime,
      statuses: Object.fromEntries([...this.#statuses].sort(([a], [b]) => a - b)),
      errors: ERROR_KINDS.flatMap((kind) => this.#errors.get(kind) ?? []),
      latency: this.#latency.toData(),
      service: this.#service.toData(),
      failedLatency: this.#failedLatency.toData(),
    };
  }

  #count(kind: ErrorKind, example: () => string): void {
    this.failed += 1;
    const group = this.#errors.get(kind);
    if (group === undefined) this.#errors.set(kind, { kind, count: 1, example: example() });
    else group.count += 1;
  }
}
