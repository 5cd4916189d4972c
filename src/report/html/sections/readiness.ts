import type { RunRecord } from '../../../record/schema.ts';
import { evidenceText, readinessMark, readinessViews } from '../../readiness-rows.ts';
import { plural } from '../../values.ts';
import type { Budget } from '../budget.ts';
import { anchor, folded, mark, said, table, type Section } from '../parts.ts';
import { html } from '../template.ts';

/** One page for each system: every item of its guide, with verdict, figure and evidence; what cannot be measured is listed as such. */
export function readinessSections(record: RunRecord, budget: Budget): Section[] {
  return readinessViews(record).map(({ scenario, guide, measurable, others, summary }, index) => {
    const tones = measurable.map(({ verdict }) => readinessMark(verdict).tone);
    return {
      id: anchor('readiness', index),
      title: `Readiness: ${said(scenario, { text: 80 })}`,
      subtitle: said(guide, budget),
      tone: (['bad', 'warn', 'muted'] as const).find((tone) => tones.includes(tone)) ?? 'good',
      body: html`<p class="note"><b>${summary}</b>: readiness.html beside this file is the page to sign.</p>
${table(
        [{ title: 'section' }, { title: 'item', role: 'title' }, { title: 'verdict', role: 'outcome' }, { title: 'figure', numeric: true }, { title: 'evidence', role: 'prose' }],
        measurable.map(({ section, item, verdict, figure, evidence }) => [
          said(section ?? '', budget),
          said(item, budget),
          mark(readinessMark(verdict)),
          figure === null ? '' : html`<b class="wraps">${said(figure, { text: 80 })}</b>`,
          said(evidenceText(evidence), budget),
        ]),
        budget,
        tones.map((tone) => (tone === 'bad' ? tone : undefined)),
      )}
${others.map(({ why, items }) => folded(html`Not measurable from outside: ${said(why, budget)} <small>${plural(items.length, 'item')}</small>`, html`<ul>${items.slice(0, budget.rows).map((item) => html`<li>${said(item, budget)}</li>`)}</ul>`, true))}`,
      charts: [],
    };
  });
}
