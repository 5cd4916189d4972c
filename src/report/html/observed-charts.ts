import type { ObservedSeries, SlaResult, Unit, WorkloadRecord } from '../../record/schema.ts';
import { formatMaybe, parseMetricKey } from '../values.ts';
import type { Budget } from './budget.ts';
import { figure, type Chart } from './chart.ts';
import { bucketSize, envelope, firsts, short } from './thin.ts';
import type { Html } from './template.ts';

/** The lanes under a workload's own charts: what its service said of itself, one lane for each unit, on the same seconds. */
export function observedLanes(workload: WorkloadRecord, id: string, budget: Budget): { body: Html; charts: Chart[] }[] {
  const drawn = (workload.observed ?? []).filter(({ rounds }) => rounds.some(({ points }) => points.length > 0));
  const units = [...new Set(drawn.map(({ unit }) => unit))];
  return units.map((unit) => {
    const series = drawn.filter((each) => each.unit === unit);
    const chart = laneChart(workload, series, { id, unit }, budget);
    return figure(chart, `Service: ${series.map(({ name }) => name).join(', ')}`, 'Read from the service while it was measured; the highest reading of each second.', budget);
  });
}

const MOST_COLOURS = 5;

function laneChart(workload: WorkloadRecord, all: readonly ObservedSeries[], { id, unit }: { id: string; unit: Unit }, budget: Budget): Chart {
  const rounds = lengthsOf(workload, all);
  const total = rounds.reduce((sum, { seconds }) => sum + seconds, 0);
  const size = bucketSize(total, Math.max(1, budget.points - 2 * rounds.length));
  const x: number[] = [];
  const bands: Chart['bands'][number][] = [];
  let offset = 0;
  for (const { round, seconds } of rounds) {
    if (x.length > 0) x.push(offset - 0.5);
    const from = offset;
    x.push(...firsts(Array.from({ length: seconds }, (_, second) => from + second), size));
    offset += seconds;
    bands.push({ label: `round ${round + 1}`, from, to: offset });
  }
  return {
    id: `${id}-observed-${unit.replaceAll(/\W+/g, '')}`, axis: 'seconds', group: id, unit, height: 150, x, bands, points: [], log: false,
    limits: limitLines(workload.sla, all),
    series: all.map((series, index) => ({
      label: series.name,
      color: `c${(index % MOST_COLOURS) + 1}` as const,
      dashed: index >= MOST_COLOURS,
      values: rounds.flatMap(({ round, seconds }, at) => [...(at === 0 ? [] : [null]), ...envelope(perSecond(series, round, seconds), size, 'max').map(short)]),
    })),
  };
}

/** Of each round: as long as its load, or where there is none, as its readings reach. */
function lengthsOf({ series }: WorkloadRecord, all: readonly ObservedSeries[]): { round: number; seconds: number }[] {
  const rounds = [...new Set(all.flatMap((each) => each.rounds.map(({ round }) => round)))].sort((a, b) => a - b);
  return rounds.map((round) => {
    const reach = Math.max(0, ...all.flatMap((each) => each.rounds.filter((own) => own.round === round).flatMap(({ points }) => points.at(-1)?.[0] ?? 0)));
    const loaded = series.kind === 'http' ? (series.rounds.find((each) => each.round === round)?.windows.length ?? 0) : 0;
    return { round, seconds: Math.max(loaded, Math.floor(reach) + 1) };
  });
}

/** The highest reading of each second; where one has none, the last one before it holds. */
function perSecond({ rounds }: ObservedSeries, round: number, seconds: number): (number | null)[] {
  const values = Array.from<number | null>({ length: seconds }).fill(null);
  const points = rounds.find((each) => each.round === round)?.points ?? [];
  for (const [at, value] of points) {
    const second = Math.min(seconds - 1, Math.max(0, Math.floor(at)));
    values[second] = Math.max(values[second] ?? value, value);
  }
  const last = Math.floor(points.at(-1)?.[0] ?? -1);
  let held: number | null = null;
  return values.map((value, second) => {
    held = value ?? held;
    return second <= last ? held : null;
  });
}

function limitLines(sla: readonly SlaResult[], all: readonly ObservedSeries[]): { label: string; value: number }[] {
  return sla.flatMap(({ metric, limit, unit, severity }) => {
    const { labels } = parseMetricKey(metric);
    const own = all.find(({ name, unit: each }) => name === labels['series'] && each === unit);
    return own === undefined ? [] : [{ label: `${own.name} ${severity === 'critical' ? 'limit' : severity} ${formatMaybe(limit, unit)}`, value: limit }];
  });
}
