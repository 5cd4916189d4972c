import type { WorkloadRecord } from '../../../record/schema.ts';
import { observedRows } from '../../observed-rows.ts';
import type { Budget } from '../budget.ts';
import { said, table } from '../parts.ts';
import { html, type Html } from '../template.ts';

/** What the service said of itself: figure, range, where it comes from. */
export function observedTable(workload: WorkloadRecord, budget: Budget): Html {
  const rows = observedRows(workload);
  if (rows.length === 0) return html``;
  return html`<h3>Read from the service</h3>${table(
    [{ title: 'series', role: 'title' }, { title: 'figure', numeric: true }, { title: 'lowest', numeric: true }, { title: 'highest', numeric: true }, { title: 'query', role: 'prose' }, { title: 'note', role: 'prose' }],
    rows.map(({ name, take, figure, lowest, highest, query, notes }) => [html`${said(name, budget)} <small>${take}</small>`, html`<b>${figure}</b>`, lowest, highest, html`<code>${said(query, budget)}</code>`, said(notes.join('; '), budget)]),
    budget,
  )}`;
}
