import type { RunRecord } from '../record/schema.ts';
import { documentOf } from './html/document.ts';
import { SPRITE } from './html/frame.ts';
import { facts, listing, mark, said, symbol, table } from './html/parts.ts';
import { STYLE } from './html/style.ts';
import { html, type Html } from './html/template.ts';
import { evidenceText, NO_GUIDE, readinessMark, readinessPages, type ReadinessPage } from './readiness-rows.ts';

/** One page for each system of the run, to be read, printed and signed: no charts, no script. */
export function renderReadinessHtml(record: RunRecord): string {
  const pages = readinessPages(record);
  const [first] = pages;
  const title = first === undefined ? 'Readiness' : `${first.mark.word}: readiness of ${said(pages.map(({ view }) => view.scenario).join(', '), { text: 120 })}`;
  const body = html`${SPRITE}
${pages.length === 0 && html`<div class="sheet"><p>${NO_GUIDE}</p></div>`}
${pages.map((page, index) => html`<div class="sheet"><main>${pageOf(page, index, record.run.command)}</main></div>
`)}`;
  return documentOf({ title, style: STYLE + OWN_STYLE, scripts: [], body });
}

const BUDGET = { text: 600, rows: 400 };

const COLUMNS = [{ title: 'item' }, { title: 'verdict', role: 'outcome' as const }, { title: 'figure', numeric: true }, { title: 'evidence', role: 'prose' as const }];

function pageOf({ view, mark: verdict, sentence, doubt, facts: known, sections }: ReadinessPage, index: number, command: string): Html {
  return html`<header class="banner ${verdict.tone}" id="system-${index + 1}">
<p class="brand">readybench <span>readiness of one system</span></p>
<div class="verdict">${symbol(verdict.tone)}<div><p class="word">${verdict.word}</p><h1>${said(view.scenario, { text: 80 })}: ${sentence}</h1></div></div>
${doubt !== null && html`<p class="strip warn">${said(doubt, BUDGET)}</p>`}
<p class="guide">${said(view.guide, BUDGET)}</p>
${facts(known.map(([term, value]) => [term, said(value, { text: 160 })]))}
</header>
${sections.map(({ title, items }) => html`<section>${title !== '' && html`<h2>${said(title, BUDGET)}</h2>`}
${table(
    COLUMNS,
    items.map(({ item, verdict: own, figure, evidence }) => [said(item, BUDGET), mark(readinessMark(own)), figure === null ? '' : html`<b>${said(figure, { text: 80 })}</b>`, said(evidenceText(evidence), BUDGET)]),
    BUDGET,
    items.map(({ verdict: own }) => (readinessMark(own).tone === 'bad' ? 'bad' : undefined)),
  )}</section>
`)}
${view.others.length > 0 && html`<section><h2>Not measurable from outside <small>for people to confirm; none of these is passed</small></h2>
${view.others.map(({ why, items }) => html`<h3>${said(why, BUDGET)}</h3><ul class="boxes">${items.slice(0, BUDGET.rows).map((item) => html`<li>${said(item, BUDGET)}</li>`)}</ul>`)}</section>`}
<section class="sign"><p><span>Signed off by</span><span>Date</span></p>
<h3>Measured again by</h3>${listing(said(command, BUDGET))}<p class="note">report.html and result.json beside this file hold the evidence in full.</p></section>`;
}

const OWN_STYLE = `
.sheet{max-width:980px;margin:0 auto;padding:24px 20px 48px}
.sheet+.sheet{break-before:page}
.sheet .guide{margin:12px 0 14px 62px;color:var(--soft)}
.sheet td:first-child{width:30%}
.sheet td.num{white-space:normal;width:13%}
.boxes{columns:2;column-gap:28px;font-size:14px}
.boxes li{position:relative;padding:2px 0 2px 24px;break-inside:avoid}
.boxes li::before{content:"";position:absolute;left:0;top:.46em;width:12px;height:12px;border:1.5px solid var(--soft);border-radius:2px}
.sign>p:first-child{display:flex;gap:28px;margin:18px 0 26px}
.sign>p:first-child span{flex:1;border-top:1px solid var(--soft);padding-top:4px;font-size:12.5px;color:var(--soft)}
.sign>p:first-child span:first-child{flex:2}
@media screen and (max-width:1000px){
.sheet .cards tr:has(.outcome) td:first-child{grid-row:1;grid-column:1/-1;width:auto}
.sheet .cards td.outcome{grid-row:2;grid-column:1/4;justify-self:start;text-align:left}
.sheet .cards td.num{grid-row:2;grid-column:4/-1;width:auto}
.sheet .cards td.num::before,.sheet .cards td.prose::before{display:none}
.sheet .cards td.prose{color:var(--soft);font-size:13.5px}
}
@media (max-width:760px){.sheet{padding:12px 10px 40px}.sheet .guide{margin-left:0}.boxes{columns:1}}
@media print{.sheet{max-width:none;padding:0}.sheet .banner,.sheet main>section{padding:8px 0}.boxes{columns:3;font-size:10px}}
`;
