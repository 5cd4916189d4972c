import { Histogram, type HistogramData } from '../../load/histogram.ts';
import { closedLoopFindings, openLoopFindings } from '../../load/health.ts';
import { ERROR_KINDS, type LoadResult, type RequestResult } from '../../load/result.ts';
import { metric } from '../../record/metrics.ts';
import type { ErrorGroup, Finding, HistogramRecord, HttpDetail, Metric } from '../../record/schema.ts';
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
 * sample behind it is left out.
 */
export function measurementOf(rounds: readonly Round[], load: Load): Measurement {
  const measured = rounds.filter((each) => each.type === 'measured');
  const findings = rounds.flatMap((each) => findingsOf(each, load));
  const latency = merged(measured.map(({ result }) => only(result).latency));
  return {
    validity: { status: statusOf(findings), findings },
    metrics: metricsOf(rounds),
    notMeasured: [],
    histograms: measured.flatMap(histogramsOf),
    series: {
      kind: 'http',
      rounds: measured.map(({ round, result }) => ({ round, windows: result.windows })),
      spectrum: latency.count === 0 ? [] : [{ labels: {}, points: latency.spectrum().map(([q, us]) => [q, us / 1_000]) }],
    },
    detail: detailOf(measured, load),
  };
}

function metricsOf(rounds: readonly Round[]): Metric[] {
  const metrics: Metric[] = [];
  const size = Math.max(-1, ...rounds.map(({ round }) => round)) + 1;
  const perRound = (value: (result: LoadResult) => number | null): (number | null)[] => {
    const values = Array.from<number | null>({ length: size }).fill(null);
    for (const each of rounds) if (each.type === 'measured') values[each.round] = value(each.result);
    return values;
  };
  const results = rounds.flatMap((each) => (each.type === 'measured' ? [each.result] : []));

  for (const id of ['latency', 'service'] as const) {
    const all = merged(results.map((result) => only(result)[id]));
    for (const [label, q] of PERCENTILES) {
      const value = msAt(all, q);
      if (value === null) continue;
      metrics.push(metric(`${id}.${label}`, {}, value, perRound((result) => msAt(Histogram.fromData(only(result)[id]), q)), all.count));
    }
  }

  const throughput = perRound(({ measuredMs, ...result }) => (measuredMs > 0 ? (only(result).completedInTime * 1_000) / measuredMs : null));
  const figures = throughput.filter((each) => each !== null);
  if (figures.length > 0) metrics.push(metric('throughput', {}, median(figures), throughput, sum(results, (result) => only(result).completedInTime)));

  const outcomes = sum(results, (result) => outcomesOf(only(result)));
  if (outcomes > 0) {
    const rate = (count: (request: RequestResult) => number): [number, (number | null)[]] => [
      sum(results, (result) => count(only(result))) / outcomes,
      perRound((result) => (outcomesOf(only(result)) > 0 ? count(only(result)) / outcomesOf(only(result)) : null)),
    ];
    metrics.push(metric('errors.rate', {}, ...rate((request) => request.failed), outcomes));
    metrics.push(metric('success.rate', {}, ...rate((request) => request.completed), outcomes));
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
  const found = load.model === 'open' ? openLoopFindings(each.result) : closedLoopFindings(each.result, load.connections);
  return found.map((finding) => ({ ...finding, round: each.round }));
}

function statusOf(findings: readonly Finding[]): Measurement['validity']['status'] {
  if (findings.some(({ severity }) => severity === 'invalid')) return 'invalid';
  return findings.length > 0 ? 'suspect' : 'valid';
}

function histogramsOf({ round, result }: Measured): HistogramRecord[] {
  return (['latency', 'service', 'failedLatency'] as const).flatMap((key) => {
    const histogram = Histogram.fromData(only(result)[key]);
    const id = key === 'failedLatency' ? 'failed' : key;
    return histogram.count === 0 ? [] : [{ id, labels: {}, round, unit: 'us' as const, encoded: histogram.encode() }];
  });
}

function detailOf(measured: readonly Measured[], load: Load): HttpDetail {
  const requests = measured.map(({ result }) => only(result));
  return {
    kind: 'http',
    model: load.model,
    engine: load.model === 'open' ? 'readybench-open' : 'autocannon',
    requests:
      requests.length === 0
        ? []
        : [
            {
              labels: {},
              sent: sum(requests, ({ sent }) => sent),
              completed: sum(requests, ({ completed }) => completed),
              failed: sum(requests, ({ failed }) => failed),
              statuses: requests.reduce<Record<string, number>>((all, { statuses }) => addCounts(all, statuses), {}),
              errors: ERROR_KINDS.flatMap((kind) => errorsOf(kind, requests)),
            },
          ],
  };
}

function errorsOf(kind: string, requests: readonly RequestResult[]): ErrorGroup[] {
  const groups = requests.flatMap(({ errors }) => errors.filter((each) => each.kind === kind));
  const [first] = groups;
  return first === undefined ? [] : [{ ...first, count: sum(groups, ({ count }) => count) }];
}

/** The one request of a workload: the schema has no mixes. */
function only({ requests }: Pick<LoadResult, 'requests'>): RequestResult {
  const [request] = requests;
  if (request === undefined) throw new Error('a load has at least one request');
  return request;
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
