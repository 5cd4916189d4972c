import type { ScalingFit, ScalingLevel, ScalingRecord, ScalingSeries } from '../../record/scaling.ts';
import { formatMs } from '../../units.ts';
import { metricTitle } from '../values.ts';
import type { ChartSeries } from '../html/chart.ts';
import type { ViewChart } from './view.ts';

/** Throughput over concurrency: every round as a dot, the fitted law as a line in its band. One chart for each subject. */
export function scalingCharts(record: ScalingRecord): ViewChart[] {
  return record.series.flatMap((series, index) => [throughput(record, series, index), residence(record, series, index)]);
}

function throughput({ workloadKind }: ScalingRecord, { subject, levels, fit, knee }: ScalingSeries, index: number): ViewChart {
  const [unit, per] = workloadKind === 'http' ? (['1/s', 1] as const) : (['1/h', 3_600] as const);
  const curve = fit.type === 'fitted' ? fit.band : [];
  const x = [...new Set([...levels.map(({ concurrency }) => concurrency), ...curve.map(([at]) => at)])].sort((a, b) => a - b);
  const on = (values: ReadonlyMap<number, number>): (number | null)[] => x.map((at) => values.get(at) ?? null);
  const law = (column: 1 | 2 | 3): (number | null)[] => x.map((at) => onCurve(curve, at, column)).map((value) => (value === null ? null : round(per * value)));
  const most = Math.max(0, ...levels.map(({ rounds }) => rounds.length));
  const dots = Array.from({ length: most }, (_, at): ChartSeries => ({
    label: `round ${at + 1}`,
    color: 'completed',
    dots: true,
    values: on(new Map(levels.flatMap(({ concurrency, rounds }): [number, number][] => {
      const each = rounds[at];
      return each?.invalid !== null || each.throughputPerSecond === null ? [] : [[concurrency, round(per * each.throughputPerSecond)]];
    }))),
  }));
  const fitted: ChartSeries[] = fit.type === 'fitted' ? [{ label: 'fitted law', color: 'delay', values: law(1), band: { low: law(2), high: law(3) } }] : [];
  return {
    title: subject === '' ? 'Throughput over concurrency' : `Throughput over encodes at once, ${subject}`,
    note: `Dots: rounds.${fit.type === 'fitted' ? ' Line: the universal scalability law, up to 1.5 times the highest level, with its 95 % band.' : ` No law: ${fit.why}.`}${knee === null ? '' : KNEE}`,
    chart: { id: `scaling-${index + 1}`, axis: 'count', axisName: 'at once', group: `scaling-${index + 1}`, unit, height: 300, x, series: [...fitted, ...dots], limits: [], points: kneePoint(knee, levels, ({ throughputPerSecond }) => (throughputPerSecond === null ? null : per * throughputPerSecond)), bands: [], log: false },
  };
}

function residence(record: ScalingRecord, { subject, levels, knee }: ScalingSeries, index: number): ViewChart {
  const limits = timeLimits(record, subject);
  const known = levels.filter(({ residenceMs }) => residenceMs !== null);
  return {
    title: `Time of each${subject === '' ? '' : `, ${subject}`}`,
    note: `Mean and p95 from start to end, median of the rounds${limits.length === 0 ? '.' : '. Dashed: limits of the SLA.'}${knee === null ? '' : KNEE}`,
    chart: {
      id: `residence-${index + 1}`, axis: 'count', axisName: 'at once', group: `scaling-${index + 1}`, unit: 'ms', height: 300, limits, points: kneePoint(knee, levels, ({ residenceMs }) => residenceMs), bands: [], log: false,
      x: known.map(({ concurrency }) => concurrency),
      series: [{ label: 'mean', color: 'p50', values: known.map(({ residenceMs }) => residenceMs) }, { label: 'p95', color: 'p95', values: known.map(({ p95Ms }) => p95Ms) }],
    },
  };
}

/** The fitted law at a point, linear between those that it was computed at: a level between two of them leaves no gap in the band. */
function onCurve(curve: ScalingFit['band'], at: number, column: 1 | 2 | 3): number | null {
  const after = curve.find((point) => point[0] >= at);
  const before = curve.findLast((point) => point[0] <= at);
  if (after === undefined || before === undefined) return null;
  return after[0] === before[0] ? after[column] : before[column] + ((after[column] - before[column]) * (at - before[0])) / (after[0] - before[0]);
}

/** Limits of the SLA on the time of one, as far as they speak of this subject. */
function timeLimits({ limits = [], workloadKind }: ScalingRecord, subject: string): { label: string; value: number }[] {
  const ids = { http: /^(latency|service)\.p\d+$/, job: /^completion\.p\d+$/, encode: /^encode\.wall$/ }[workloadKind];
  const encoder = subject.split(',')[0];
  return limits
    .filter(({ id, labels, severity }) => severity === 'critical' && ids.test(id) && labels['step'] === undefined && (labels['encoder'] ?? encoder) === encoder)
    .map(({ id, limit }) => ({ label: `limit ${metricTitle(id)} ${formatMs(limit)}`, value: limit }));
}

const KNEE = ' Knee: the fewest at once after which a step gains less than 5 %.';

function kneePoint(knee: number | null, levels: readonly ScalingLevel[], of: (level: ScalingLevel) => number | null): { label: string; x: number; y: number }[] {
  const level = levels.find(({ concurrency }) => concurrency === knee);
  const height = level === undefined ? null : of(level);
  return level === undefined || height === null ? [] : [{ label: `knee: ${level.concurrency} at once`, x: level.concurrency, y: round(height) }];
}

const round = (value: number): number => Number(value.toPrecision(5));
