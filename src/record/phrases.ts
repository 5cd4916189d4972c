import { formatBytes, formatMs, formatNumber, formatShare } from '../units.ts';
import { METRICS } from './metrics.ts';
import type { Labels, Unit } from './schema.ts';

/** How a record's figures and names are written in sentences: the same words wherever they appear. */

/** A figure with its unit: `12.4 ms`, `50/s`, `1.20 %`, `2.31 MB`, `1.85x`. */
export function formatValue(value: number, unit: Unit): string {
  switch (unit) {
    case 'ms':
      return formatMs(value);
    case 'share':
      return formatShare(value);
    case 'bytes':
      return formatBytes(value);
    case 'bytes/s':
      return `${formatBytes(value)}/s`;
    case '1/s':
      return `${formatNumber(value)}/s`;
    case '1/h':
      return `${formatNumber(value)}/h`;
    case 'x':
      return `${formatNumber(value)}x`;
    case 'bit/s':
      return value >= 1e6 ? `${formatNumber(value / 1e6)} Mbit/s` : `${formatNumber(value / 1e3)} kbit/s`;
    case 'fps':
    case 'dB':
    case 'J':
    case 'W':
      return `${formatNumber(value)} ${unit}`;
    case 'ratio':
    case 'score':
    case 'count':
      return formatNumber(value);
  }
}

/** `{encoder: 'libx264', concurrency: '2'}` → `libx264, 2 at once`; a metric of k6 is its own name; empty without labels. */
export function formatLabels(labels: Labels): string {
  const { encoder, metric, concurrency, ...others } = labels;
  const parts = [encoder, metric, concurrency === undefined ? undefined : `${concurrency} at once`, ...Object.entries(others).map(([key, value]) => `${key} ${value}`)];
  return parts.filter((part) => part !== undefined).join(', ');
}

/** `p95 latency`, `encode time (libx264, 2 at once)`. */
export function metricPhrase(metric: { id: string; labels: Labels }): string {
  const read = observedPhrase(metric);
  if (read !== null) return read;
  const labels = formatLabels(metric.labels);
  const title = METRICS[metric.id]?.title ?? metric.id;
  return labels === '' ? title : `${title} (${labels})`;
}

/** What was read from a service goes by the name the scenario gave it: `max queue-length`, `cache-hits` for a ratio; null for anything else. */
export function observedPhrase({ id, labels }: { id: string; labels: Labels }): string | null {
  const { series, take } = labels;
  if (METRICS[id]?.observed !== true || series === undefined) return null;
  return take === undefined || take === 'ratio' ? series : `${take} ${series}`;
}

/** A share as a whole percentage, with one digit where it is small: `32 %`, `4.3 %`. */
export function formatPercent(share: number): string {
  const percent = Math.abs(share) * 100;
  return `${percent >= 9.95 ? Math.round(percent).toLocaleString('en-US') : Number(percent.toPrecision(2))} %`;
}

/** `1 session`, `3 sessions` */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}
