import { Histogram, type HistogramData } from '../../load/histogram.ts';
import { closedLoopFindings, openLoopFindings } from '../../load/health.ts';
import { ERROR_KINDS, type LoadResult, type RequestResult } from '../../load/result.ts';
import { metric } from '../../record/metrics.ts';
import type { ErrorGroup, Finding, HistogramRecord, HttpDetail, HttpSeries, Labels, Metric } from '../../record/schema.ts';
import type { Measurement } from '../contract.ts';
import type { Load } from './schema.ts';

/** What became of a round. */
export type Round =
  | { type: 'measured'; round: number; result: LoadResult }
  | { type: 'set-up-failed'; round: number; step: string; message: string };

type Measured = Extract<Round, { type: 'measured' }>;

const PERCENTILES = [['p50', 0.5], ['p90', 0.9], ['p95', 0.95], ['p99', 0.99]] as const;

/**
 * The rounds so far as metrics, findings and series. Percentiles are of all rounds' samples merged, rates of all their
 * requests together, throughput is the median of the rounds; each also has its value for every round. A figure without a
 * sample behind it is left out. Each request of a mix has its own, told apart by its labels.
 */
export function measurementOf(rounds: readonly Round[], load: Load): Measurement {
  const measured = rounds.filter((each) => each.type === 'measured');
  const roundCount = Math.max(-1, ...rounds.map(({ round }) => round)) + 1;
  const findings = rounds.flatMap((each) => findingsOf(each, load));
  return {
    validity: { status: statusOf(findings), findings },
    metrics: mixOf(measured).flatMap((mixed) => metricsOf(mixed, roundCount)),
    notMeasured: [],
    histograms: measured.flatMap(histogramsOf),
    series: {
      kind: 'http',
      rounds: measured.map(({ round, result }) => ({ round, windows: result.windows })),
      spectrum: mixOf(measured).flatMap(spectrumOf),
    },
    detail: detailOf(measured, load),
  };
}

/** One request of the mix in every round that was measured. */
interface Mixed {
  labels: Labels;
  results: { round: number; measuredMs: number; request: RequestResult }[];
}

function mixOf(measured: readonly Measured[]): Mixed[] {
  return (measured[0]?.result.requests ?? []).map(({ labels }, index) => ({
    labels,
    results: measured.flatMap(({ round, result: { measuredMs, requests } }) => {
      const request = requests[index];
      return request === undefined ? [] : [{ round, measuredMs, request }];
    }),
  }));
}

function spectrumOf({ labels, results }: Mixed): HttpSeries['spectrum'] {
  const latency = merged(results.map(({ request }) => request.latency));
  return latency.count === 0 ? [] : [{ labels, points: latency.spectrum().map(([q, us]) => [q, us / 1_000]) }];
}

function metricsOf({ labels, results }: Mixed, roundCount: number): Metric[] {
  const metrics: Metric[] = [];
  const perRound = (value: (request: RequestResult, measuredMs: number) => number | null): (number | null)[] => {
    const values = Array.from<number | null>({ length: roundCount }).fill(null);
    for (const { round, request, measuredMs } of results) values[round] = value(request, measuredMs);
    return values;
  };
  const requests = results.map(({ request }) => request);

  for (const id of ['latency', 'service'] as const) {
    const all = merged(requests.map((request) => request[id]));
    for (const [label, q] of PERCENTILES) {
      const value = msAt(all, q);
      if (value === null) continue;
      metrics.push(metric(`${id}.${label}`, labels, value, perRound((request) => msAt(Histogram.fromData(request[id]), q)), all.count));
    }
  }

  const throughput = perRound(({ completedInTime }, measuredMs) => (measuredMs > 0 ? (completedInTime * 1_000) / measuredMs : null));
  const figures = throughput.filter((each) => each !== null);
  if (figures.length > 0) metrics.push(metric('throughput', labels, median(figures), throughput, sum(requests, ({ completedInTime }) => completedInTime)));

  const outcomes = sum(requests, outcomesOf);
  if (outcomes > 0) {
    const rate = (count: (request: RequestResult) => number): [number, (number | null)[]] => [
      sum(requests, count) / outcomes,
      perRound((request) => (outcomesOf(request) > 0 ? count(request) / outcomesOf(request) : null)),
    ];
    metrics.push(metric('errors.rate', labels, ...rate((request) => request.failed), outcomes));
    metrics.push(metric('success.rate', labels, ...rate((request) => request.completed), outcomes));
  }
  return metrics;
}

function findingsOf(each: Round, load: Load): Finding[] {
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
  const found = load.model === 'closed' ? closedLoopFindings(each.result, load.connections) : openLoopFindings(each.result);
  return found.map((finding) => ({ ...finding, round: each.round }));
}

function statusOf(findings: readonly Finding[]): Measurement['validity']['status'] {
  if (findings.some(({ severity }) => severity === 'invalid')) return 'invalid';
  return findings.length > 0 ? 'suspect' : 'valid';
}

function histogramsOf({ round, result }: Measured): HistogramRecord[] {
  return result.requests.flatMap((request) =>
    (['latency', 'service', 'failedLatency'] as const).flatMap((key) => {
      const histogram = Histogram.fromData(request[key]);
      const id = key === 'failedLatency' ? 'failed' : key;
      return histogram.count === 0 ? [] : [{ id, labels: request.labels, round, unit: 'us' as const, encoded: histogram.encode() }];
    }),
  );
}

function detailOf(measured: readonly Measured[], load: Load): HttpDetail {
  return {
    kind: 'http',
    model: load.model === 'closed' ? 'closed' : 'open',
    engine: engineOf(load),
    requests: mixOf(measured).map(({ labels, results }) => {
      const requests = results.map(({ request }) => request);
      return {
        labels,
        sent: sum(requests, ({ sent }) => sent),
        completed: sum(requests, ({ completed }) => completed),
        failed: sum(requests, ({ failed }) => failed),
        statuses: requests.reduce<Record<string, number>>((all, { statuses }) => addCounts(all, statuses), {}),
        errors: ERROR_KINDS.flatMap((kind) => errorsOf(kind, requests)),
      };
    }),
  };
}

function engineOf(load: Load): LoadResult['engine'] {
  if (load.model !== 'closed') return 'readybench-open';
  return load.engine === 'own' ? 'readybench-closed' : 'autocannon';
}

function errorsOf(kind: string, requests: readonly RequestResult[]): ErrorGroup[] {
  const groups = requests.flatMap(({ errors }) => errors.filter((each) => each.kind === kind));
  const [first] = groups;
  return first === undefined ? [] : [{ ...first, count: sum(groups, ({ count }) => count) }];
}

function merged(parts: readonly HistogramData[]): Histogram {
  const all = new Histogram();
  for (const part of parts) all.add(Histogram.fromData(part));
  return all;
}

function msAt(histogram: Histogram, q: number): number | null {
  const us = histogram.quantile(q);
  return us === undefined ? null : us / 1_000;
}

function outcomesOf({ completed, failed }: RequestResult): number {
  return completed + failed;
}

function addCounts(all: Record<string, number>, more: Readonly<Record<string, number>>): Record<string, number> {
  for (const [key, count] of Object.entries(more)) all[key] = (all[key] ?? 0) + count;
  return all;
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  return Number.isInteger(middle) ? (at(middle - 1) + at(middle)) / 2 : at(Math.floor(middle));
}
