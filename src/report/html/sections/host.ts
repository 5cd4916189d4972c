import type { HostRecord, RunRecord, Unit } from '../../../record/schema.ts';
import { hostNote, hostRows } from '../../host-rows.ts';
import { slaMark } from '../../marks.ts';
import { hostViews, withSeverity } from '../../run-view.ts';
import { formatMaybe, metricPhrase } from '../../values.ts';
import type { Budget } from '../budget.ts';
import { figure, type Chart } from '../chart.ts';
import { anchor, said, table, type Section } from '../parts.ts';
import { html } from '../template.ts';
import { bucketSize, envelope, firsts, short } from '../thin.ts';

/** This machine while a scenario was measured: one chart for each unit, with the alerts as lines. */
export function hostSections(record: RunRecord, budget: Budget): Section[] {
  return hostViews(record).map(({ title, host }, index) => {
    const id = anchor('host', index);
    const units = [...new Set(host.series.map(({ unit }) => unit))];
    const charts = units.map((unit) => figure(chartOf(host, unit, id, budget), TITLES[unit] ?? unit, 'One point a look.', budget));
    const tones = host.sla.map((result) => slaMark(result).tone);
    const tone = (['bad', 'warn'] as const).find((each) => tones.includes(each));
    return {
      id,
      title: title.replace(/^t/, 'T'),
      subtitle: said(hostNote(host), budget),
      tone,
      body: html`<div class="charts">${charts.map(({ body }) => body)}</div>
${table([{ title: 'what', role: 'title' }, { title: 'mean', numeric: true }, { title: 'worst', numeric: true }], hostRows(host).map(({ what, mean, worst }) => [said(what, budget), mean, worst]), budget)}
${host.sla.length > 0 && table([{ title: 'alert', role: 'prose' }], host.sla.map(({ sentence }) => [said(sentence, budget)]), budget, tones.map((each) => (each === 'bad' ? each : undefined)))}`,
      charts: charts.flatMap((each) => each.charts),
    };
  });
}

const TITLES: Partial<Record<Unit, string>> = { share: 'Processors, memory and disk', bytes: 'Memory of processes', 'bytes/s': 'Disk and network' };

function chartOf({ series, sla }: HostRecord, unit: Unit, id: string, budget: Budget): Chart {
  const own = series.filter((each) => each.unit === unit);
  const longest = own.reduce((most, each) => (each.points.length > most.length ? each.points : most), own[0]?.points ?? []);
  const size = bucketSize(longest.length, budget.points);
  return {
    id: `${id}-${unit.replaceAll(/\W+/g, '')}`, axis: 'seconds', group: id, unit, height: 190, bands: [], points: [], log: false,
    x: firsts(longest.map(([seconds]) => seconds), size),
    limits: sla.filter((each) => each.unit === unit).map((result) => ({ label: `${withSeverity(metricPhrase(result.metric), result, sla)} ${formatMaybe(result.limit, unit)}`, value: result.limit })),
    series: own.map(({ metric, points }, index) => {
      const at = new Map(points);
      return { label: metricPhrase(metric), color: `c${(index % 5) + 1}` as const, dashed: index >= 5, values: envelope(longest.map(([seconds]) => at.get(seconds) ?? null), size, 'max').map(short) };
    }),
  };
}
