import type { ErrorGroup, Finding, HttpWindow, Labels } from '../record/schema.ts';
import type { HistogramData } from './histogram.ts';

/** Why a request failed. `dropped`: it was due while the in-flight limit was reached, and was never sent. */
export const ERROR_KINDS = ['timeout', 'refused', 'reset', 'dns', 'tls', '4xx', '5xx', 'check', 'capture', 'dropped', 'redirect', 'other'] as const;
export type ErrorKind = (typeof ERROR_KINDS)[number];

/** What was measured of one request of the load, alone, of a mix or a step of a flow; warm-up is not in it. */
export interface RequestResult {
  labels: Labels;
  /** Requests written to a connection. */
  sent: number;
  /** Answered as expected. With `failed` it makes up every measured arrival that had an outcome. */
  completed: number;
  failed: number;
  /** Successes that ended within the measured time, those that began in the warm-up too: the numerator of the throughput. */
  completedInTime: number;
  /** Bytes of those answers' bodies; autocannon does not tell. */
  receivedInTimeBytes: number;
  statuses: Record<string, number>;
  errors: ErrorGroup[];
  /**
   * µs from the intended start (closed loop: from the send). Successes, and timeouts and dropped arrivals censored at the
   * timeout. Other failures are not in it: a service that answers 503 at once must not look fast.
   */
  latency: HistogramData;
  /** µs from the moment the request was written. Successes, and timeouts with the time they had been given. */
  service: HistogramData;
  /** µs from the intended start of failures that got an answer or a broken connection. */
  failedLatency: HistogramData;
  /** µs it took to open a TCP connection, and to make it a TLS one; only where a request had one opened. */
  connect: HistogramData;
  tls: HistogramData;
  /** µs from the moment the request was written to the head of its answer; successes. */
  firstByte: HistogramData;
}

/** What was measured of whole iterations of a flow. */
export interface IterationResult {
  labels: Labels;
  /** All steps answered as expected. */
  completed: number;
  /** Ended early by a step that failed, or dropped. */
  failed: number;
  /** Completed within the measured time, those that began in the warm-up too. */
  completedInTime: number;
  /** µs from the arrival to the end of the last step, pauses included. Successes, and timeouts and drops censored at what they had been given. */
  latency: HistogramData;
}

/** Facts about the generator itself, beyond what each window says. */
export interface GeneratorFacts {
  /** Connections opened during warm-up and measurement. */
  connectionsOpened: number;
  /** Requests that this machine could not even start (no file descriptors, no ports): not the target's failures. */
  localFailures: { count: number; example: string } | null;
  /** autocannon: connections replaced after the first. Its latencies are wrong from then on. */
  reconnects: number;
  /** autocannon: requests that neither succeeded nor failed. */
  unanswered: number;
}

/** What one process of an engine outside this one used of this machine. Null: not known here. */
export interface SegmentUse {
  segment: number;
  /** In cores: 1.5 is one and a half of them, all the time. */
  cpuMeanCores: number | null;
  /** In its busiest second. */
  cpuMaxCores: number | null;
  peakMemoryBytes: number | null;
}

/** µs, of one window. */
export interface WindowSamples {
  latency: HistogramData;
  lag: HistogramData;
}

export interface LoadResult {
  engine: 'readybench-open' | 'readybench-closed' | 'autocannon' | 'k6';
  ended: 'complete' | 'aborted';
  /** When the measured part began, in ms since the epoch; absent where the engine does not say. */
  measuredFromMs?: number;
  /** Length of the measured part; shorter than planned after an abort. */
  measuredMs: number;
  requests: RequestResult[];
  /** One for each flow; none for single requests. */
  iterations: IterationResult[];
  /** Iterations that were begun or dropped, warm-up included: how many numbers of data they took. */
  started: number;
  /** By the second in which things happened, from the start of the measurement until the last answer. */
  windows: HttpWindow[];
  /** What the windows' percentiles come from, window by window; only of a thread that shares its load. */
  samples: WindowSamples[];
  generator: GeneratorFacts;
  /** What an engine that is not in this process found out about itself; it stands for the health of ours. */
  findings?: readonly Finding[];
  /** Of an engine in processes of its own: what each used. */
  segments?: readonly SegmentUse[];
}

/** Something to show while it runs. */
export interface LoadProgress {
  phase: 'warm-up' | 'measuring' | 'draining';
  /** Share of warm-up and measurement that is over, 0..1. */
  done: number;
  /** Of the last second that had answers; null when none had. */
  p95Ms: number | null;
}
