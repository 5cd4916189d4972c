import { BUDGETS } from '../html/budget.ts';
import { figure } from '../html/chart.ts';
import { pageOf } from '../html/frame.ts';
import { anchor, facts, listing, said, symbol, table, type Section } from '../html/parts.ts';
import { html, type Html } from '../html/template.ts';
import type { CapacityView } from './view.ts';

const [WHOLE] = BUDGETS;
const BUDGET = WHOLE ?? { points: 0, rows: 1_000, text: 2_000, source: 0, jobs: 0, workloads: 0 };

/** As one HTML file that needs nothing else. */
export function viewHtml(view: CapacityView): string {
  const drawn = view.charts.map(({ chart, title, note }) => figure(chart, title, note, BUDGET));
  const curves: Section[] = drawn.length === 0 ? [] : [{ id: 'curves', title: 'Curves', body: html`<div class="charts">${drawn.map(({ body }) => body)}</div>`, charts: drawn.flatMap(({ charts }) => charts) }];
  const tables = view.tables.map(({ title, columns, rows, notes }, index): Section => ({
    id: anchor('table', index),
    title,
    charts: [],
    body: html`${table(
      columns.map(({ title: name, right, role }) => ({ title: name, ...(right === true ? { numeric: true } : {}), ...(role === undefined ? {} : { role }) })),
      rows.map((row) => row.map((cell) => said(cell, BUDGET))),
      BUDGET,
    )}${notes.map((note) => html`<p class="note">${said(note, BUDGET)}</p>`)}`,
  }));
  const reproduce: Section = { id: 'reproduce', title: 'Reproduce', charts: [], body: listing(view.command) };
  return pageOf({
    title: `${view.mark.word}: ${said(view.sentence, { text: 120 })}`,
    banner: bannerOf(view),
    bannerName: 'Result',
    sections: [...curves, ...tables, reproduce],
    footer: `Made by readybench ${said(view.readybench, { text: 40 })}. All figures are in ${view.file} beside this file.`,
  });
}

function bannerOf({ title, mark, sentence, notes, facts: pairs }: CapacityView): Html {
  return html`<header class="banner ${mark.tone}" id="verdict">
<p class="brand">readybench <span>${said(title, { text: 160 })}</span></p>
<div class="verdict">${symbol(mark.tone)}<div><p class="word">${mark.word}</p><h1>${said(sentence, BUDGET)}</h1></div></div>
${notes.length > 0 && html`<ul class="reasons">${notes.map((note) => html`<li>${said(note, BUDGET)}</li>`)}</ul>`}
${facts(pairs.map(([name, value]) => [name, said(value, { text: 120 })] as const))}
</header>`;
}
