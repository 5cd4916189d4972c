import { median } from 'simple-statistics';
import { closedLoopFindings, openLoopFindings } from '../../load/health.ts';
import { Histogram, type HistogramData } from '../../load/histogram.ts';
import { mergeIterations, mergeRequests, msAt, sumOf } from '../../load/merge.ts';
import type { IterationResult, LoadResult, RequestResult } from '../../load/result.ts';
import { metric } from '../../record/metrics.ts';
import type { Finding, HistogramRecord, HttpDetail, HttpSeries, Labels, Metric } from '../../record/schema.ts';
import type { Measurement } from '../contract.ts';
import type { ClosedLoad } from './schema.ts';

/** What became of a round. */
export type Round =
  | { type: 'measured'; round: number; result: LoadResult }
  | { type: 'set-up-failed'; round: number; step: string; message: string };

type Measured = Extract<Round, { type: 'measured' }>;

const PERCENTILES = [['p50', 0.5], ['p90', 0.9], ['p95', 0.95], ['p99', 0.99]] as const;

/** What of a load decides how its figures are read. */
export type LoadModel = Pick<ClosedLoad, 'model' | 'connections' | 'engine'> | { model: 'open' | 'staged' };

/**
 * The rounds so far as metrics, findings and series. Percentiles are of all rounds' samples merged, rates of all their
 * requests together, throughput is the median of the rounds; each also has its value for every round. A figure without a
 * sample behind it is left out. Each request of a mix and each step of a flow has its own, told apart by its labels.
 */
export function measurementOf(rounds: readonly Round[], load: LoadModel): Measurement {
  const measured = rounds.filter((each) => each.type === 'measured');
  const roundCount = Math.max(-1, ...rounds.map(({ round }) => round)) + 1;
  const findings = rounds.flatMap((each) => findingsOf(each, load));
  return {
    validity: { status: statusOf(findings), findings },
    metrics: [...requestsOf(measured).flatMap((each) => requestMetrics(each, roundCount)), ...iterationsOf(measured).flatMap((each) => iterationMetrics(each, roundCount))],
    notMeasured: [],
    histograms: measured.flatMap(histogramsOf),
    series: {
      kind: 'http',
      rounds: measured.map(({ round, result }) => ({ round, windows: result.windows })),
      spectrum: requestsOf(measured).flatMap(spectrumOf),
    },
    detail: detailOf(measured, load),
  };
}

/** One request of the load, or one flow, in every round that was measured. */
interface Lane<Result> {
  labels: Labels;
  results: { round: number; measuredMs: number; result: Result }[];
}

function lanesOf<Result extends { labels: Labels }>(measured: readonly Measured[], of: (result: LoadResult) => readonly Result[]): Lane<Result>[] {
  const [first] = measured;
  return (first === undefined ? [] : of(first.result)).map(({ labels }, index) => ({
    labels,
    results: measured.flatMap(({ round, result }) => {
      const own = of(result)[index];
      return own === undefined ? [] : [{ round, measuredMs: result.measuredMs, result: own }];
    }),
  }));
}

const requestsOf = (measured: readonly Measured[]): Lane<RequestResult>[] => lanesOf(measured, ({ requests }) => requests);
const iterationsOf = (measured: readonly Measured[]): Lane<IterationResult>[] => lanesOf(measured, ({ iterations }) => iterations);

function spectrumOf({ labels, results }: Lane<RequestResult>): HttpSeries['spectrum'] {
  const latency = Histogram.fromData(mergeRequests(results.map(({ result }) => result)).latency);
  return latency.count === 0 ? [] : [{ labels, points: latency.spectrum().map(([q, us]) => [q, us / 1_000]) }];
}

function requestMetrics(lane: Lane<RequestResult>, roundCount: number): Metric[] {
  const make = metricsOf(lane, roundCount, mergeRequests);
  return [
    ...make.percentiles('latency', ({ latency }) => latency),
    ...make.percentiles('service', ({ service }) => service),
    ...make.percentiles('firstByte', ({ firstByte }) => firstByte),
    ...make.percentiles('connect', ({ connect }) => connect),
    ...make.percentiles('tls', ({ tls }) => tls),
    ...make.perSecond('throughput', ({ completedInTime }) => completedInTime),
    ...make.perSecond('throughput.received', ({ receivedInTimeBytes }) => receivedInTimeBytes).filter(({ n }) => n > 0),
    ...make.share('errors.rate', ({ failed }) => failed),
    ...make.share('success.rate', ({ completed }) => completed),
  ];
}

function iterationMetrics(lane: Lane<IterationResult>, roundCount: number): Metric[] {
  const make = metricsOf(lane, roundCount, mergeIterations);
  return [
    ...make.percentiles('iteration', ({ latency }) => latency),
    ...make.perSecond('iteration.throughput', ({ completedInTime }) => completedInTime),
    ...make.share('iteration.errors.rate', ({ failed }) => failed),
  ];
}

