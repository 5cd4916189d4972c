import type { HistoryChange, HistorySeries } from '../../record/history.ts';
import { documentOf } from '../html/document.ts';
import { anchor, said } from '../html/parts.ts';
import { STYLE } from '../html/style.ts';
import { html, type Html } from '../html/template.ts';
import { formatChange, formatMaybe, metricPhrase, plural } from '../values.ts';
import { plot, PLOT_STYLE } from './plot.ts';
import { grouped, ratio, sentenceOf } from './terminal.ts';

const TEXT = { text: 200 };
/** Drawings on one page; the others are named. */
const MOST = 300;

/** Trends as one HTML file that needs nothing else: no script, no network; light and dark, wide and narrow. */
export function renderHistoryPage(series: readonly HistorySeries[], machine: string): string {
  const groups = grouped(series.slice(0, MOST));
  const changed = series.flatMap((each) => each.changes.map((change) => ({ each, change })));
  const runs = new Set(series.flatMap(({ points }) => points.map(({ runId }) => runId))).size;
  return documentOf({ title: 'readybench history', style: STYLE + PLOT_STYLE, scripts: [], body: html`<div class="page">
<nav aria-label="Contents"><a href="#changes">Change points</a>${groups.map(({ heading }, index) => html`<a href="#${anchor('scenario', index)}">${said(heading, TEXT)}</a>`)}</nav>
<main>
<header class="banner" id="changes">
<p class="brand">readybench <span>history</span></p>
<h1>${changed.length === 0 ? 'No change point' : plural(changed.length, 'change point')} in ${plural(series.length, 'metric')} over ${plural(runs, 'run')}</h1>
${changed.length > 0 && html`<ul class="reasons">${changed.slice(0, MOST).map(({ each, change }) => html`<li>${said(sentenceOf(each, change), { text: 400 })}</li>`)}</ul>`}
<p class="note">Machine ${said(machine, TEXT)}. A dot is a run: full where it is stored as a session, hollow where it is not (it failed, or was not compared). The band is the range of its rounds. A dashed line is a change point: the runs after it differ from those before, by E-divisive with a permutation test (p ≤ 0.005). It needs four runs on either side, and gates nothing.</p>
</header>
${groups.map(({ heading, own }, index) => html`<section id="${anchor('scenario', index)}"><h2>${said(heading, TEXT)}</h2><div class="trends">${own.map(trend)}</div></section>`)}
${series.length > MOST && html`<p class="note">${plural(series.length - MOST, 'more metric')}: bench history METRIC shows one.</p>`}
</main>
</div>` });
}

function trend(series: HistorySeries): Html {
  const name = said(`${series.workload}: ${metricPhrase(series.metric)}`, TEXT);
  const [first, last] = [series.points[0], series.points.at(-1)];
  const change = series.points.length < 2 || first === undefined || last === undefined ? null : ratio(first.value, last.value);
  return html`<figure><figcaption><b>${name}</b> <span>${formatMaybe(last?.value, series.unit)}${change !== null && `, ${formatChange(change)} since the first of ${plural(series.points.length, 'run')}`}</span></figcaption>${plot(series, name)}${series.changes.map((each) => html`<p class="since ${isWorse(series, each) ? 'bad' : 'good'}">${isWorse(series, each) ? 'Worse' : 'Better'} since ${series.points[each.index]?.startedAt.slice(0, 10)}: ${formatMaybe(each.before, series.unit)} → ${formatMaybe(each.after, series.unit)}</p>`)}</figure>`;
}

function isWorse({ better }: HistorySeries, { before, after }: HistoryChange): boolean {
  return better === 'lower' ? after > before : after < before;
}
