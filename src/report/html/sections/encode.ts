import type { EncodeDetail, EncodeSeries, WorkloadRecord } from '../../../record/schema.ts';
import { formatBytes, formatMs, formatNumber } from '../../../units.ts';
import { analysisTables } from '../../encode-analysis.ts';
import { encodeColumns, encodeRows, formatFigure } from '../../encode-rows.ts';
import { formatCount, plural } from '../../values.ts';
import type { Budget } from '../budget.ts';
import { figure, type Chart } from '../chart.ts';
import { batches, fpsChart, nearestRank, type BatchView } from '../encode-charts.ts';
import { facts, folded, listing, meter, said, table } from '../parts.ts';
import { html, type Html } from '../template.ts';
import { gantt, jobBars } from './jobs.ts';
import { speedQuality } from './speed-quality.ts';

/** Encodes: the encoders side by side, frame rate over time, each job, the batch as a Gantt, what failed. */
export function encodeBody(workload: WorkloadRecord, series: EncodeSeries, detail: EncodeDetail, id: string, budget: Budget): { body: Html; charts: Chart[] } {
  const groups = batches(series);
  const batch = groups.some(({ jobs }) => jobs.length > 1);
  // Frame rates are followed for single encodes; a batch has its Gantt.
  const fps = batch && series.progress.length === 0 ? undefined : figure(fpsChart(series, id, budget), 'Frames per second', 'While encoding: median of the rounds, the band is their range.', budget);
  return {
    body: html`${clip(detail, budget)}
${comparison(workload, budget)}
${detail.analysis !== undefined && speedQuality(detail.analysis, budget)}
${analysisTables(workload).map((each) => {
      const drawn = html`${table(each.columns.map((title, at) => ({ title: title.replace(/:$/, ''), numeric: title.endsWith(':'), ...(at > 0 && !title.endsWith(':') ? { role: 'prose' as const } : {}) })), each.rows.map((row) => row.map((cell) => said(cell, budget))), budget)}<p class="note">${said(each.note, budget)}</p>`;
      return each.rank === 'main' ? html`<h3>${said(each.title, budget)}</h3>${drawn}` : folded(said(each.title, budget), drawn);
    })}
${series.jobs.length > 0 && html`<div class="charts">${fps?.body}${jobBars(groups, budget)}</div>`}
${batch && html`${detail.analysis === undefined && jobTable(groups, budget)}${gantt(groups, budget)}`}
${failures(series, budget)}
${detail.commands.length > 0 && folded('ffmpeg commands', html`${detail.commands.slice(0, budget.rows).map(({ encoder, command }) => html`<p><b>${said(encoder, budget)}</b></p>${listing(said(command, { text: budget.text * 2 }))}`)}`)}`,
    charts: series.jobs.length > 0 ? (fps?.charts ?? []) : [],
  };
}

function clip(detail: EncodeDetail, budget: Budget): Html {
  const { name, width, height, framesPerSecond, frames, durationMs, bytes, codec, sha256 } = detail.clip;
  return facts([
    ['clip', said(name, budget)],
    ['picture', `${width} × ${height}, ${formatNumber(framesPerSecond)} fps`],
    ['length', `${formatMs(durationMs)}, ${formatCount(frames)} frames`],
    ['input', `${said(codec, budget)}, ${formatBytes(bytes)}`],
    ['sha256', html`<code>${said(sha256, budget).slice(0, 16)}</code>`],
  ]);
}

function comparison(workload: WorkloadRecord, budget: Budget): Html {
  const rows = encodeRows(workload);
  const columns = encodeColumns(rows);
  if (rows.length === 0) return html`<p class="note">No encode was measured.</p>`;
  const most = (figure: 'wall' | 'size' | 'makespan'): number => Math.max(...rows.map((row) => row.figures[figure] ?? 0), 1e-9);
  return table(
    [{ title: 'encoder' }, { title: 'at once', numeric: true }, ...columns.map(({ title }) => ({ title, numeric: true }))],
    rows.map((row) => [
      said(row.encoder, budget),
      said(row.concurrency, { text: 20 }),
      ...columns.map(({ figure }) => {
        const value = row.figures[figure];
        const drawn = rows.length > 1 && value !== null && (figure === 'wall' || figure === 'size' || figure === 'makespan') && meter(value / most(figure));
        return html`${formatFigure(row, figure)}${drawn}`;
      }),
    ]),
    budget,
  );
}

/** Averages hide the slowest worker: shown here. */
function jobTable(groups: readonly BatchView[], budget: Budget): Html {
  return html`<h3>Jobs of the batch</h3>${table(
    [{ title: 'encoder' }, { title: 'at once', numeric: true }, { title: 'jobs', numeric: true }, { title: 'p50', numeric: true }, { title: 'p95', numeric: true }, { title: 'slowest', numeric: true }, { title: 'peak memory', numeric: true }, { title: 'failed', numeric: true }],
    groups.map(({ encoder, concurrency, all }) => {
      const walls = all.filter(({ failure }) => failure === null).map(({ wallMs }) => wallMs);
      const time = (quantile: number): string => {
        const value = nearestRank(walls, quantile);
        return value === null ? '–' : formatMs(value);
      };
      const memory = all.map(({ peakMemoryBytes }) => peakMemoryBytes).filter((value) => value !== null);
      const p95 = walls.length < 20 ? 'too few, needs 20' : time(0.95);
      return [said(encoder, budget), concurrency, formatCount(all.length), time(0.5), p95, time(1), memory.length === 0 ? '–' : formatBytes(Math.max(...memory)), formatCount(all.length - walls.length)];
    }),
    budget,
  )}`;
}

function failures(series: EncodeSeries, budget: Budget): Html {
  const causes = new Map<string, { cause: string; message: string; remedy: string; count: number }>();
  for (const { failure } of series.jobs) {
    if (failure === null) continue;
    const known = causes.get(failure.cause) ?? { ...failure, count: 0 };
    known.count += 1;
    causes.set(failure.cause, known);
  }
  if (causes.size === 0) return html``;
  return html`<h3>${plural([...causes.values()].reduce((sum, { count }) => sum + count, 0), 'encode')} failed</h3>${table(
    [{ title: 'cause' }, { title: 'count', numeric: true }, { title: 'example', role: 'prose' }, { title: 'remedy', role: 'prose' }],
    [...causes.values()].map(({ cause, count, message, remedy }) => [said(cause, budget), formatCount(count), said(message, budget), said(remedy, budget)]),
    budget,
  )}`;
}
