import { BenchError, EXIT } from '../../errors.ts';
import type { PlannedVideo, ServerFigure } from '../../record/plan.ts';
import type { Environment } from '../../record/schema.ts';
import { batchFigures, isBatch, type BatchFigures } from './encode-figures.ts';
import { brokenError, requireLimits, requireMade } from './evidence.ts';
import { isAtRate, jobBytes, jobFigure } from './job-figures.ts';
import { searchFigure, type SearchedAt } from './search-figures.ts';
import type { PlanSources } from './sources.ts';
import { byLikeness, videoOf, type Videos } from './video.ts';

export interface VideoBytes {
  perVideo: number;
  workload: string;
  video: PlannedVideo;
}

/** What a server makes. */
export interface Figure {
  server: ServerFigure;
  /** Where thresholds are read from; null where no search says. */
  searched: SearchedAt | null;
  environment: Environment;
}

/** By rank: a search over jobs, jobs at a concurrency, encodes alone, jobs at a rate (which a server only kept). */
interface Candidate {
  rank: 0 | 1 | 2 | 3;
  workload: string;
  video: PlannedVideo;
  environment: Environment;
  /** Throws a BenchError (2) where there is no capacity in it. */
  figure: () => Omit<Figure, 'environment'>;
}

/** The batches of encodes, nearest to the deployment's videos first. */
export function batchesOf({ workloads }: PlanSources, videos: Videos): BatchFigures[] {
  return workloads.filter(isBatch).map((stored) => batchFigures(stored, videoOf(videos, stored.workload.name))).sort(byLikeness(videos));
}

/**
 * What a server makes, of a workload by name or of any: by the evidence that is nearest to the deployment's videos, of that by the
 * strongest, of that by the newest; null where nothing says. Throws a BenchError (2) where what is chosen so has no limit in its SLA, broke
 * it, searched in vain, or made nothing: that is the answer then, and nothing weaker is put in its place.
 */
export function figureFrom(sources: PlanSources, batches: readonly BatchFigures[], workloadName: string | null, videos: Videos): Figure | null {
  const nearer = byLikeness(videos);
  const all = candidatesOf(sources, batches, videos).filter(({ workload }) => workloadName === null || workload === workloadName);
  const [first] = all.sort((a, b) => nearer(a, b) || a.rank - b.rank);
  if (first === undefined) return null;
  const { server, searched } = first.figure();
  // What was left out may have been the newest evidence.
  return { server: { ...requireMade(server), cautions: [...server.cautions, ...sources.leftOut] }, searched, environment: first.environment };
}

/** In each list the newest is first, and stays so among equals. */
function candidatesOf({ searches, workloads }: PlanSources, batches: readonly BatchFigures[], videos: Videos): Candidate[] {
  const jobs = workloads.filter(({ workload }) => workload.kind === 'job');
  const searched = searches.map((search): Candidate => {
    const { workload, environment } = search;
    const video = videoOf(videos, workload);
    return { rank: 0, workload, video, environment, figure: () => searchFigure(search, jobs.find((job) => job.workload.name === workload) ?? null, video) };
  });
  const unsearched = jobs.filter(({ workload: { name, metrics } }) => !searches.some(({ workload }) => workload === name) && metrics.some(({ id }) => id === 'batch.videosPerHour'));
  const run = unsearched.map((stored): Candidate => {
    const { name } = stored.workload;
    const video = videoOf(videos, name);
    return { rank: isAtRate(stored) ? 3 : 1, workload: name, video, environment: stored.run.environment, figure: () => ({ server: jobFigure(stored, video), searched: null }) };
  });
  const encoded = batches.flatMap(({ stored, video, cpu }): Candidate[] => {
    if (cpu.type === 'not-measured') return [];
    const figure: Candidate['figure'] = () => {
      requireLimits(stored);
      if (cpu.type === 'broken') throw brokenError(stored, cpu.sentence);
      return { server: cpu.figure, searched: null };
    };
    return [{ rank: 2, workload: stored.workload.name, video, environment: stored.run.environment, figure }];
  });
  return [...searched, ...run, ...encoded];
}

/** The size of the videos nearest to the deployment's; of those, of the workload that is planned with. Throws a BenchError (2) for a size that is none. */
export function bytesFrom({ workloads, scalings }: PlanSources, batches: readonly BatchFigures[], planned: string, videos: Videos): VideoBytes | null {
  const jobs = workloads.filter(({ workload }) => workload.kind === 'job').map((stored) => ({ workload: stored.workload.name, perVideo: jobBytes(stored) }));
  const encoded = batches.map(({ stored, bytesPerVideo }) => ({ workload: stored.workload.name, perVideo: bytesPerVideo }));
  const scaled = scalings.map(({ workload, bytesPerVideo }) => ({ workload, perVideo: bytesPerVideo }));
  const known = [...jobs, ...encoded, ...scaled].flatMap(({ workload, perVideo }) => (perVideo === null ? [] : [{ workload, perVideo, video: videoOf(videos, workload) }]));
  const wrong = known.find(({ perVideo }) => perVideo < 0);
  if (wrong !== undefined) throw new BenchError(EXIT.usage, `a stored record of ${wrong.workload} says that a video has ${wrong.perVideo} bytes: nothing can be planned with that`, { hint: 'Measure again, or name other records with --from.' });
  const nearer = byLikeness(videos);
  const other = (workload: string): number => (workload === planned ? 0 : 1);
  return known.sort((a, b) => nearer(a, b) || other(a.workload) - other(b.workload))[0] ?? null;
}
