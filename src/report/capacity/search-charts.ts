import { median } from 'simple-statistics';
import type { CapacityLevel, CapacityRecord } from '../../record/capacity.ts';
import { formatNumber } from '../../units.ts';
import { formatValue, metricPhrase } from '../values.ts';
import { latencyKneeOf } from './knee.ts';
import type { ViewChart } from './view.ts';

const LOG_FROM = 30;

/** The limited figure nearest to giving way over the rate, with its limit and the interval of the capacity. */
export function latencyOverRate({ levels, gaveWay, estimate }: CapacityRecord): ViewChart[] {
  const limited = levels.flatMap(({ trials }) => trials.flatMap(({ figures }) => figures));
  const metric = limited.some((each) => each.metric === gaveWay?.metric && each.unit === 'ms') ? gaveWay?.metric : (limited.find(({ unit }) => unit === 'ms') ?? limited[0])?.metric;
  const sample = limited.find((each) => each.metric === metric);
  if (metric === undefined || sample === undefined) return [];
  const points = byRate(levels.filter(({ verdict }) => verdict !== 'superseded')).flatMap((level) => {
    const values = level.trials.flatMap(({ figures }) => figures.filter((each) => each.metric === metric).flatMap(({ value }) => value ?? []));
    return values.length === 0 ? [] : [{ rate: level.ratePerSecond, middle: median(values), low: Math.min(...values), high: Math.max(...values) }];
  });
  const heights = points.map(({ middle }) => middle).filter((value) => value > 0);
  const phrase = metricPhrase(metric);
  const knee = sample.unit === 'ms' ? latencyKneeOf(points.map(({ rate, middle }) => ({ rate, latency: middle }))) : null;
  return [
    {
      title: `${phrase} over the rate`,
      note: `Median and range of the trials at each rate; the dashed line is the limit.${knee === null ? '' : ' Knee: the rate with the most throughput for its latency; beyond it latency grows faster than the rate.'}${estimate === null ? '' : ' Shaded: where the capacity lies, with 95 % probability.'}`,
      chart: {
        id: 'latency-over-rate', axis: 'rate', group: 'rate', unit: sample.unit, height: 280,
        points: knee === null ? [] : [{ label: `knee ${formatNumber(knee.rate)}/s`, x: round(knee.rate), y: round(knee.latency) }],
        x: points.map(({ rate }) => round(rate)),
        series: [{ label: phrase, color: 'p95', values: points.map(({ middle }) => round(middle)), band: { low: points.map(({ low }) => round(low)), high: points.map(({ high }) => round(high)) } }],
        limits: [{ label: `limit ${formatValue(sample.limit, sample.unit)}`, value: sample.limit }],
        bands: estimate === null ? [] : [{ label: 'kept', from: 0, to: estimate.low }, { label: 'capacity', from: estimate.low, to: estimate.high }],
        log: heights.length > 0 && Math.min(...heights) > 0 && Math.max(...heights) / Math.min(...heights) > LOG_FROM,
      },
    },
  ];
}

/** The rates in the order in which they were tried. */
export function trialsInOrder({ levels, estimate }: CapacityRecord): ViewChart[] {
  const of = (wanted: (level: CapacityLevel) => boolean): (number | null)[] => levels.map((level) => (wanted(level) ? round(level.ratePerSecond) : null));
  return [
    {
      title: 'The search, level by level',
      note: 'Doubled until a limit was not kept, then the gap halved.',
      chart: {
        id: 'search', axis: 'count', axisName: 'level', group: 'search', unit: '1/s', height: 280, points: [], bands: [], log: false,
        x: levels.map((_, index) => index + 1),
        series: [
          { label: 'tried', color: 'offered', dashed: true, values: of(() => true) },
          { label: 'kept', color: 'completed', dots: true, values: of(({ verdict }) => verdict === 'kept') },
          { label: 'not kept', color: 'failed', dots: true, values: of(({ verdict }) => verdict === 'failed') },
        ],
        limits: estimate === null ? [] : [{ label: 'capacity', value: round(estimate.ratePerSecond) }],
      },
    },
  ];
}

const byRate = (levels: readonly CapacityLevel[]): CapacityLevel[] => levels.toSorted((a, b) => a.ratePerSecond - b.ratePerSecond);

const round = (value: number): number => Number(value.toPrecision(5));
