import { metricKey } from '../../../record/metrics.ts';
import type { HttpSeries, K6Detail, WorkloadRecord } from '../../../record/schema.ts';
import { formatMs } from '../../../units.ts';
import { formatCount, formatMaybe, metricPhrase } from '../../values.ts';
import type { Budget } from '../budget.ts';
import { figure, type Chart } from '../chart.ts';
import { failureChart, latencyChart, rateChart, spectrumChart, timeline } from '../http-charts.ts';
import { facts, said, table } from '../parts.ts';
import { html, type Html } from '../template.ts';
import { requests } from './http.ts';
import { generators } from './k6-generators.ts';

/** A hand-written k6 script: its metrics, response times and rates over time, failures by cause, what k6 itself used. */
export function k6Body(workload: WorkloadRecord, series: HttpSeries, detail: K6Detail, id: string, budget: Budget): { body: Html; charts: Chart[] } {
  const time = timeline(series, budget);
  const drawn = [
    figure(latencyChart(time, workload.sla, id), 'Response time', 'http_req_duration, second by second: from the send, so what k6 was late is not in it.', budget),
    figure(spectrumChart(workload, series, id, budget), 'Percentile spectrum', 'Every tenfold step to the right is one more nine.', budget),
    figure(rateChart(time, workload.sla, id), 'Rate', 'Sent and answered, per second.', budget),
    figure(failureChart(time, id), 'Failures', 'Per second: answered wrongly or not at all, and iterations that were dropped.', budget),
  ];
  return {
    body: html`${trends(workload, budget)}
<div class="charts">${drawn.map(({ body }) => body)}</div>
${facts([
    ['script', said(detail.script, budget)],
    ['k6 scenarios', said(detail.executors.map(({ scenario, executor }) => `${scenario} (${executor})`).join(', ') || 'none named', budget)],
    ['iterations', `${formatCount(detail.iterations)}${detail.dropped === 0 ? '' : `, ${formatCount(detail.dropped)} dropped`}`],
  ])}
${requests(detail, budget)}
${generators(detail.segments ?? [], budget)}`,
    charts: drawn.flatMap(({ charts }) => charts),
  };
}

const LABELS = ['p50', 'p90', 'p95', 'p99'] as const;

/** Percentiles in a row for each trend, everything else below. */
function trends(workload: WorkloadRecord, budget: Budget): Html {
  const keys = [...new Set(workload.metrics.filter(({ id }) => id.startsWith('k6.p') && id !== 'k6.perSecond').map(({ labels }) => labels['metric'] ?? ''))];
  const of = (id: string, key: string): number | undefined => workload.metrics.find((metric) => metric.id === id && metric.labels['metric'] === key)?.value;
  const rows = keys.map((key) => [said(key, budget), ...LABELS.map((label) => { const value = of(`k6.${label}`, key); return value === undefined ? '–' : formatMs(value); })]);
  const others = workload.metrics.filter(({ id, labels }) => !keys.includes(labels['metric'] ?? '') || !LABELS.some((label) => id === `k6.${label}`));
  return html`${rows.length > 0 && table([{ title: 'trend' }, ...LABELS.map((label) => ({ title: label, numeric: true }))], rows, budget)}
${others.length > 0 && table([{ title: 'metric' }, { title: 'value', numeric: true }, { title: 'of', numeric: true }], others.map((metric) => [said(metricPhrase(metricKey(metric)), budget), formatMaybe(metric.value, metric.unit), formatCount(metric.n)]), budget)}`;
}
