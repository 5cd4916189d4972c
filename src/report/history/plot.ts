import type { HistorySeries } from '../../record/history.ts';
import { html, type Html } from '../html/template.ts';
import { formatMaybe, formatTime } from '../values.ts';

/** A series as an SVG drawing that needs no script: the range of the rounds, the figure of each run, change points as lines. */

const WIDTH = 640;
const HEIGHT = 150;
const LEFT = 92;
const RIGHT = 12;
const TOP = 12;
const BOTTOM = 24;

export function plot({ points, changes, unit }: HistorySeries, name: string): Html {
  const values = points.flatMap(({ low, high }) => [low, high]);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = high > low ? (high - low) * 0.08 : Math.abs(high) * 0.1 || 1;
  const [bottom, top] = [Math.max(low - room, low >= 0 ? 0 : -Infinity), high + room];
  const x = (index: number): number => round(points.length === 1 ? (LEFT + WIDTH - RIGHT) / 2 : LEFT + (index / (points.length - 1)) * (WIDTH - LEFT - RIGHT));
  const y = (value: number): number => round(TOP + (1 - (value - bottom) / (top - bottom)) * (HEIGHT - TOP - BOTTOM));
  const line = points.map(({ value }, index) => `${x(index)},${y(value)}`).join(' ');
  const band = [...points.map((point, index) => `${x(index)},${y(point.high)}`), ...points.map((point, index) => `${x(index)},${y(point.low)}`).reverse()].join(' ');
  const days = [points[0], points.at(-1)].map((point) => point?.startedAt.slice(0, 10) ?? '');
  return html`<svg class="trend" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${name}">
${[bottom + (top - bottom) * 0.1, (bottom + top) / 2, top - (top - bottom) * 0.1].map((value) => html`<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(value)}" y2="${y(value)}"/><text x="${LEFT - 8}" y="${y(value) + 4}" text-anchor="end">${formatMaybe(value, unit)}</text>`)}
<polygon class="rounds" points="${band}"/>
${changes.map(({ index }) => html`<line class="changed" x1="${round((x(index - 1) + x(index)) / 2)}" x2="${round((x(index - 1) + x(index)) / 2)}" y1="${TOP - 6}" y2="${HEIGHT - BOTTOM}"/>`)}
<polyline class="line" points="${line}"/>
${points.map((point, index) => html`<circle class="${point.stored ? 'stored' : 'loose'}" cx="${x(index)}" cy="${y(point.value)}" r="3"><title>${formatMaybe(point.value, unit)}, ${formatTime(point.startedAt)}, run ${point.runId}${point.commit !== null && `, commit ${point.commit.slice(0, 7)}`}</title></circle>`)}
<text x="${LEFT}" y="${HEIGHT - 6}">${days[0]}</text>${points.length > 1 && html`<text x="${WIDTH - RIGHT}" y="${HEIGHT - 6}" text-anchor="end">${days[1]}</text>`}
</svg>`;
}

const round = (value: number): number => Math.round(value * 10) / 10;

export const PLOT_STYLE = `
.trends{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:24px 28px}
@media (max-width:1000px){.trends{grid-template-columns:minmax(0,1fr)}}
.trend{display:block;width:100%;height:auto;font-size:11px}
.trend text{fill:var(--soft)}
.trend .grid{stroke:var(--line)}
.trend .rounds{fill:var(--p95);opacity:.13;stroke:var(--p95);stroke-width:1}
.trend .line{fill:none;stroke:var(--p95);stroke-width:2;stroke-linejoin:round}
.trend circle{fill:var(--p95);stroke:var(--card);stroke-width:1}
.trend .loose{fill:var(--card);stroke:var(--p95);stroke-width:1.6}
.trend .changed{stroke:var(--limit);stroke-width:1.6;stroke-dasharray:5 4}
.since{margin:6px 0 0;font-size:13.5px}
.since.bad{color:var(--bad)}.since.good{color:var(--good)}
h1+.reasons{margin-left:0}
@media (max-width:760px){.trend{font-size:15px}}`;
