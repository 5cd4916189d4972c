import type { HttpSeries, HttpWindow, SlaResult, WorkloadRecord } from '../../record/schema.ts';
import { METRICS } from '../../record/metrics.ts';
import { formatLabels, formatMaybe, parseMetricKey } from '../values.ts';
import type { Budget } from './budget.ts';
import type { Chart, ChartSeries } from './chart.ts';
import { bucketSize, envelope, firsts, short, type Worst } from './thin.ts';

/** The rounds of a load laid end to end on one axis of seconds. */
export interface Timeline {
  x: number[];
  bands: { label: string; from: number; to: number }[];
  /** Seconds behind one point. */
  secondsPerPoint: number;
  /** One value a point; null between rounds, so that no line joins them. */
  values: (key: keyof HttpWindow, worst: Worst) => (number | null)[];
  /** The same, null where requests no longer start: the last answers come in a window that is shorter than a second. */
  whileLoaded: (key: keyof HttpWindow, worst: Worst) => (number | null)[];
}

export function timeline(series: HttpSeries, budget: Budget): Timeline {
  const rounds = series.rounds.filter(({ windows }) => windows.length > 0);
  const total = rounds.reduce((sum, { windows }) => sum + windows.length, 0);
  // One point a round for the gap, and one for a bucket that is not full.
  const size = bucketSize(total, Math.max(1, budget.points - 2 * rounds.length));
  const x: number[] = [];
  const bands: Timeline['bands'] = [];
  let offset = 0;
  for (const { round, windows } of rounds) {
    if (x.length > 0) x.push(offset - 0.5);
    const seconds = windows.map(({ second }) => offset + second);
    x.push(...firsts(seconds, size));
    const end = (seconds.at(-1) ?? offset) + 1;
    bands.push({ label: `round ${round + 1}`, from: offset, to: end });
    offset = end;
  }
  const valuesOf = (of: (windows: readonly HttpWindow[]) => (number | null)[], worst: Worst): (number | null)[] =>
    rounds.flatMap(({ windows }, index) => [...(index === 0 ? [] : [null]), ...envelope(of(windows), size, worst).map(short)]);
  const values: Timeline['values'] = (key, worst) => valuesOf((windows) => windows.map((window) => window[key]), worst);
  const whileLoaded: Timeline['values'] = (key, worst) =>
    valuesOf((windows) => {
      const last = windows.findLastIndex(({ offered }) => offered > 0);
      return windows.map((window, index) => (index <= last ? window[key] : null));
    }, worst);
  return { x, bands, secondsPerPoint: size, values, whileLoaded };
}

const limitLines = (sla: readonly SlaResult[], ids: readonly string[]): { label: string; value: number }[] =>
  sla.flatMap((result) => {
    const { id, labels } = parseMetricKey(result.metric);
    if (!ids.includes(id)) return [];
    return [{ label: [`${id.split('.').at(-1)} limit`, formatMaybe(result.limit, result.unit), formatLabels(labels)].filter((part) => part !== '').join(' '), value: result.limit }];
  });

const TIME: Pick<Chart, 'axis' | 'points' | 'log'> = { axis: 'seconds', points: [], log: false };

export function latencyChart(time: Timeline, sla: readonly SlaResult[], id: string): Chart {
  const line = (key: 'p50' | 'p95' | 'p99'): ChartSeries => ({ label: key, color: key, values: time.values(key, 'max') });
  return { ...TIME, id: `${id}-latency`, group: id, unit: 'ms', height: 260, x: time.x, bands: time.bands, series: [line('p50'), line('p95'), line('p99')], limits: limitLines(sla, ['latency.p50', 'latency.p95', 'latency.p99']) };
}

