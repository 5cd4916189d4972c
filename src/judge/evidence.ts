import { median } from 'simple-statistics';
import { shareInterval } from '../compare/stats/binomial.ts';
import { quantileRanks, samplesForQuantile } from '../compare/stats/order-statistics.ts';
import { mergedSamples } from '../record/histograms.ts';
import { metricKind } from '../record/metrics.ts';
import type { HistogramRecord, Metric } from '../record/schema.ts';

/** Each end of an interval holds with this probability by itself: a limit is judged against one end at a time. */
export const CONFIDENCE = 0.95;

/** With what probability both ends hold at once. */
export const BETWEEN = 0.9;

/** What the samples say about where the true figure lies; null on the side where they say nothing. */
export interface Evidence {
  value: number;
  low: number | null;
  high: number | null;
  n: number;
  /** Samples with which a figure as far within its limit as possible could pass; null where a single figure is compared as it is. */
  samplesNeeded: number | null;
  /** What `n` counts. */
  of: 'samples' | 'rounds';
}

/** Fewer rounds give no interval for their median at 95 %. */
const ROUNDS_FOR_INTERVAL = samplesForQuantile(0.5, CONFIDENCE);

/**
 * The evidence behind a metric, by what it is:
 * a percentile, from the merged histogram (order statistics; its resolution is that of the histogram);
 * a share, from its count (Clopper-Pearson); what was read from a service is taken as it is; anything else from its rounds
 * (median, order statistics from 5 rounds up).
 * `limit` is needed for shares: how many trials it takes depends on it.
 */
export function evidenceFor(metric: Metric, histograms: readonly HistogramRecord[], limit: number): Evidence {
  const { quantile, observed } = metricKind(metric.id);
  if (observed === true) return { value: metric.value, low: metric.value, high: metric.value, n: metric.n, samplesNeeded: null, of: 'samples' };
  if (quantile !== undefined) return quantileEvidence(metric, histograms, quantile);
  if (metric.unit === 'share') return shareEvidence(metric, limit);
  return roundsEvidence(metric);
}

function quantileEvidence(metric: Metric, histograms: readonly HistogramRecord[], quantile: number): Evidence {
  const samplesNeeded = samplesForQuantile(quantile, CONFIDENCE);
  const samples = mergedSamples(histograms, metric.id.slice(0, metric.id.lastIndexOf('.')), metric.labels);
  if (samples === null) return { value: metric.value, low: null, high: null, n: metric.n, samplesNeeded, of: 'samples' };
  const ranks = quantileRanks(samples.n, quantile, CONFIDENCE);
  const atMs = (rank: number | null): number | null => (rank === null ? null : samples.at(rank) / 1_000);
  return { value: metric.value, low: atMs(ranks.low), high: atMs(ranks.high), n: samples.n, samplesNeeded, of: 'samples' };
}

function shareEvidence(metric: Metric, limit: number): Evidence {
  const events = Math.round(metric.value * metric.n);
  const room = metric.better === 'lower' ? limit : 1 - limit;
  if (metric.n <= 0) return { value: metric.value, low: null, high: null, n: 0, samplesNeeded: 1, of: 'samples' };
  // A limit of none at all is a count, not an estimate: one failure breaks it, and no number of trials could prove it.
  if (room <= 0) return { value: metric.value, low: metric.value, high: metric.value, n: metric.n, samplesNeeded: null, of: 'samples' };
  return { value: metric.value, ...shareInterval(events, metric.n, CONFIDENCE), n: metric.n, samplesNeeded: room >= 1 ? 1 : samplesForQuantile(1 - room, CONFIDENCE), of: 'samples' };
}

function roundsEvidence(metric: Metric): Evidence {
  const rounds = metric.rounds.filter((each) => each !== null);
  if (rounds.length < ROUNDS_FOR_INTERVAL) return { value: metric.value, low: metric.value, high: metric.value, n: metric.n, samplesNeeded: null, of: 'rounds' };
  const sorted = [...rounds].sort((a, b) => a - b);
  const ranks = quantileRanks(sorted.length, 0.5, CONFIDENCE);
  const at = (rank: number | null): number | null => (rank === null ? null : (sorted[rank - 1] ?? null));
  return { value: median(sorted), low: at(ranks.low), high: at(ranks.high), n: metric.n, samplesNeeded: null, of: 'rounds' };
}
