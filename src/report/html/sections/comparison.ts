import type { ComparisonVerdict, RunRecord } from '../../../record/schema.ts';
import { approveCommand } from '../../approve-command.ts';
import { changeMark } from '../../marks.ts';
import { allComparisons, changedSince, notComparedSentences, otherSide, type PlacedComparison } from '../../run-view.ts';
import { formatChange, formatChangeInterval, formatMaybe, formatNumberOrDash, metricPhrase, plural } from '../../values.ts';
import type { Budget } from '../budget.ts';
import { folded, mark, percentOf, said, table, type ColumnSpec, type Section } from '../parts.ts';
import { html, type Html } from '../template.ts';

const ORDER: readonly ComparisonVerdict[] = ['regression', 'inconclusive', 'improved', 'same', 'advisory', 'not-measured', 'not-comparable', 'no-baseline'];
/** The scale of the drawn intervals never gets finer than this: noise should look like noise. */
const LEAST_SCALE = 0.1;

/** Change against the baseline with its interval; what could not be compared is named, never dropped. */
export function comparisonSection(record: RunRecord, budget: Budget): Section {
  const all = [...allComparisons(record)].sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict));
  const compared = all.filter(({ verdict }) => verdict !== 'no-baseline' && verdict !== 'not-comparable');
  const without = all.filter(({ verdict }) => verdict === 'no-baseline').length;
  const notCompared = html`${notComparedSentences(record).slice(0, budget.rows).map((sentence) => html`<p class="strip warn">${said(sentence, budget)}</p>`)}`;
  const other = otherSide(record);
  const widest = Math.min(1, Math.max(LEAST_SCALE, ...compared.flatMap(({ change, interval }) => [Math.abs(change ?? 0), Math.abs(interval?.low ?? 0), Math.abs(interval?.high ?? 0)])));
  const columns: ColumnSpec[] = [
    { title: 'workload' }, { title: 'metric', role: 'title' }, { title: other === null ? 'baseline' : 'against', numeric: true }, { title: 'now', numeric: true }, { title: 'change', numeric: true },
    { title: 'interval', numeric: true }, { title: 'smallest seen', numeric: true }, { title: 'verdict', role: 'outcome' },
  ];
  const rows = compared.map((each) => [
    said(each.title, budget),
    html`<span title="${said(each.sentence, budget)}">${said(metricPhrase(each.metric), budget)}</span>`,
    formatMaybe(each.baseline, each.unit),
    formatMaybe(each.current, each.unit),
    html`<b>${formatChange(each.change)}</b>`,
    html`${formatChangeInterval(each.interval)}${forest(each, widest)}`,
    each.smallestDetectable === null ? '–' : each.unit === 'share' ? `±${Number((100 * each.smallestDetectable).toPrecision(3))} points` : formatChange(each.smallestDetectable).replace('+', '±'),
    html`${mark(changeMark(each))}${each.pValue !== null && each.suspected && html` <small>p = ${formatNumberOrDash(each.pValue)}</small>`}`,
  ]);
  const sessions = Math.max(0, ...compared.map((each) => each.sessions));
  const missing = without > 0 && html`<p class="note">${plural(without, 'metric')} without a baseline on this machine: figures of another machine are not compared. Approve a good run with <code>${said(approveCommand(record, '"…"'), budget)}</code>.</p>`;
  const since = changedSince(record).slice(0, budget.rows);
  const changed = since.length > 0 && html`<p class="strip">Changed since the baseline: ${since.map((each) => said(each, budget)).join('; ')}.</p>`;
  return {
    id: 'changes',
    title: other === null ? 'Change against the baseline' : 'Change against the other side',
    tone: compared.some((each) => changeMark(each).tone === 'bad') ? 'bad' : undefined,
    body:
      all.length === 0
        ? html`<p class="note">Nothing was compared in this run.</p>`
        : html`${notCompared}${changed}${missing}${rows.length > 0 && html`${table(columns, rows, budget, compared.map((each) => (changeMark(each).tone === 'bad' ? 'bad' : undefined)))}
<p class="note">Compared with ${other === null ? plural(sessions, 'stored session') : html`<b>${said(other, budget)}</b>, measured in turns in the same session`}. The bar is the interval of the change and the dot its estimate, on a scale of ±${Math.round(widest * 100)} %; “smallest seen” is the least change this comparison would have found.</p>`}${without > 0 && rows.length > 0 && folded('Metrics without a baseline', html`<p>${all.filter(({ verdict }) => verdict === 'no-baseline').slice(0, budget.rows).map(({ title, metric }) => said(`${title}: ${metricPhrase(metric)}`, budget)).join(' · ')}</p>`)}`,
    charts: [],
  };
}

/** The interval as a bar around zero. */
function forest(each: PlacedComparison, widest: number): Html | undefined {
  if (each.change === null) return undefined;
  const place = (change: number): number => (Math.min(widest, Math.max(-widest, change)) / widest + 1) / 2;
  const low = place(each.interval?.low ?? each.change);
  const high = place(each.interval?.high ?? each.change);
  return html`<span class="forest ${changeMark(each).tone}" aria-hidden="true"><i class="range" style="left:${percentOf(low)}%;width:${percentOf(high - low)}%"></i><i class="dot" style="left:${percentOf(place(each.change))}%"></i></span>`;
}
