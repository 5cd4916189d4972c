import { symbol, type Section } from './parts.ts';
import { assets } from './assets.ts';
import { documentOf } from './document.ts';
import { STYLE } from './style.ts';
import { html, jsonForScript, trusted, type Html } from './template.ts';

export interface FrameParts {
  title: string;
  /** The heading with the verdict, before every section. */
  banner: Html;
  /** Name of the banner in the list of contents. */
  bannerName: string;
  sections: readonly Section[];
  footer: string;
}

/** A whole page that needs nothing else: no network, and no script but the ones that draw its charts. */
export function pageOf({ title, banner, bannerName, sections, footer }: FrameParts): string {
  const { uplotScript, uplotStyle, drawScript } = assets();
  return documentOf({ title, scripts: [uplotScript, drawScript], style: uplotStyle + STYLE, body: html`${SPRITE}
<div class="page">
<nav aria-label="Contents"><a href="#verdict">${bannerName}</a>${sections.map(({ id, title: name, tone }) => html`<a href="#${id}"><span>${name}</span>${tone !== undefined && tone !== 'good' && html`<span class="${tone}">${symbol(tone)}</span>`}</a>`)}</nav>
<main>
${banner}
${sections.map(({ id, title: name, subtitle, body }) => html`<section id="${id}"><h2>${name}${subtitle !== undefined && html` <small>${subtitle}</small>`}</h2>
${body}</section>
`)}
<footer>${footer}</footer>
</main>
</div>
<script type="application/json" id="charts">${jsonForScript(sections.flatMap(({ charts }) => charts))}</script>
<script>${trusted(uplotScript)}</script>
<script>${trusted(drawScript)}</script>` });
}

/** The four signs, each of its own shape. */
export const SPRITE: Html = html`<svg class="sprite" aria-hidden="true"><symbol id="sym-good" viewBox="0 0 16 16"><circle cx="8" cy="8" r="7.2" fill="currentColor"/><path d="M4.7 8.3l2.3 2.3 4.3-4.9" fill="none" stroke="var(--card)" stroke-width="1.9" stroke-linecap="round" stroke-linejoin="round"/></symbol><symbol id="sym-bad" viewBox="0 0 16 16"><path d="M5.1.9h5.8l4.2 4.2v5.8l-4.2 4.2H5.1L.9 10.9V5.1z" fill="currentColor"/><path d="M5.4 5.4l5.2 5.2M10.6 5.4l-5.2 5.2" stroke="var(--card)" stroke-width="1.9" stroke-linecap="round"/></symbol><symbol id="sym-warn" viewBox="0 0 16 16"><path d="M8 1.1l7.4 13.1H.6z" fill="currentColor" stroke="currentColor" stroke-width="1" stroke-linejoin="round"/><path d="M8 5.8v4" stroke="var(--card)" stroke-width="1.7" stroke-linecap="round"/><circle cx="8" cy="12.1" r="1" fill="var(--card)"/></symbol><symbol id="sym-muted" viewBox="0 0 16 16"><circle cx="8" cy="8" r="6.3" fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray="3 2.2"/></symbol></svg>`;
