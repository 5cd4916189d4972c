import { median } from 'simple-statistics';
import { isThisMachine } from '../../base-url.ts';
import { BenchError, EXIT } from '../../errors.ts';
import type { CapacityLevel, CapacityRecord } from '../../record/capacity.ts';
import type { PlannedVideo, ServerFigure } from '../../record/plan.ts';
import { formatNumber } from '../../units.ts';
import { highestKept } from '../decided.ts';
import { madeLess } from '../made.ts';
import { strictest } from './evidence.ts';
import { processingOf } from './job-figures.ts';
import type { StoredWorkload } from './sources.ts';

/** The level that the figure of a search was read at, next to where the SLA is lost, and what the search tried. */
export interface SearchedAt {
  level: CapacityLevel;
  levels: CapacityRecord['levels'];
}

/** What can be planned with after a search. */
interface Held {
  perSecond: number;
  measuredPerSecond: number;
  level: CapacityLevel | null;
  /** The next level up did not keep the SLA. */
  atEdge: boolean;
  cautions: string[];
}

/** Throws a BenchError (2) where the search found no rate that keeps the SLA. */
export function searchFigure(search: CapacityRecord, job: StoredWorkload | null, video: PlannedVideo): { server: ServerFigure; searched: SearchedAt | null } {
  const { run, environment, workload, levels, target } = search;
  const limit = strictest(levels.flatMap(({ trials }) => trials.flatMap(({ figures }) => figures)), 'completion.');
  const held = whatWasMade(whatHeld(search));
  const busy = isThisMachine(target) ? (held.level?.trials.flatMap(({ machineBusy }) => machineBusy ?? []) ?? []) : [];
  return {
    server: {
      on: 'cpu', subject: workload, workload, video, perSecond: held.perSecond, measuredPerSecond: held.measuredPerSecond, basis: 'search', runId: run.id, machine: environment.hash, concurrency: null,
      processingMs: job === null ? null : processingOf(job, limit?.metric ?? null),
      limit,
      cpuBusy: busy.length === 0 ? null : median(busy),
      cautions: held.cautions,
    },
    searched: held.atEdge && held.level !== null ? { level: held.level, levels } : null,
  };
}

const MORE_TIME = 'Search in a profile that takes longer: --profile nightly.';

function whatHeld(search: CapacityRecord): Held {
  const { outcome, estimate, verification, levels, run } = search;
  if (outcome === null) throw search.outOfTime === true ? nothing(search, 'its time was over before one rate was decided', MORE_TIME) : nothing(search, 'it is not at its end', `Go on with it: bench capacity … --resume ${run.id}`);
  if (outcome.type === 'failed-at-lowest' && search.outOfTime === true) throw nothing(search, `a limit is not kept at ${rate(outcome.ratePerSecond)}, and its time was over before a lower rate was decided`, MORE_TIME);
  if (outcome.type === 'failed-at-lowest') throw nothing(search, `a limit is not kept even at ${rate(outcome.ratePerSecond)}`, 'No number of such servers keeps the SLA. Begin lower with --from, make the service faster, or set limits that one video alone can keep.');
  const found = outcome.type === 'kept-at-highest' ? outcome.ratePerSecond : outcome.keptPerSecond;
  if (found === null) throw nothing(search, 'the load generator gave way before the service did', 'Free this machine, add workers (load.workers), or generate the load from another one.');
  if (verification?.kept === false) return below(search, verification.ratePerSecond);
  const low = outcome.type === 'found' ? (estimate?.low ?? found) : found;
  return {
    perSecond: Math.min(low, verification?.ratePerSecond ?? Infinity),
    measuredPerSecond: outcome.type === 'found' ? (estimate?.ratePerSecond ?? found) : found,
    level: highestKept(levels),
    atEdge: outcome.type === 'found',
    cautions: [
      ...(outcome.type === 'found' ? [] : [`The search ${run.id} ended ${outcome.type === 'generator-limited' ? 'where the load generator gave way' : `at the highest rate tried, ${rate(found)}, with every limit kept`}: a server makes at least this, and fewer servers may do.`]),
      ...(verification?.kept === true ? [] : [`The search ${run.id} did not hold 90 % of what it found for longer: it is not known whether that lasts.`]),
    ],
  };
}

const nothing = ({ run, workload }: CapacityRecord, why: string, hint: string): BenchError => new BenchError(EXIT.usage, `the search ${run.id} over ${workload} found nothing to plan with: ${why}`, { hint });

/** 90 % could not be held: only what lies below that is known to be kept. */
function below(search: CapacityRecord, failedPerSecond: number): Held {
  const level = highestKept(search.levels.filter(({ ratePerSecond }) => ratePerSecond < failedPerSecond));
  if (level === null) throw nothing(search, `${rate(failedPerSecond)}, 90 % of what it found, were not held for longer, and no lower rate was kept`, 'Search again when the machine is quiet.');
  const { ratePerSecond } = level;
  return { perSecond: ratePerSecond, measuredPerSecond: ratePerSecond, level, atEdge: false, cautions: [`${rate(failedPerSecond)}, 90 % of what the search ${search.run.id} found, were NOT held for longer: planned with ${rate(ratePerSecond)}, the highest rate below it that was kept. Search again when the machine is quiet.`] };
}

/** A limit of minutes is kept by a queue that grows for seconds: then what came out is the capacity, not what was sent. */
function whatWasMade(held: Held): Held {
  const { level, cautions } = held;
  const made = level === null ? null : madeLess(level);
  if (level === null || made === null || made >= held.perSecond) return held;
  return { perSecond: made, measuredPerSecond: made, level, atEdge: false, cautions: [...cautions, `At ${rate(level.ratePerSecond)} every limit was kept, but only ${rate(made)} were made: the trials were too short for the queue to grow past the limit. Planned with what was made.`] };
}

const rate = (perSecond: number): string => (perSecond >= 1 ? `${formatNumber(perSecond)}/s` : `${formatNumber(3_600 * perSecond)}/h`);
