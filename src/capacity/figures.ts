import { spokenOf } from '../judge/sla.ts';
import type { SlaLimit } from '../record/limits.ts';
import { metricKey, metricKind } from '../record/metrics.ts';
import type { CapacityFigure, CapacityTrial } from '../record/capacity.ts';
import type { HttpWindow, JobRun, Metric, SlaResult, WorkloadRecord } from '../record/schema.ts';
import type { Level } from './search.ts';

/** Limits that say how much a service can take: the critical ones. One on throughput, or on a batch, only says how much was sent. */
export function capacityLimits(limits: readonly SlaLimit[]): SlaLimit[] {
  return limits.filter(({ id, severity }) => severity === 'critical' && id !== 'throughput' && !id.startsWith('batch.'));
}

/** Requests, or jobs, that were completed a second in one trial; null where nothing says. */
export function completedOf({ metrics, series }: Pick<WorkloadRecord, 'metrics' | 'series'>, trial: number): number | null {
  if (series.kind === 'job') return departures(series.jobs.filter(({ round, outcome }) => round === trial && outcome === 'done'));
  return metrics.find(({ id }) => id === 'throughput')?.rounds[trial] ?? null;
}

/** From the first end to the last: while the first jobs are at work none can end, however fast the service is, and after the last submit it has less and less to do. */
function departures(done: readonly JobRun[]): number | null {
  const ends = done.map(({ endMs }) => endMs);
  const overMs = Math.max(...ends) - Math.min(...ends);
  return overMs > 0 ? (1_000 * (ends.length - 1)) / overMs : null;
}

/** Every limit against the figures of one trial (round `trial` of the metrics). A figure that is missing keeps no limit. */
export function figuresOf(limits: readonly SlaLimit[], metrics: readonly Metric[], trial: number): CapacityFigure[] {
  return limits.flatMap((each) => {
    const { id, labels, operator, limit } = each;
    const spoken = spokenOf(each, limits, metrics);
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

type Trend = Pick<CapacityTrial, 'inFlightAtStart' | 'inFlightAtEnd'>;

/** Requests or jobs under way at the beginning and at the end of a trial: means over a quarter of the time in which new ones came. */
export function inFlightOf(series: WorkloadRecord['series'], trial: number): Trend {
  if (series.kind === 'http') return ofWindows(series.rounds.find(({ round }) => round === trial)?.windows ?? []);
  return series.kind === 'job' ? ofJobs(series.jobs.filter(({ round }) => round === trial)) : { inFlightAtStart: null, inFlightAtEnd: null };
}

function ofWindows(windows: readonly HttpWindow[]): Trend {
  const loaded = windows.filter(({ offered }) => offered > 0).map(({ inFlight }) => inFlight);
  const quarter = Math.max(1, Math.floor(loaded.length / 4));
  const mean = (values: readonly number[]): number | null => (values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length);
  return { inFlightAtStart: mean(loaded.slice(0, quarter)), inFlightAtEnd: mean(loaded.slice(-quarter)) };
}

function ofJobs(jobs: readonly JobRun[]): Trend {
  const [from, to] = [Math.min(...jobs.map(({ submittedMs }) => submittedMs)), Math.max(...jobs.map(({ submittedMs }) => submittedMs))];
  if (!(to > from)) return { inFlightAtStart: null, inFlightAtEnd: null };
  const quarter = (to - from) / 4;
  const underWay = (begin: number, end: number): number => jobs.reduce((sum, { submittedMs, endMs }) => sum + Math.max(0, Math.min(end, endMs) - Math.max(begin, submittedMs)), 0) / (end - begin);
  return { inFlightAtStart: underWay(from, from + quarter), inFlightAtEnd: underWay(to - quarter, to) };
}
