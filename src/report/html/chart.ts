import type { Unit } from '../../record/schema.ts';
import { plural } from '../values.ts';
import type { Budget } from './budget.ts';
import { html, type Html } from './template.ts';

/** What a chart shows, as data for the drawing script: no functions, nothing that is not in the tables as well. */
export interface Chart {
  id: string;
  /** seconds: since the first round began. tail: 1 / (1 - quantile), on a log axis. rate: offered per second. count: a plain number, named by `axisName`. */
  axis: 'seconds' | 'tail' | 'rate' | 'count';
  /** What the x axis counts, where `axis` does not say it. */
  axisName?: string;
  unit: Unit;
  x: readonly number[];
  series: readonly ChartSeries[];
  /** Horizontal lines: the limits of the SLA. */
  limits: readonly { label: string; value: number }[];
  /** Points with a label: limits on a spectrum. */
  points: readonly { label: string; x: number; y: number }[];
  /** Stretches of the x axis: the rounds. */
  bands: readonly { label: string; from: number; to: number }[];
  /** Charts of one group share the cursor. */
  group: string;
  height: number;
  /** True where values span orders of magnitude. */
  log: boolean;
}

export interface ChartSeries {
  label: string;
  /** A colour of the style sheet. */
  color: 'p50' | 'p95' | 'p99' | 'offered' | 'sent' | 'completed' | 'failed' | 'lag' | 'delay' | `c${number}`;
  dashed?: boolean;
  /** Measured points, not joined by a line. */
  dots?: boolean;
  values: readonly (number | null)[];
  /** Upper and lower edge of a band around the line, of the same length. */
  band?: { low: readonly (number | null)[]; high: readonly (number | null)[] };
}

/** A limit farther above the highest figure than this would flatten the lines: it is named, not drawn. */
const FARTHEST = 2.2;

/** The highest figure of a chart; 0 where there is none. */
export function highest(chart: Pick<Chart, 'series'>): number {
  return chart.series.reduce((most, { values, band }) => [...values, ...(band?.high ?? [])].reduce<number>((sofar, value) => Math.max(sofar, value ?? 0), most), 0);
}

/** The chart with the limits that fit, and the names of the others. */
function withNearLimits(chart: Chart): { drawn: Chart; beyond: string[] } {
  const most = highest(chart) * FARTHEST;
  const near = (value: number): boolean => chart.log || value <= most;
  return {
    drawn: { ...chart, limits: chart.limits.filter(({ value }) => near(value)), points: chart.points.filter(({ y }) => near(y)) },
    beyond: [...chart.limits.filter(({ value }) => !near(value)), ...chart.points.filter(({ y }) => !near(y))].map(({ label }) => label),
  };
}

/** Fewer points than this say nothing as a line. */
export const FEWEST_POINTS = 4;

/** The place of a chart in the page, or a sentence where there is too little to draw. */
export function figure(chart: Chart, title: string, note: string, budget: Pick<Budget, 'points'>): { body: Html; charts: Chart[] } {
  const points = Math.max(0, ...chart.series.map(({ values }) => values.filter((value) => value !== null).length));
  const { drawn, beyond } = withNearLimits(chart);
  const above = beyond.length === 0 ? '' : ` Far above: ${beyond.join(', ')}.`;
  const caption = html`<figcaption><b>${title}</b> <span>${note}${points >= FEWEST_POINTS && above}</span></figcaption>`;
  if (points < FEWEST_POINTS) {
    return { body: html`<figure class="chart empty">${caption}<p>Too few points to draw: ${points === 0 ? 'none' : plural(points, 'point')}, a line needs ${FEWEST_POINTS}. The figures are in the tables.</p></figure>`, charts: [] };
  }
  if (budget.points === 0) {
    return { body: html`<figure class="chart empty">${caption}<p>Left out to keep this file small; the series is in result.json.</p></figure>`, charts: [] };
  }
  const labels = chart.series.map(({ label }) => label).join(', ');
  return {
    body: html`<figure class="chart">${caption}<div class="plot" id="${chart.id}" role="img" aria-label="${title}: ${labels}" style="min-height:${chart.height}px"></div><noscript><p>The chart needs JavaScript; the tables say the same in figures.</p></noscript></figure>`,
    charts: [drawn],
  };
}
