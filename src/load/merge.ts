import type { ErrorGroup, HttpWindow } from '../record/schema.ts';
import { Histogram, type HistogramData } from './histogram.ts';
import { ERROR_KINDS, type GeneratorFacts, type IterationResult, type LoadResult, type RequestResult, type WindowSamples } from './result.ts';

/**
 * One result from those of several generator threads that shared a load: counts added up, histograms merged (so that
 * percentiles are those of all samples), generator health that of the thread that fared worst.
 */
export function mergeResults(parts: readonly LoadResult[]): LoadResult {
  const [first] = parts;
  if (first === undefined) throw new Error('nothing to merge');
  if (parts.length === 1) return first;
  const seconds = Math.max(...parts.map(({ windows }) => windows.length));
  return {
    engine: first.engine,
    ended: parts.every(({ ended }) => ended === 'complete') ? 'complete' : 'aborted',
    measuredMs: Math.max(...parts.map(({ measuredMs }) => measuredMs)),
    requests: first.requests.map((_, index) => mergeRequests(parts.flatMap(({ requests }) => requests[index] ?? []))),
    iterations: first.iterations.map((_, index) => mergeIterations(parts.flatMap(({ iterations }) => iterations[index] ?? []))),
    started: sumOf(parts, ({ started }) => started),
    windows: Array.from({ length: seconds }, (_, second) =>
      mergeWindows(
        second,
        parts.flatMap(({ windows }) => windows[second] ?? []),
        parts.flatMap(({ samples }) => samples[second] ?? []),
      ),
    ),
    samples: [],
    generator: mergeFacts(parts.map(({ generator }) => generator)),
  };
}

/** One request's results, of several threads or several rounds, as one. */
export function mergeRequests(parts: readonly RequestResult[]): RequestResult {
  const statuses: Record<string, number> = {};
  for (const part of parts) for (const [status, count] of Object.entries(part.statuses)) statuses[status] = (statuses[status] ?? 0) + count;
  const all = (key: 'latency' | 'service' | 'failedLatency' | 'connect' | 'tls' | 'firstByte'): HistogramData => mergeHistograms(parts.map((part) => part[key])).toData();
  return {
    labels: parts[0]?.labels ?? {},
    sent: sumOf(parts, ({ sent }) => sent),
    completed: sumOf(parts, ({ completed }) => completed),
    failed: sumOf(parts, ({ failed }) => failed),
    completedInTime: sumOf(parts, ({ completedInTime }) => completedInTime),
    receivedInTimeBytes: sumOf(parts, ({ receivedInTimeBytes }) => receivedInTimeBytes),
    statuses,
    errors: ERROR_KINDS.flatMap((kind) => mergeErrors(parts.flatMap(({ errors }) => errors.filter((each) => each.kind === kind)))),
    latency: all('latency'),
    service: all('service'),
    failedLatency: all('failedLatency'),
    connect: all('connect'),
    tls: all('tls'),
    firstByte: all('firstByte'),
  };
}

/** The same for the iterations of a flow. */
export function mergeIterations(parts: readonly IterationResult[]): IterationResult {
  return {
    labels: parts[0]?.labels ?? {},
    completed: sumOf(parts, ({ completed }) => completed),
    failed: sumOf(parts, ({ failed }) => failed),
    completedInTime: sumOf(parts, ({ completedInTime }) => completedInTime),
    latency: mergeHistograms(parts.map(({ latency }) => latency)).toData(),
  };
}

function mergeErrors(groups: readonly ErrorGroup[]): ErrorGroup[] {
  const [first] = groups;
  return first === undefined ? [] : [{ ...first, count: sumOf(groups, ({ count }) => count) }];
}

function mergeWindows(second: number, parts: readonly HttpWindow[], samples: readonly WindowSamples[]): HttpWindow {
  const add = (key: 'offered' | 'sent' | 'completed' | 'failed' | 'inFlight' | 'dropped'): number => sumOf(parts, (part) => part[key]);
  const worst = (key: 'loopDelayP99Ms' | 'loopUtilisation'): number | null => parts.reduce<number | null>((high, part) => (part[key] === null ? high : Math.max(high ?? 0, part[key])), null);
  const latency = mergeHistograms(samples.map((each) => each.latency));
  return {
    second,
    offered: add('offered'),
    sent: add('sent'),
    completed: add('completed'),
    failed: add('failed'),
    dropped: add('dropped'),
    inFlight: add('inFlight'),
    p50: msAt(latency, 0.5),
    p95: msAt(latency, 0.95),
    p99: msAt(latency, 0.99),
    max: msAt(latency, 1),
    loopDelayP99Ms: worst('loopDelayP99Ms'),
    loopUtilisation: worst('loopUtilisation'),
    dispatchLagP99Ms: msAt(mergeHistograms(samples.map(({ lag }) => lag)), 0.99),
  };
}

function mergeFacts(parts: readonly GeneratorFacts[]): GeneratorFacts {
  const local = parts.flatMap(({ localFailures }) => localFailures ?? []);
  const [first] = local;
  return {
    connectionsOpened: sumOf(parts, ({ connectionsOpened }) => connectionsOpened),
    localFailures: first === undefined ? null : { ...first, count: sumOf(local, ({ count }) => count) },
    reconnects: sumOf(parts, ({ reconnects }) => reconnects),
    unanswered: sumOf(parts, ({ unanswered }) => unanswered),
  };
}

export function mergeHistograms(parts: readonly HistogramData[]): Histogram {
  const all = new Histogram();
  for (const part of parts) all.add(Histogram.fromData(part));
  return all;
}

/** A quantile in ms; null without samples. */
export function msAt(histogram: Histogram, q: number): number | null {
  const us = histogram.quantile(q);
  return us === undefined ? null : us / 1_000;
}

export function sumOf<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