/** How figures of a lane become metrics: of all rounds together, and of each. */
function metricsOf<Result extends { completed: number; failed: number }>({ labels, results }: Lane<Result>, roundCount: number, merge: (parts: readonly Result[]) => Result) {
  const all = merge(results.map(({ result }) => result));
  const perRound = (value: (result: Result, measuredMs: number) => number | null): (number | null)[] => {
    const values = Array.from<number | null>({ length: roundCount }).fill(null);
    for (const { round, result, measuredMs } of results) values[round] = value(result, measuredMs);
    return values;
  };
  return {
    percentiles(id: string, of: (result: Result) => HistogramData): Metric[] {
      const histogram = Histogram.fromData(of(all));
      return PERCENTILES.flatMap(([label, q]) => {
        const value = msAt(histogram, q);
        return value === null ? [] : [metric(`${id}.${label}`, labels, value, perRound((result) => msAt(Histogram.fromData(of(result)), q)), histogram.count)];
      });
    },
    perSecond(id: string, of: (result: Result) => number): Metric[] {
      const rounds = perRound((result, measuredMs) => (measuredMs > 0 ? (of(result) * 1_000) / measuredMs : null));
      const figures = rounds.filter((each) => each !== null);
      return figures.length === 0 ? [] : [metric(id, labels, median(figures), rounds, sumOf(results, ({ result }) => of(result)))];
    },
    share(id: string, of: (result: Result) => number): Metric[] {
      const outcomes = outcomesOf(all);
      return outcomes === 0 ? [] : [metric(id, labels, of(all) / outcomes, perRound((result) => (outcomesOf(result) > 0 ? of(result) / outcomesOf(result) : null)), outcomes)];
    },
  };
}

function findingsOf(each: Round, load: LoadModel): Finding[] {
  if (each.type === 'set-up-failed') {
    return [
      {
        severity: 'invalid',
        code: 'set-up-failed',
        message: `Set-up step ${each.step} failed, so the round was not measured: ${each.message}`,
        remedy: 'Correct the step or the target, and run again.',
        round: each.round,
      },
    ];
  }
  const found = each.result.findings ?? (load.model === 'closed' ? closedLoopFindings(each.result, load.connections) : openLoopFindings(each.result));
  return found.map((finding) => ({ ...finding, round: each.round }));
}

function statusOf(findings: readonly Finding[]): Measurement['validity']['status'] {
  if (findings.some(({ severity }) => severity === 'invalid')) return 'invalid';
  return findings.length > 0 ? 'suspect' : 'valid';
}

function histogramsOf({ round, result }: Measured): HistogramRecord[] {
  const record = (id: string, labels: Labels, data: HistogramData): HistogramRecord[] => {
    const histogram = Histogram.fromData(data);
    return histogram.count === 0 ? [] : [{ id, labels, round, unit: 'us', encoded: histogram.encode() }];
  };
  return [
    ...result.requests.flatMap(({ labels, latency, service, failedLatency, connect, tls, firstByte }) => [
      ...record('latency', labels, latency),
      ...record('service', labels, service),
      ...record('failed', labels, failedLatency),
      ...record('firstByte', labels, firstByte),
      ...record('connect', labels, connect),
      ...record('tls', labels, tls),
    ]),
    ...result.iterations.flatMap(({ labels, latency }) => record('iteration', labels, latency)),
  ];
}

function detailOf(measured: readonly Measured[], load: LoadModel): HttpDetail {
  return {
    kind: 'http',
    model: load.model === 'closed' ? 'closed' : 'open',
    engine: measured[0]?.result.engine ?? engineOf(load),
    requests: requestsOf(measured).map(({ labels, results }) => {
      const { sent, completed, failed, statuses, errors } = mergeRequests(results.map(({ result }) => result));
      return { labels, sent, completed, failed, statuses, errors };
    }),
    iterations: iterationsOf(measured).map(({ labels, results }) => {
      const { completed, failed } = mergeIterations(results.map(({ result }) => result));
      return { labels, completed, failed };
    }),
    ...segmentsOf(measured),
  };
}

/** What k6 used, round by round; nothing of an engine in this process. */
function segmentsOf(measured: readonly Measured[]): Pick<HttpDetail, 'segments'> {
  const segments = measured.flatMap(({ round, result }) => (result.segments ?? []).map((each) => ({ round, ...each })));
  return segments.length === 0 ? {} : { segments };
}

function engineOf(load: LoadModel): LoadResult['engine'] {
  if (load.model !== 'closed') return 'readybench-open';
  return load.engine === 'own' ? 'readybench-closed' : 'autocannon';
}

function outcomesOf({ completed, failed }: { completed: number; failed: number }): number {
  return completed + failed;
}
