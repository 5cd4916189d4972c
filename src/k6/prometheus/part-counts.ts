import { Histogram, type HistogramData } from '../../load/histogram.ts';
import type { RequestPlan } from '../../load/plan.ts';
import { ERROR_KINDS, type ErrorKind, type IterationResult, type LoadResult, type RequestResult } from '../../load/result.ts';
import type { Finding } from '../../record/schema.ts';
import { partFindings, type SegmentOf } from '../merge/findings.ts';
import { lostOf, NOT_SENT } from '../merge/part-tally.ts';
import type { K6Part } from '../plan.ts';
import { EXCEPTION } from '../why.ts';
import type { Counted, SeriesLabels } from './client.ts';
import type { HistogramName } from './names.ts';
import type { PartStart } from './read.ts';

/** Of the buckets that k6 makes: client_golang's factor of 1.1, which is 2^(1/8). */
const BUCKET_WIDTH = 2 ** (1 / 8) - 1;

export const RESOLUTION: Finding = {
  severity: 'warning',
  code: 'k6-histogram-resolution',
  message: `Percentiles were read from native histograms whose buckets are ${(BUCKET_WIDTH * 100).toFixed(1)} % wide: each is the upper end of its bucket, the true one is at most ${((1 - 1 / (1 + BUCKET_WIDTH)) * 100).toFixed(1)} % lower.`,
  remedy: 'For percentiles to 0.1 %, export without --prometheus and merge the points.',
};

interface Books {
  plan: RequestPlan;
  histograms: Record<Exclude<HistogramName, 'iteration' | 'waiting' | 'connecting' | 'tls'> | 'failed' | 'firstByte' | 'connect' | 'tls', Histogram>;
  sent: number;
  completed: number;
  failed: number;
  statuses: Map<string, number>;
  errors: Map<ErrorKind, { count: number; example: string }>;
}

/** The books of one workload in one round, from what every pod has counted. */
export class PartCounts {
  readonly #part: K6Part;
  readonly #steps: readonly Books[];
  readonly #firsts: ReadonlySet<number>;
  readonly #iterations = { latency: new Histogram(), completed: 0, failed: 0 };
  readonly #pods = new Map<string, { segment: string; startMs: number; begun: number; lastMs: number }>();
  readonly #segments: number;
  readonly #threw = { count: 0, example: '' };
  #started = 0;
  #dropped = 0;

  constructor(part: K6Part, segments: number, starts: readonly PartStart[]) {
    this.#part = part;
    this.#segments = segments;
    this.#steps = part.load.flows.flatMap(({ steps }) => steps.map((plan): Books => ({ plan, histograms: { latency: new Histogram(), service: new Histogram(), failed: new Histogram(), firstByte: new Histogram(), connect: new Histogram(), tls: new Histogram() }, sent: 0, completed: 0, failed: 0, statuses: new Map(), errors: new Map() })));
    let index = 0;
    this.#firsts = new Set(part.load.flows.map(({ steps }) => (index += steps.length) - steps.length));
    for (const { pod, segment, startMs } of starts) this.#pods.set(pod, { segment, startMs, begun: 0, lastMs: 0 });
  }

  /** What one series had counted in the end. */
  add(name: HistogramName, labels: SeriesLabels, { count, buckets }: Pick<Counted, 'count' | 'buckets'>): void {
    const outcome = labels['outcome'] === 'ok' ? 'ok' : (ERROR_KINDS.find((kind) => kind === labels['outcome']) ?? 'other');
    if (name === 'iteration') return this.#iteration(outcome, count, buckets);
    const at = this.#steps.findIndex(({ plan }) => Object.entries(plan.labels).every(([label, value]) => labels[label] === value));
    const step = this.#steps[at];
    if (step === undefined) return;
    switch (name) {
      case 'latency':
        return this.#latency(step, at, labels, outcome, count, buckets);
      case 'service':
        if (outcome === 'ok' || outcome === 'timeout') this.#into(step.histograms.service, buckets);
        return;
      case 'waiting':
        if (labels['expected_response'] === 'true') this.#into(step.histograms.firstByte, buckets);
        return;
      case 'connecting':
        return this.#into(step.histograms.connect, opened(buckets));
      case 'tls':
        return this.#into(step.histograms.tls, opened(buckets));
    }
  }

  drop(pod: string, count: number): void {
    const { load } = this.#part;
    this.#dropped += count;
    const known = this.#pods.get(pod);
    if (known !== undefined) known.begun += count;
    const first = this.#steps[0];
    if (first === undefined || count === 0) return;
    // Which request of a mix an arrival would have been is not known: the first stands for all.
    first.failed += count;
    first.histograms.latency.recordMany(load.timeoutMs * 1_000, count);
    bump(first.errors, 'dropped', count, 'not sent, no virtual user of k6 was free');
    if (load.flows.some(({ labels }) => labels !== null)) this.#iteration('timeout', count, [{ high: load.timeoutMs / 1_000, count }]);
  }

  /** When a pod last wrote something, on its own clock. */
  ended(pod: string, atMs: number): void {
    const known = this.#pods.get(pod);
    if (known !== undefined) known.lastMs = atMs - known.startMs;
  }

