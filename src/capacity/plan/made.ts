import { median } from 'simple-statistics';
import type { CapacityLevel, CapacityTrial } from '../../record/capacity.ts';
import { percentileOf } from './evidence.ts';
import { atWorkMs } from './job-figures.ts';
import type { StoredWorkload } from './sources.ts';

/** What is known of the last videos of a trial: the percentile of their time from submit to done, and how long they were at work in it. */
export interface LastOnes {
  metric: string;
  atWorkMs: number;
}

/** Percentiles from here on speak of the last videos of a trial: where a queue grows they take longest. */
const LEAST_PERCENTILE = 90;

/** By the limited percentile, and by a run of the same jobs in which the service's own clock says how long one is at work; null where either says nothing. */
export function lastOnesOf(metric: string | null, job: StoredWorkload | null): LastOnes | null {
  if (metric === null || job === null || percentileOf(metric) < LEAST_PERCENTILE) return null;
  const atWork = atWorkMs(job, metric);
  return atWork === null ? null : { metric, atWorkMs: atWork };
}

/** Videos a second that came out of the trials of a level, their median; null where nobody counted. */
export function madeAt({ trials, ratePerSecond }: CapacityLevel, last: LastOnes | null): number | null {
  const made = trials.flatMap((trial) => madeIn(trial, ratePerSecond, last) ?? []);
  return made.length === 0 ? null : median(made);
}

/**
 * Videos are counted up to the last end, and after the last submit that takes as long as the last video does. What it waits of that is a
 * queue that is worked off; what it is at work says nothing of what the server makes at most. So the rate is that from the first end to
 * the last, the first worked out as if it had not waited; where nothing is known of the last ones it is as it was counted.
 */
function madeIn({ completedPerSecond, figures }: CapacityTrial, ratePerSecond: number, last: LastOnes | null): number | null {
  const tookMs = figures.find(({ metric }) => metric === last?.metric)?.value ?? null;
  if (completedPerSecond === null || completedPerSecond >= ratePerSecond || last === null || tookMs === null) return completedPerSecond;
  const [eachSentS, eachMadeS, lastS] = [1 / ratePerSecond, 1 / completedPerSecond, tookMs / 1_000];
  // So many were counted: videos × eachMadeS = (videos − 1) × eachSentS + lastS.
  const videos = (lastS - eachSentS) / (eachMadeS - eachSentS);
  if (videos <= 1) return completedPerSecond;
  return (videos - 1) / (videos * eachMadeS - Math.min(last.atWorkMs / 1_000, lastS));
}
