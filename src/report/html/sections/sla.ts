import type { RunRecord } from '../../../record/schema.ts';
import { slaMark, slaWords } from '../../marks.ts';
import { allSla, type PlacedSla } from '../../run-view.ts';
import { formatCount, formatInterval, formatLimit, formatMargin, formatMaybe } from '../../values.ts';
import type { Budget } from '../budget.ts';
import { mark, meter, said, table, type ColumnSpec, type Section } from '../parts.ts';
import { html } from '../template.ts';

/** Every limit with what was measured; worst first, so that a long list needs no scrolling to find the breach. */
export function slaSection(record: RunRecord, budget: Budget): Section {
  const order = ['bad', 'warn', 'muted', 'good'];
  const results = [...allSla(record)].sort((a, b) => order.indexOf(slaMark(a).tone) - order.indexOf(slaMark(b).tone));
  const rows = results.map((result) => [
    said(result.title, budget),
    html`<span title="${said(result.sentence, budget)}">${said(result.phrase, budget)}</span>`,
    formatLimit(result),
    html`<b>${formatMaybe(result.actual, result.unit)}</b>`,
    html`${formatMargin(result)}${used(result)}`,
    formatCount(result.n),
    result.interval === null ? '–' : html`<span title="${Math.round(result.interval.confidence * 100)} % interval">${formatInterval(result.interval, result.unit)}</span>`,
    mark(slaMark(result), slaWords(result)),
  ]);
  const columns: ColumnSpec[] = [
    { title: 'workload' }, { title: 'metric', role: 'title' }, { title: 'limit', numeric: true }, { title: 'actual', numeric: true },
    { title: 'margin', numeric: true }, { title: 'samples', numeric: true }, { title: 'interval', numeric: true }, { title: 'verdict', role: 'outcome' },
  ];
  const tones = results.map((result) => slaMark(result).tone);
  return {
    id: 'sla',
    title: 'SLA',
    tone: order.map((tone) => tones.find((each) => each === tone)).find((tone) => tone !== undefined),
    body: rows.length === 0 ? html`<p class="note">The scenarios set no limits.</p>` : table(columns, rows, budget, tones.map((tone) => (tone === 'bad' ? tone : undefined))),
    charts: [],
  };
}

/** How much of the limit is used up. */
function used(result: PlacedSla): ReturnType<typeof meter> | undefined {
  if (result.actual === null || result.limit === 0 || result.unit === 'share') return undefined;
  const share = result.operator === '<=' ? result.actual / result.limit : result.limit / result.actual;
  return meter(share, slaMark(result).tone);
}
