import type { Metric, WorkloadRecord } from '../../../record/schema.ts';
import { formatLabels, formatMaybe } from '../../values.ts';
import type { Budget } from '../budget.ts';
import { said, table } from '../parts.ts';
import { html, type Html } from '../template.ts';

/** Where a column comes from: the metric of a request, and what stands there for whole iterations. */
const COLUMNS: readonly { title: string; id: string; ofIteration?: string }[] = [
  { title: 'p50', id: 'latency.p50', ofIteration: 'iteration.p50' },
  { title: 'p95', id: 'latency.p95', ofIteration: 'iteration.p95' },
  { title: 'p99', id: 'latency.p99', ofIteration: 'iteration.p99' },
  { title: 'first byte p95', id: 'firstByte.p95' },
  { title: 'connect p95', id: 'connect.p95' },
  { title: 'TLS p95', id: 'tls.p95' },
  { title: 'completed', id: 'throughput', ofIteration: 'iteration.throughput' },
  { title: 'received', id: 'throughput.received' },
  { title: 'failed', id: 'errors.rate', ofIteration: 'iteration.errors.rate' },
];

/** Each request, step and flow of a workload with its figures side by side; columns that nobody has a figure for are left out. */
export function requestFigures({ metrics }: WorkloadRecord, budget: Budget): Html {
  const rows = [...rowsOf(metrics.filter(({ id }) => id === 'throughput'), 'request', ({ id }) => id), ...rowsOf(metrics.filter(({ id }) => id === 'iteration.throughput'), 'whole flow', ({ ofIteration }) => ofIteration)];
  const columns = COLUMNS.map((column, index) => ({ title: column.title, figures: rows.map(({ ids }) => ids[index]) })).filter(({ figures }) => figures.some((figure, row) => find(rows[row]?.labels, figure) !== undefined));
  if (rows.length === 0 || columns.length === 0) return html``;
  return html`<h3>Requests</h3>${table(
    [{ title: 'request', role: 'title' }, ...columns.map(({ title }) => ({ title, numeric: true }))],
    rows.map(({ name, labels }, row) => [
      said(name, budget),
      ...columns.map(({ figures }) => {
        const metric = find(labels, figures[row]);
        return metric === undefined ? '–' : formatMaybe(metric.value, metric.unit);
      }),
    ]),
    budget,
  )}`;

  function find(labels: Metric['labels'] | undefined, id: string | undefined): Metric | undefined {
    return id === undefined || labels === undefined ? undefined : metrics.find((metric) => metric.id === id && formatLabels(metric.labels) === formatLabels(labels));
  }
}

function rowsOf(each: readonly Metric[], unnamed: string, id: (column: (typeof COLUMNS)[number]) => string | undefined): { name: string; labels: Metric['labels']; ids: (string | undefined)[] }[] {
  return each.map(({ labels }) => ({ name: formatLabels(labels) || unnamed, labels, ids: COLUMNS.map(id) }));
}
