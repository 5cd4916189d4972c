import type { HttpDetail, HttpSeries, WorkloadRecord } from '../../../record/schema.ts';
import { metricPhrase, formatCount, formatLabels, formatMaybe, formatValue, plural } from '../../values.ts';
import { formatShare } from '../../../units.ts';
import type { Budget } from '../budget.ts';
import { figure } from '../chart.ts';
import { delayChart, failureChart, latencyChart, rateChart, spectrumChart, timeline, utilisationChart } from '../http-charts.ts';
import { facts, said, table } from '../parts.ts';
import { observedLanes } from '../observed-charts.ts';
import { requestFigures } from './http-figures.ts';
import { generators } from './k6-generators.ts';
import { html, type Html } from '../template.ts';
import type { Chart } from '../chart.ts';

const TILES = ['latency.p50', 'latency.p95', 'latency.p99', 'throughput', 'errors.rate', 'iteration.p50', 'iteration.p95', 'iteration.p99', 'iteration.throughput', 'iteration.errors.rate'];

/** A workload of requests: figures, latency and rates over time, the tail, failures by cause, the generator's health. */
export function httpBody(workload: WorkloadRecord, series: HttpSeries, detail: HttpDetail, id: string, budget: Budget): { body: Html; charts: Chart[] } {
  const time = timeline(series, budget);
  const thinned = time.secondsPerPoint > 1 ? `Each point is the worst of ${time.secondsPerPoint} seconds.` : 'One point a second.';
  const anyFailure = series.rounds.some(({ windows }) => windows.some(({ failed, dropped }) => failed + dropped > 0));
  const latency = figure(latencyChart(time, workload.sla, id), 'Latency', `${detail.model === 'open' ? 'From the intended start of each request.' : 'Closed loop: from each send, so stalls are under-counted.'} ${thinned}`, budget);
  const rate = figure(rateChart(time, workload.sla, id), 'Rate', 'Offered, sent and completed, per second.', budget);
  const spectrum = figure(spectrumChart(workload, series, id, budget), 'Percentile spectrum', 'Every tenfold step to the right is one more nine.', budget);
  const failures = anyFailure
    ? figure(failureChart(time, id), 'Failures', 'Per second: answered wrongly or not at all, and dropped before sending.', budget)
    : { body: html`<figure class="chart"><figcaption><b>Failures</b></figcaption><p class="fine">No request failed and none was dropped.</p></figure>`, charts: [] };
  const delay = figure(delayChart(time, id), 'Generator: lag', 'How late requests left and how late the event loop was.', budget);
  const utilisation = figure(utilisationChart(time, id), 'Generator: load', 'Above 90 % the generator itself is the bottleneck.', budget);
  const drawn = [latency, spectrum, ...observedLanes(workload, id, budget), rate, failures, delay, utilisation];
  return {
    body: html`${tiles(workload)}
<div class="charts">${drawn.map(({ body }) => body)}</div>
${requestFigures(workload, budget)}
${requests(detail, budget)}
${generators(detail.segments ?? [], budget)}`,
    charts: drawn.flatMap(({ charts }) => charts),
  };
}

function tiles(workload: WorkloadRecord): Html {
  const shown = TILES.flatMap((id) => workload.metrics.filter((metric) => metric.id === id && Object.keys(metric.labels).length === 0));
  if (shown.length === 0) return html``;
  return html`<ul class="tiles">${shown.map((metric) => html`<li><span>${metricPhrase(metric.id)}</span><b>${formatValue(metric.value, metric.unit)}</b>${/^(latency|iteration)\.p/.test(metric.id) && html`<small>${formatCount(metric.n)} samples</small>`}</li>`)}</ul>`;
}

/** Counts, status codes and failures by cause. */
export function requests(detail: Pick<HttpDetail, 'requests'>, budget: Budget): Html {
  if (detail.requests.length === 0) return html``;
  const statuses = (request: HttpDetail['requests'][number]): string =>
    Object.entries(request.statuses).sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, budget.rows).map(([status, count]) => `${said(status, { text: 40 })}: ${formatCount(count)}`).join(' · ') || 'none';
  const groups = detail.requests.flatMap((request) => request.errors.map((error) => ({ request, error }))).sort((a, b) => b.error.count - a.error.count);
  return html`${detail.requests.slice(0, budget.rows).map((request) => facts([
    ...(Object.keys(request.labels).length > 0 ? [['request', said(formatLabels(request.labels), budget)] as const] : []),
    ['sent', formatCount(request.sent)],
    ['completed', formatCount(request.completed)],
    ['failed', request.failed === 0 ? '0' : `${formatCount(request.failed)} (${formatShare(request.failed / Math.max(1, request.sent))})`],
    ['status codes', statuses(request)],
  ]))}
${groups.length === 0
    ? undefined
    : html`<h3>Failures by cause</h3>${table(
        [{ title: 'cause' }, { title: 'count', numeric: true }, { title: 'share of sent', numeric: true }, { title: 'example', role: 'prose' }],
        groups.map(({ request, error }) => [
          said([formatLabels(request.labels), error.kind].filter((part) => part !== '').join(': '), budget),
          formatCount(error.count),
          formatMaybe(error.count / Math.max(1, request.sent), 'share'),
          html`<code>${said(error.example, budget)}</code>`,
        ]),
        budget,
      )}<p class="note">${plural(groups.length, 'cause')}, the first of each kind as the example.</p>`}`;
}
