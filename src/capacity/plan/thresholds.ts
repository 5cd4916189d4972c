import { median } from 'simple-statistics';
import { isThisMachine } from '../../base-url.ts';
import type { CapacityLevel } from '../../record/capacity.ts';
import type { PlanThresholds, ServerFigure } from '../../record/plan.ts';
import type { ScalingRecord, ScalingSeries } from '../../record/scaling.ts';
import { decided } from '../decided.ts';
import { longestQueue } from './queue.ts';
import type { SearchedAt } from './search-figures.ts';
import { encoderOf, isOnGpu } from './subject.ts';
import { byLikeness, videoOf, type Videos } from './video.ts';

/**
 * When to scale out: what was seen at the highest rate at which a search over jobs kept the SLA; without a search the queue that still
 * leaves time for one more, computed. How many jobs at once: the knee of the throughput measured over concurrency, of the workload that
 * servers are planned with where that was measured, else of the videos nearest to the deployment's.
 */
export function thresholdsOf(server: ServerFigure, searched: SearchedAt | null, scalings: readonly ScalingRecord[], videos: Videos, headroom: number): PlanThresholds {
  const busy = server.cpuBusy ?? busyAtWork(server, scalings);
  return {
    queue: queueOf(server, searched),
    cpu: busy === null ? null : { share: busy * (1 - headroom), basis: server.cpuBusy !== null && searched !== null ? 'measured' : 'computed' },
    maxConcurrentJobs: concurrencyOf(server, scalings, videos),
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
function busyAtWork(server: ServerFigure, scalings: readonly ScalingRecord[]): number | null {
  const own = scalings.find(({ workload, target }) => workload === server.workload && isThisMachine(target));
  const series = own === undefined ? null : seriesFor(server, own);
  const level = series?.levels.find(({ concurrency }) => concurrency === kneeOrBest(series));
  const busy = (level?.rounds ?? []).flatMap(({ machineBusy, invalid }) => (invalid === null ? (machineBusy ?? []) : []));
  return busy.length === 0 ? null : median(busy);
}

/** Jobs end to end say more than encodes alone; the knee says more than the best level, which noise moves. */
function concurrencyOf(server: ServerFigure, scalings: readonly ScalingRecord[], videos: Videos): PlanThresholds['maxConcurrentJobs'] {
  const nearer = byLikeness(videos);
  const all = scalings.flatMap(({ workload, workloadKind, run, ...scaling }) => {
    const series = seriesFor(server, scaling);
    const value = series === null ? null : kneeOrBest(series);
    return series === null || value === null ? [] : [{ workload, workloadKind, runId: run.id, video: videoOf(videos, workload), series, value }];
  });
  const other = (workload: string): number => (workload === server.workload ? 0 : 1);
  const [first] = all.sort((a, b) => other(a.workload) - other(b.workload) || nearer(a, b) || (a.workloadKind === 'job' ? 0 : 1) - (b.workloadKind === 'job' ? 0 : 1));
  if (first === undefined) return null;
  const { value, workload, workloadKind, runId, series: { subject, knee } } = first;
  return { value, of: workloadKind === 'job' ? 'jobs' : 'encodes', workload, subject: subject === '' ? workload : subject, basis: knee === null ? 'best' : 'knee', runId };
}

/**
 * The series of a scaling that speaks of such a server: of its encoder and thread policy, or of its encoder where its policy is not named,
 * and never of a GPU's; of several the one that made most. Null where nothing was made.
 */
function seriesFor({ subject }: ServerFigure, { series }: Pick<ScalingRecord, 'series'>): ScalingSeries | null {
  const made = series.flatMap((each) => {
    const most = each.levels.find(({ concurrency }) => concurrency === each.best)?.throughputPerSecond ?? null;
    return most === null || isOnGpu(each.subject) ? [] : [{ each, most }];
  });
  const [same, encoder] = [made.filter(({ each }) => each.subject === subject), made.filter(({ each }) => encoderOf(each.subject) === encoderOf(subject))];
  const own = same.length > 0 ? same : encoder.length > 0 ? encoder : made;
  return own.sort((a, b) => b.most - a.most)[0]?.each ?? null;
}

const kneeOrBest = ({ knee, best }: ScalingSeries): number | null => knee ?? best;
