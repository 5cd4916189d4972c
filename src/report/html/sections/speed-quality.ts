import type { EncodeAnalysis } from '../../../record/schema.ts';
import { formatNumber } from '../../../units.ts';
import type { Budget } from '../budget.ts';
import { said } from '../parts.ts';
import { html, type Html } from '../template.ts';

const [WIDTH, HEIGHT] = [640, 260];
const [LEFT, RIGHT, TOP, BOTTOM] = [56, 150, 14, 40];

interface Dot {
  name: string;
  x: number;
  y: number;
  front: boolean;
}

/** Speed against quality, one dot an encoder; the line joins those that nothing beats in both. Drawn without a script. */
export function speedQuality({ equalRate }: EncodeAnalysis, budget: Budget): Html {
  const dots: Dot[] = equalRate.flatMap(({ subject, framesPerSecond, psnr, pareto }) => (psnr === null ? [] : [{ name: said(subject, { text: Math.min(budget.text, 40) }), x: framesPerSecond, y: psnr, front: pareto }])).slice(0, 40);
  if (dots.length < 2) return html``;
  const [maxX, minY, maxY] = [Math.max(...dots.map(({ x }) => x)) * 1.05, Math.floor(Math.min(...dots.map(({ y }) => y)) - 0.5), Math.ceil(Math.max(...dots.map(({ y }) => y)) + 0.5)];
  const px = (x: number): string => (LEFT + (x / maxX) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const py = (y: number): string => (TOP + (1 - (y - minY) / (maxY - minY)) * (HEIGHT - TOP - BOTTOM)).toFixed(1);
  const front = dots.filter((dot) => dot.front).sort((a, b) => a.x - b.x);
  const label = (value: number): string => formatNumber(Number(value.toPrecision(3)));
  return html`<figure class="chart"><figcaption><b>Speed against quality</b> <span>At equal rate control. Up and to the right is better; the line is the Pareto front.</span></figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Speed against quality" style="width:100%;height:auto;max-width:${WIDTH}px;font:12px system-ui,sans-serif" fill="currentColor">
${[0, 0.25, 0.5, 0.75, 1].map((share) => html`<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${py(minY + share * (maxY - minY))}" y2="${py(minY + share * (maxY - minY))}" stroke="currentColor" stroke-opacity="0.15"/><text x="${LEFT - 6}" y="${py(minY + share * (maxY - minY))}" text-anchor="end" dominant-baseline="middle" fill-opacity="0.7">${label(minY + share * (maxY - minY))}</text><text x="${px(share * maxX)}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle" fill-opacity="0.7">${label(share * maxX)}</text>`)}
<text x="${LEFT}" y="${HEIGHT - 6}" fill-opacity="0.7">fps →   PSNR, dB ↑</text>
${front.length > 1 && html`<polyline points="${front.map(({ x, y }) => `${px(x)},${py(y)}`).join(' ')}" fill="none" stroke="var(--c1)" stroke-width="2"/>`}
${dots.map(({ name, x, y, front: on }) => html`<circle cx="${px(x)}" cy="${py(y)}" r="5" fill="${on ? 'var(--c1)' : 'var(--c2)'}"/><text x="${Number(px(x)) + (x > 0.6 * maxX ? -9 : 9)}" y="${py(y)}" text-anchor="${x > 0.6 * maxX ? 'end' : 'start'}" dominant-baseline="middle">${name}</text>`)}
</svg></figure>`;
}
