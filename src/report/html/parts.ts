import type { Mark, Tone } from '../marks.ts';
import { plain, truncate } from '../text.ts';
import { plural } from '../values.ts';
import type { Budget } from './budget.ts';
import type { Chart } from './chart.ts';
import { html, type Html, type HtmlValue } from './template.ts';

/** The building blocks every section is made of. */

export interface Section {
  id: string;
  title: string;
  /** Beside the title, smaller. */
  subtitle?: string;
  /** Shown beside the title in the list of contents. */
  tone?: Tone | undefined;
  body: Html;
  charts: readonly Chart[];
}

export interface ColumnSpec {
  title: string;
  numeric?: boolean;
  /** prose: takes the room that is left. title: names the row together with the first column. outcome: what the row comes to. */
  role?: 'prose' | 'title' | 'outcome';
}

/** A symbol that differs by shape, not by colour alone, with its word beside it. */
export function mark(value: Mark, words: string = value.word): Html {
  return html`<span class="mark ${value.tone}">${symbol(value.tone)}${words}</span>`;
}

export function symbol(tone: Tone): Html {
  return html`<svg class="sym" viewBox="0 0 16 16" aria-hidden="true"><use href="#sym-${tone}"/></svg>`;
}

/** A table that turns into cards on a narrow screen; its cells carry their headings for that. */
export function table(columns: readonly ColumnSpec[], rows: readonly (readonly HtmlValue[])[], budget: Pick<Budget, 'rows'>, tones: readonly (Tone | undefined)[] = []): Html {
  const kind = (column: ColumnSpec | undefined): string => (column?.numeric === true ? 'num' : (column?.role ?? ''));
  const rest = rows.length - budget.rows;
  return html`<table class="cards"><thead><tr>${columns.map((column) => html`<th scope="col" class="${kind(column)}">${column.title}</th>`)}</tr></thead>
<tbody>${rows.slice(0, budget.rows).map((row, at) => html`<tr class="${tones[at]}">${row.map((cell, index) => html`<td class="${kind(columns[index])}" data-label="${columns[index]?.title}"><span>${cell}</span></td>`)}</tr>
`)}</tbody></table>${rest > 0 && html`<p class="note">${plural(rest, 'more row')} in result.json.</p>`}`;
}

/** Facts as pairs. */
export function facts(pairs: readonly (readonly [string, HtmlValue])[]): Html {
  return html`<dl class="facts">${pairs.map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>`;
}

export function folded(summary: HtmlValue, body: Html, open = false): Html {
  return open ? html`<details open><summary>${summary}</summary>${body}</details>` : html`<details><summary>${summary}</summary>${body}</details>`;
}

/** A command or a file to be copied: wraps, never scrolls the page. */
export function listing(text: string): Html {
  return html`<pre tabindex="0"><code>${text}</code></pre>`;
}

/** A bar as long as a share of the longest; shares outside 0 to 1 are cut. */
export function meter(share: number, tone: Tone | 'plain' = 'plain'): Html {
  return html`<span class="meter ${tone}" aria-hidden="true"><i style="width:${percentOf(share)}%"></i></span>`;
}

/** A share as a percentage for a style, always a finite number from 0 to 100. */
export function percentOf(share: number): string {
  const bounded = Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0;
  return (bounded * 100).toFixed(2).replace(/\.?0+$/, '');
}

/** Text of a service or a file on one line, no longer than the budget allows. */
export function said(text: string, budget: Pick<Budget, 'text'>): string {
  return truncate(plain(text), budget.text);
}

/** A name for an anchor that no other section has. */
export function anchor(prefix: string, index: number): string {
  return `${prefix}-${index + 1}`;
}
