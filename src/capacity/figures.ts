import type { SlaLimit } from '../record/limits.ts';
import { metricKey, metricKind } from '../record/metrics.ts';
import type { CapacityFigure, CapacityLevel, CapacityTrial } from '../record/capacity.ts';
import type { HttpWindow, Metric, SlaResult } from '../record/schema.ts';
import type { Level } from './search.ts';

/** Limits that say how much a service can take. A limit on throughput only says how much was sent. */
export function capacityLimits(limits: readonly SlaLimit[]): SlaLimit[] {
  return limits.filter(({ id }) => id !== 'throughput');
}

/** Every limit against the figures of one trial (round `trial` of the metrics). A figure that is missing keeps no limit. */
export function figuresOf(limits: readonly SlaLimit[], metrics: readonly Metric[], trial: number): CapacityFigure[] {
  return limits.flatMap(({ id, labels, operator, limit }) => {
    const spoken = metrics.filter((metric) => metric.id === id && Object.entries(labels).every(([key, value]) => metric.labels[key] === value));
    const { unit } = metricKind(id);
    if (spoken.length === 0) return [{ metric: metricKey({ id, labels }), operator, limit, unit, value: null, kept: false }];
    return spoken.map((metric) => {
      const value = metric.rounds[trial] ?? null;
      return { metric: metricKey(metric), operator, limit, unit, value, kept: value !== null && (operator === '<=' ? value <= limit : value >= limit) };
    });
  });
}

/** What the merged trials of a level say, from the judgement of their limits. Pure. */
export function together(sla: readonly SlaResult[]): Exclude<Level['together'], 'generator'> {
  if (sla.some(({ verdict }) => verdict === 'breach' || verdict === 'not-measured')) return 'failed';
  return sla.every(({ verdict }) => verdict === 'pass') ? 'kept' : 'open';
}

/** Requests in flight at the beginning and at the end of a trial: means over a quarter of its windows. */
export function inFlightTrend(windows: readonly HttpWindow[]): Pick<CapacityTrial, 'inFlightAtStart' | 'inFlightAtEnd'> {
  const loaded = windows.filter(({ offered }) => offered > 0).map(({ inFlight }) => inFlight);
  const quarter = Math.max(1, Math.floor(loaded.length / 4));
  const mean = (values: readonly number[]): number | null => (values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length);
  return { inFlightAtStart: mean(loaded.slice(0, quarter)), inFlightAtEnd: mean(loaded.slice(-quarter)) };
}

/** A stored level as the search knows it. */
export function asLevel({ ratePerSecond, length, together: all, trials }: CapacityLevel): Level {
  return { ratePerSecond, length, together: all, trials: trials.map(({ kept }) => (kept ? 'kept' : 'failed')) };
}
