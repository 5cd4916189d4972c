import { median } from 'simple-statistics';
import type { CapacityLevel, CapacityRecord } from '../../record/capacity.ts';
import type { PlanThresholds, ServerFigure } from '../../record/plan.ts';
import type { ScalingRecord } from '../../record/scaling.ts';
import { highestKept } from '../figures.ts';
import { longestQueue } from './queue.ts';

/**
 * When to scale out: what was seen at the highest rate at which a search over jobs kept the SLA; without a search the queue that still
 * leaves time for one more, computed. How many jobs at once: the knee of the measured throughput.
 */
export function thresholdsOf(server: ServerFigure, search: CapacityRecord | null, scalings: readonly ScalingRecord[], headroom: number): PlanThresholds {
  const kept = search === null ? null : highestKept(search.levels);
  return {
    queue: queueOf(server, kept),
    cpu: server.cpuBusy === null ? null : { share: server.cpuBusy * (1 - headroom), basis: kept === null ? 'computed' : 'measured' },
    maxConcurrentJobs: concurrencyOf(scalings),
  };
}

function queueOf({ perSecond, processingMs, limitMs }: ServerFigure, kept: CapacityLevel | null): PlanThresholds['queue'] {
  const inFlight = kept?.trials.flatMap(({ inFlightAtEnd }) => inFlightAtEnd ?? []) ?? [];
  if (inFlight.length > 0) return { most: Math.round(median(inFlight)), basis: 'measured' };
  if (processingMs === null || limitMs === null) return null;
  return { most: longestQueue({ perSecond, processingMs, limitMs }), basis: 'computed' };
}

/** Jobs end to end say more than encodes alone; the knee says more than the best level, which noise moves. */
function concurrencyOf(scalings: readonly ScalingRecord[]): PlanThresholds['maxConcurrentJobs'] {
  const one = scalings.find(({ workloadKind }) => workloadKind === 'job') ?? scalings.find(({ workloadKind }) => workloadKind === 'encode');
  const all = one?.series.flatMap((series) => {
    const best = series.levels.find(({ concurrency }) => concurrency === series.best)?.throughputPerSecond ?? null;
    return best === null ? [] : [{ series, best }];
  }) ?? [];
  const most = all.sort((a, b) => b.best - a.best)[0]?.series;
  const value = most?.knee ?? most?.best ?? null;
  if (one === undefined || most === undefined || value === null) return null;
  return { value, subject: most.subject === '' ? one.workload : most.subject, basis: most.knee === null ? 'best' : 'knee', runId: one.run.id };
}
