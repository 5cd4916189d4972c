import { checkMark, workloadMark } from '../../marks.ts';
import type { WorkloadView } from '../../run-view.ts';
import { formatValue, metricPhrase } from '../../values.ts';
import { metricKey } from '../../../record/metrics.ts';
import type { Budget } from '../budget.ts';
import type { Chart } from '../chart.ts';
import { folded, mark, said, table, type Section } from '../parts.ts';
import { html, type Html } from '../template.ts';
import type { WorkloadRecord } from '../../../record/schema.ts';
import { checkBody } from './check.ts';
import { encodeBody } from './encode.ts';
import { httpBody } from './http.ts';
import { jobBody } from './job.ts';
import { k6Body } from './k6.ts';
import { observedTable } from './observed.ts';
import { observedLanes } from '../observed-charts.ts';

const MOST_ROUNDS = 20;

/** One workload of whatever kind, under its name. */
export function workloadSection(view: WorkloadView, id: string, budget: Budget): Section {
  const { workload } = view;
  const { body, charts } = bodyOf(workload, id, budget);
  // Under the latency of requests they stand among its charts.
  const lanes = workload.detail.kind === 'http' ? [] : observedLanes(workload, id, budget);
  const bad = (workload.detail.kind === 'check' && workload.detail.checks.some((each) => checkMark(each).tone === 'bad')) || workload.validity.status === 'invalid' || workload.sla.some(({ verdict, severity }) => verdict === 'breach' && severity === 'critical') || workload.comparison.some(({ verdict }) => verdict === 'regression');
  const status = workload.status === 'measured' ? undefined : mark(workloadMark(workload.status));
  return {
    id,
    title: said(view.title, { text: 120 }),
    subtitle: subtitleOf(workload.detail),
    tone: bad ? 'bad' : workload.status === 'measured' ? undefined : workloadMark(workload.status).tone,
    body: html`${status !== undefined && html`<p>${status}</p>`}
${workload.testDouble === true && html`<p class="strip warn">Measured on a stand-in for the real device: these figures are no results and never become a baseline.</p>`}
${workload.validity.status === 'invalid' && html`<p class="strip bad">This measurement is invalid: see the warnings for the reason. Its figures say nothing about the system under test.</p>`}
${body}
${lanes.length > 0 && html`<div class="charts">${lanes.map((lane) => lane.body)}</div>`}
${observedTable(workload, budget)}
${rounds(workload, budget)}`,
    charts: [...charts, ...lanes.flatMap((lane) => lane.charts)],
  };
}

function subtitleOf(detail: WorkloadRecord['detail']): string {
  switch (detail.kind) {
    case 'http':
      return `${detail.model} loop, ${said(detail.engine, { text: 40 })}`;
    case 'job':
      return `jobs, ends told by ${detail.seenBy === 'poll' ? 'polls' : 'webhook'}`;
    case 'check':
      return 'checks of behaviour';
    case 'k6':
      return `k6 script ${said(detail.script, { text: 60 })}`;
    case 'encode':
      return 'encode';
  }
}

function bodyOf(workload: WorkloadRecord, id: string, budget: Budget): { body: Html; charts: Chart[] } {
  const { series, detail } = workload;
  if (workload.metrics.length === 0 && workload.status !== 'partly-measured' && detail.kind !== 'job') return { body: html`<p class="note">Nothing was measured.</p>`, charts: [] };
  if (series.kind === 'http' && detail.kind === 'http') return httpBody(workload, series, detail, id, budget);
  if (series.kind === 'http' && detail.kind === 'k6') return k6Body(workload, series, detail, id, budget);
  if (series.kind === 'encode' && detail.kind === 'encode') return encodeBody(workload, series, detail, id, budget);
  if (detail.kind === 'check') return { body: checkBody(detail, budget), charts: [] };
  if (series.kind === 'job' && detail.kind === 'job') return { body: jobBody(workload, series, budget), charts: [] };
  return { body: html``, charts: [] };
}

/** The replicates themselves: what every comparison is made from. */
function rounds(workload: WorkloadRecord, budget: Budget): Html {
  const count = Math.max(0, ...workload.metrics.map((metric) => metric.rounds.length));
  if (count === 0) return html``;
  const shown = Math.min(count, MOST_ROUNDS);
  const columns = [{ title: 'metric' }, { title: 'run', numeric: true }, ...Array.from({ length: shown }, (_, round) => ({ title: `round ${round + 1}`, numeric: true }))];
  const rows = workload.metrics.map((metric) => [
    said(metricPhrase(metricKey(metric)), budget),
    html`<b>${formatValue(metric.value, metric.unit)}</b>`,
    ...Array.from({ length: shown }, (_, round) => {
      const value = metric.rounds[round] ?? null;
      return value === null ? '–' : formatValue(value, metric.unit);
    }),
  ]);
  return folded('Every metric, round by round', html`<div class="scroll">${table(columns, rows, budget)}</div>${count > shown && html`<p class="note">The first ${shown} of ${count} rounds.</p>`}`);
}