  result(problems: readonly Finding[]): LoadResult {
    const { load } = this.#part;
    const flow = load.flows.find(({ labels }) => labels !== null);
    return {
      engine: 'k6',
      ended: 'complete',
      measuredMs: load.durationMs,
      requests: this.#steps.map(requestOf),
      iterations: flow?.labels === undefined || flow.labels === null ? [] : [this.#iterationResult(flow.labels)],
      started: this.#started + this.#dropped,
      windows: [],
      samples: [],
      generator: { connectionsOpened: 0, localFailures: null, reconnects: 0, unanswered: 0 },
      findings: [...problems, ...this.#findings()],
    };
  }

  #findings(): Finding[] {
    const { load, delayMs } = this.#part;
    const endMs = load.warmupMs + delayMs + load.durationMs;
    const segments = [...this.#pods].map(([pod, { startMs, begun, lastMs }]): SegmentOf => ({ file: `pod ${pod}`, part: { points: begun, startMs, lastMs, shifted: false } }));
    const begun = { started: this.#started, dropped: this.#dropped };
    const lost = lostOf(begun, load.flows.some(({ labels }) => labels !== null) ? this.#iterations : null);
    return [...partFindings(this.#part, { ...begun, lost, threw: this.#threw.count, exception: this.#threw.example, endMs }, segments), ...this.#shares(), ...this.#shifted()];
  }

  /** A pod that stopped early and was not missed in the sum: each has its share of a planned load. */
  #shares(): Finding[] {
    const total = this.#started + this.#dropped;
    if (this.#part.load.model === 'closed' || this.#segments < 2 || total < 100 * this.#segments) return [];
    const even = total / this.#segments;
    return [...this.#pods].filter(([, { begun }]) => begun > 0 && begun < 0.9 * even).map(([pod, { begun }]) => ({
      severity: 'invalid' as const,
      code: 'k6-segment-fell-behind',
      message: `Pod ${pod} started ${begun} iterations where ${Math.round(even)} are its share.`,
      remedy: 'It died, or it had not the CPU it needs: read its log, and give it more or use more pods.',
    }));
  }

  /** k6 numbers what it starts: after a dropped arrival, later ones are taken for earlier ones. In a histogram that cannot be put right. */
  #shifted(): Finding[] {
    const { load, delayMs } = this.#part;
    if (this.#dropped === 0 || load.model === 'closed' || delayMs > 0) return [];
    return [{ severity: 'warning', code: 'k6-latencies-shifted', message: `After the ${this.#dropped} dropped iterations latencies are too high, by up to ${Math.ceil((this.#dropped * 1_000) / load.ratePerSecond)} ms: the intended starts of later ones are not known.`, remedy: 'Raise maxInFlight, use more pods, or lower the rate, until none is dropped; or merge the points, which puts it right.' }];
  }

  #latency(step: Books, at: number, labels: SeriesLabels, outcome: 'ok' | ErrorKind, count: number, buckets: Counted['buckets']): void {
    const { load } = this.#part;
    if (this.#firsts.has(at)) {
      this.#started += count;
      const pod = this.#pods.get(labels['instance_id'] ?? '');
      if (pod !== undefined) pod.begun += count;
    }
    const status = labels['status'] ?? '0';
    const why = labels['why'] ?? '';
    if (why.startsWith(EXCEPTION)) {
      this.#threw.count += count;
      this.#threw.example ||= why.slice(EXCEPTION.length);
    }
    if (!NOT_SENT.has(outcome) && !(why.startsWith(EXCEPTION) && status === '0')) step.sent += count;
    if (status !== '0') step.statuses.set(status, (step.statuses.get(status) ?? 0) + count);
    if (outcome === 'ok') {
      step.completed += count;
      return this.#into(step.histograms.latency, buckets);
    }
    step.failed += count;
    bump(step.errors, outcome, count, `${step.plan.method}: ${labels['why'] ?? status}`);
    // A timeout is censored at what it was given, which is known better than by its bucket.
    if (outcome === 'timeout') step.histograms.latency.recordMany(load.timeoutMs * 1_000, count);
    else this.#into(step.histograms.failed, buckets);
  }

  #iteration(outcome: string, count: number, buckets: Counted['buckets']): void {
    if (outcome === 'ok') this.#iterations.completed += count;
    else this.#iterations.failed += count;
    if (outcome === 'ok' || outcome === 'timeout') this.#into(this.#iterations.latency, buckets);
  }

  #iterationResult(labels: IterationResult['labels']): IterationResult {
    const { latency, completed, failed } = this.#iterations;
    return { labels, completed, failed, completedInTime: completed, latency: latency.toData() };
  }

  /** Every sample counts as the upper end of its bucket: a percentile is never below the true one. */
  #into(histogram: Histogram, buckets: Counted['buckets']): void {
    for (const { high, count } of buckets) histogram.recordMany(high * 1e6, count);
  }
}

/** Zeros are requests that opened no connection. */
const opened = (buckets: Counted['buckets']): Counted['buckets'] => buckets.filter(({ high }) => high > 1e-9);

function requestOf({ plan, histograms, sent, completed, failed, statuses, errors }: Books): RequestResult {
  const data = (histogram: Histogram): HistogramData => histogram.toData();
  return {
    labels: plan.labels,
    sent,
    completed,
    failed,
    completedInTime: completed,
    receivedInTimeBytes: 0,
    statuses: Object.fromEntries([...statuses].sort(([a], [b]) => (a < b ? -1 : 1))),
    errors: [...errors].map(([kind, { count, example }]) => ({ kind, count, example })),
    latency: data(histograms.latency),
    service: data(histograms.service),
    failedLatency: data(histograms.failed),
    connect: data(histograms.connect),
    tls: data(histograms.tls),
    firstByte: data(histograms.firstByte),
  };
}

function bump(errors: Books['errors'], kind: ErrorKind, count: number, example: string): void {
  const known = errors.get(kind);
  if (known === undefined) errors.set(kind, { count, example });
  else known.count += count;
}
