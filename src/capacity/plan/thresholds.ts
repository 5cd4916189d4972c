import { median } from 'simple-statistics';
import { isThisMachine } from '../../base-url.ts';
import type { CapacityLevel, CapacityRecord } from '../../record/capacity.ts';
import type { PlanThresholds, ServerFigure } from '../../record/plan.ts';
import type { ScalingRecord, ScalingSeries } from '../../record/scaling.ts';
import { decided } from '../decided.ts';
import { longestQueue } from './queue.ts';

/** Where the figure of a search was read, and what the search tried. */
export interface SearchedAt {
  level: CapacityLevel;
  levels: CapacityRecord['levels'];
}

/**
 * When to scale out: what was seen at the highest rate at which a search over jobs kept the SLA; without a search the queue that still
 * leaves time for one more, computed. How many jobs at once: the knee of the measured throughput.
 */
export function thresholdsOf(server: ServerFigure, searched: SearchedAt | null, scalings: readonly ScalingRecord[], headroom: number): PlanThresholds {
  const busy = server.cpuBusy ?? busyAtWork(server, scalings);
  return {
    queue: queueOf(server, searched),
    cpu: busy === null ? null : { share: busy * (1 - headroom), basis: server.cpuBusy !== null && searched !== null ? 'measured' : 'computed' },
    maxConcurrentJobs: concurrencyOf(scalings),
  };
}

function queueOf({ perSecond, processingMs, limit }: ServerFigure, searched: SearchedAt | null): PlanThresholds['queue'] {
  const underWay = searched === null ? null : underWayAt(searched.level);
  if (searched !== null && underWay !== null) {
    const { ratePerSecond } = searched.level;
    const lost = decided(searched.levels, 'failed').find((level) => level.ratePerSecond > ratePerSecond);
    const lostAt = lost === undefined ? null : underWayAt(lost);
    return { basis: 'measured', underWay, lostAt: lostAt !== null && lostAt > underWay ? lostAt : null };
  }
  if (processingMs === null || limit === null) return null;
  return { basis: 'computed', waiting: longestQueue({ perSecond, processingMs, limitMs: limit.ms }) };
}

/** Videos under way at the end of its trials, those at work included. */
function underWayAt({ trials }: CapacityLevel): number | null {
  const seen = trials.flatMap(({ inFlightAtEnd }) => inFlightAtEnd ?? []);
  return seen.length === 0 ? null : Math.round(median(seen));
}

/** The processors where as many of these as the knee says were under way; null where nobody looked, or looked at another machine. */
function busyAtWork({ workload }: ServerFigure, scalings: readonly ScalingRecord[]): number | null {
  const own = scalings.find((each) => each.workload === workload && isThisMachine(each.target));
  const busy = (own?.series ?? []).flatMap((series) => series.levels.filter(({ concurrency }) => concurrency === kneeOrBest(series)).flatMap(({ rounds }) => rounds.flatMap(({ machineBusy, invalid }) => (invalid === null ? (machineBusy ?? []) : []))));
  return busy.length === 0 ? null : median(busy);
}

const kneeOrBest = ({ knee, best }: ScalingSeries): number | null => knee ?? best;

/** Jobs end to end say more than encodes alone; the knee says more than the best level, which noise moves. */
function concurrencyOf(scalings: readonly ScalingRecord[]): PlanThresholds['maxConcurrentJobs'] {
  const one = scalings.find(({ workloadKind }) => workloadKind === 'job') ?? scalings.find(({ workloadKind }) => workloadKind === 'encode');
  const all = one?.series.flatMap((series) => {
    const best = series.levels.find(({ concurrency }) => concurrency === series.best)?.throughputPerSecond ?? null;
    return best === null ? [] : [{ series, best }];
  }) ?? [];
  const most = all.sort((a, b) => b.best - a.best)[0]?.series;
  const value = most === undefined ? null : kneeOrBest(most);
  if (one === undefined || most === undefined || value === null) return null;
  return { value, of: one.workloadKind === 'job' ? 'jobs' : 'encodes', subject: most.subject === '' ? one.workload : most.subject, basis: most.knee === null ? 'best' : 'knee', runId: one.run.id };
}