export function rateChart(time: Timeline, sla: readonly SlaResult[], id: string): Chart {
  const line = (key: 'offered' | 'sent' | 'completed'): ChartSeries => ({ label: key, color: key, dashed: key === 'offered', values: time.whileLoaded(key, key === 'offered' ? 'max' : 'min') });
  return { ...TIME, id: `${id}-rate`, group: id, unit: '1/s', height: 190, x: time.x, bands: time.bands, series: [line('offered'), line('sent'), line('completed')], limits: limitLines(sla, ['throughput']) };
}

export function failureChart(time: Timeline, id: string): Chart {
  const line = (key: 'failed' | 'dropped', color: ChartSeries['color']): ChartSeries => ({ label: key, color, values: time.values(key, 'max') });
  return { ...TIME, id: `${id}-failures`, group: id, unit: '1/s', height: 190, x: time.x, bands: time.bands, series: [line('failed', 'failed'), line('dropped', 'offered')], limits: [] };
}

export function delayChart(time: Timeline, id: string): Chart {
  return {
    ...TIME, id: `${id}-delay`, group: id, unit: 'ms', height: 150, x: time.x, bands: time.bands, limits: [],
    series: [
      { label: 'dispatch lag p99', color: 'lag', values: time.whileLoaded('dispatchLagP99Ms', 'max') },
      { label: 'event-loop delay p99', color: 'delay', values: time.whileLoaded('loopDelayP99Ms', 'max') },
    ],
  };
}

export function utilisationChart(time: Timeline, id: string): Chart {
  return {
    ...TIME, id: `${id}-utilisation`, group: id, unit: 'share', height: 150, x: time.x, bands: time.bands, limits: [],
    series: [{ label: 'event-loop utilisation', color: 'lag', values: time.whileLoaded('loopUtilisation', 'max') }],
  };
}

/**
 * Latency over 1 / (1 - quantile): the tail gets as much room as the body. The limits stand at their own quantile.
 * The line ends where one sample lies beyond: farther out there is nothing that was measured.
 */
export function spectrumChart({ metrics, sla }: Pick<WorkloadRecord, 'metrics' | 'sla'>, series: HttpSeries, id: string, budget: Budget): Chart {
  const lines = series.spectrum.map(({ labels, points }) => {
    const samples = Math.max(0, ...metrics.filter((metric) => metric.id.startsWith('latency.') && formatLabels(metric.labels) === formatLabels(labels)).map(({ n }) => n));
    const last = samples > 0 ? 1 - 1 / samples : 1;
    const inside = points.filter(([quantile, latency]) => quantile >= 0 && quantile < 1 && quantile <= last && Number.isFinite(latency));
    const size = bucketSize(inside.length, Math.max(1, Math.floor(budget.points / Math.max(1, series.spectrum.length))));
    return { label: formatLabels(labels) || 'latency', points: new Map(inside.filter((_, index) => index % size === size - 1).map(([quantile, latency]) => [short(1 / (1 - quantile)) ?? 1, short(latency)])) };
  });
  const x = [...new Set(lines.flatMap(({ points }) => [...points.keys()]))].sort((a, b) => a - b);
  const known = lines.flatMap(({ points }) => [...points.values()]).filter((value) => value !== null);
  const [least, most] = [Math.min(...known), Math.max(...known)];
  return {
    id: `${id}-spectrum`, axis: 'tail', group: `${id}-spectrum`, unit: 'ms', height: 260, x, bands: [], limits: [],
    log: least > 0 && most / least > 30,
    points: sla.flatMap((result) => {
      const { id: metric, labels } = parseMetricKey(result.metric);
      const quantile = METRICS[metric]?.quantile;
      return quantile === undefined || !metric.startsWith('latency.') ? [] : [{ label: [`${metric.split('.').at(-1)} limit`, formatMaybe(result.limit, result.unit), formatLabels(labels)].filter((part) => part !== '').join(' '), x: 1 / (1 - quantile), y: result.limit }];
    }),
    series: lines.map(({ label, points }, index) => ({ label, color: lines.length === 1 ? 'p95' : `c${(index % 5) + 1}`, values: x.map((at) => points.get(at) ?? null) })),
  };
}
