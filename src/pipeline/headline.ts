import { metricKind } from '../record/metrics.ts';
import { plural } from '../record/phrases.ts';
import type { Metric } from '../record/schema.ts';
import { formatMs, formatNumber, formatShare } from '../units.ts';

/** What a watcher wants to see first of each kind of workload, in this order. */
const LEADING = ['completion.p50', 'batch.makespan', 'latency.p95', 'k6.p95', 'encode.wall', 'throughput', 'errors.rate'] as const;

/** One round in a few words: `p95 latency 3.2 ms, throughput 40/s`. Pure. */
export function headline(metrics: readonly Metric[], round: number): string {
  const checks = metrics.find(({ id }) => id === 'checks.failed');
  if (checks !== undefined) return checks.value === 0 ? `${plural(checks.n, 'check')} passed` : `${checks.value} of ${plural(checks.n, 'check')} failed`;
  const parts: string[] = [];
  for (const id of LEADING) {
    for (const metric of metrics.filter((each) => each.id === id)) {
      const value = metric.rounds[round];
      if (value === null || value === undefined || (id === 'errors.rate' && value === 0)) continue;
      if (id === 'encode.wall' && metric.labels['concurrency'] !== undefined) continue;
      // Parts of a metric of k6 with one tag are in the reports.
      if (metric.labels['metric']?.includes('{') === true) continue;
      const label = metric.labels['encoder'] ?? metric.labels['request'] ?? metric.labels['step'];
      const of = id === 'k6.p95' ? ` ${metric.labels['metric'] ?? ''}` : '';
      parts.push(`${label === undefined ? '' : `${label} `}${metricKind(id).title}${of} ${formatValue(value, metric.unit)}`);
    }
  }
  return parts.slice(0, 3).join(', ') || 'nothing measured';
}

function formatValue(value: number, unit: Metric['unit']): string {
  if (unit === 'ms') return formatMs(value);
  if (unit === 'share') return formatShare(value);
  return unit === '1/s' ? `${formatNumber(value)}/s` : formatNumber(value);
}
