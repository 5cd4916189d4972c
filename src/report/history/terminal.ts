import type { HistoryChange, HistorySeries } from '../../record/history.ts';
import { layOut, type Cell, type Column } from '../columns.ts';
import { canvas, paragraph, type Canvas } from '../terminal/paint.ts';
import { plain, truncate } from '../text.ts';
import { formatChange, formatMaybe, metricPhrase, plural } from '../values.ts';
import { sparkline } from './sparkline.ts';

const MOST_SPARKS = 30;

/** Every series as a line: where it came from, where it is, and where it changed. Ends with a line break. */
export function renderHistory(series: readonly HistorySeries[], options: { color: boolean; width: number }): string {
  const on = canvas(options);
  const columns: Column[] = [
    { title: 'metric' },
    { title: 'oldest → newest' },
    { title: 'runs', align: 'right', keep: 1 },
    { title: 'first', align: 'right', keep: 2 },
    { title: 'last', align: 'right' },
    { title: 'change', align: 'right' },
    { title: 'changed', keep: 3 },
  ];
  const blocks = grouped(series).map(({ heading, own }) => {
    const { heading: titles, lines } = layOut(columns, own.map((each) => rowOf(on, each)), on.width - 2);
    const named = own.flatMap(({ workload }, index) => [...(own[index - 1]?.workload === workload ? [] : [truncate(plain(workload), on.width)]), `  ${lines[index] ?? ''}`]);
    return [on.bold(truncate(heading, on.width)), on.dim(`  ${titles}`), ...named].join('\n');
  });
  const changes = series.flatMap((each) => each.changes.flatMap((change) => paragraph(on, sentenceOf(each, change), 2, 2)));
  return `${[...blocks, ...(changes.length === 0 ? [] : [[on.bold('Change points'), ...changes].join('\n')])].join('\n\n')}\n`;
}

/** One block for each scenario as it was measured in one way. */
export function grouped(series: readonly HistorySeries[]): { heading: string; own: HistorySeries[] }[] {
  const groups = new Map<string, HistorySeries[]>();
  for (const each of series) {
    const heading = plain(`${each.scenario}  profile ${each.profile}, target ${each.target ?? 'none'}`);
    groups.set(heading, [...(groups.get(heading) ?? []), each]);
  }
  return [...groups].map(([heading, own]) => ({ heading, own }));
}

/** `health: p95 latency went from 2.90 ms to 3.80 ms (+31.0 %) with run 20260131T…, commit 9f2c1ab (p = 0.002)` */
export function sentenceOf({ workload, metric, unit, points }: HistorySeries, { index, before, after, pValue }: HistoryChange): string {
  const first = points[index];
  const commit = first?.commit === null || first?.commit === undefined ? '' : `, commit ${first.commit.slice(0, 7)}`;
  return plain(`${workload}: ${metricPhrase(metric)} went from ${formatMaybe(before, unit)} to ${formatMaybe(after, unit)} (${formatChange(ratio(before, after))}) with run ${first?.runId ?? ''}${commit} (p = ${Number(pValue.toPrecision(1))})`);
}

/** Change from one figure to another; null where there is no ratio. */
export function ratio(before: number, after: number): number | null {
  return before === 0 ? null : after / before - 1;
}

function rowOf(on: Canvas, { metric, unit, better, points, changes }: HistorySeries): Cell[] {
  const values = points.map(({ value }) => value);
  const [first = 0, last = 0] = [values[0], values.at(-1)];
  const change = values.length < 2 ? null : ratio(first, last);
  const latest = changes.at(-1);
  const worse = latest !== undefined && (better === 'lower' ? latest.after > latest.before : latest.after < latest.before);
  return [
    plain(metricPhrase(metric)),
    sparkline(values.slice(-MOST_SPARKS)),
    plural(points.length, 'run'),
    formatMaybe(first, unit),
    formatMaybe(last, unit),
    formatChange(change),
    latest === undefined ? '' : { text: `${worse ? 'worse' : 'better'} since ${points[latest.index]?.startedAt.slice(0, 10) ?? ''}`, paint: (text) => on.tone(worse ? 'bad' : 'good', text) },
  ];
}
