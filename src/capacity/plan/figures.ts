import type { CapacityLevel } from '../../record/capacity.ts';
import type { PlannedVideo, ServerFigure } from '../../record/plan.ts';
import { batchFigures, type BatchFigures } from './encode-figures.ts';
import { brokenError, requireLimits } from './evidence.ts';
import { isAtRate, jobBytes, jobFigure } from './job-figures.ts';
import { searchFigure, type SearchFigure } from './search-figures.ts';
import type { PlanSources, StoredWorkload } from './sources.ts';
import { likeness, nearer } from './video.ts';

/** What videos are: of each workload by name as the scenario says, and of the deployment; null: it does not say. */
export interface Videos {
  made: ReadonlyMap<string, PlannedVideo>;
  wanted: PlannedVideo | null;
}

export interface VideoBytes {
  perVideo: number;
  workload: string;
  video: PlannedVideo;
}

/** What a server makes, by the evidence that is nearest to the deployment's videos and, among these, the strongest. */
export interface Figures {
  server: ServerFigure;
  /** The level of its search that thresholds are read from. */
  level: CapacityLevel | null;
  bytes: VideoBytes | null;
}

/** By rank: a search over jobs, jobs at a concurrency, encodes alone, jobs at a rate (which a server only kept). */
interface Candidate {
  rank: 0 | 1 | 2 | 3;
  workload: string;
  video: PlannedVideo;
  figure: () => SearchFigure;
}

const NOT_KNOWN: PlannedVideo = { durationMs: null, height: null };

/** The batches of encodes, nearest to the deployment's videos first. */
export function batchesOf({ runs }: Pick<PlanSources, 'runs'>, scenario: string, videos: Videos): BatchFigures[] {
  const batches = workloadsOf(runs, scenario).filter(({ workload }) => workload.kind === 'encode' && workload.metrics.some(({ id }) => id === 'batch.videosPerHour'));
  return batches.map((stored) => ({ stored, video: videoOf(stored, videos) })).sort((a, b) => nearer(likeness(a.video, videos.wanted), likeness(b.video, videos.wanted))).map(({ stored, video }) => batchFigures(stored, video));
}

/**
 * What a server makes and how large a video is, for a workload by name or for the one that says most; null where nothing says.
 * Throws a BenchError (2) where the one that does has no limit in its SLA, broke it, or searched in vain.
 */
export function figuresFrom(sources: PlanSources, scenario: string, workloadName: string | null, videos: Videos): Figures | null {
  const all = candidatesOf(sources, scenario, videos).filter(({ workload }) => workloadName === null || workload === workloadName);
  const [first] = all.sort((a, b) => nearer(likeness(a.video, videos.wanted), likeness(b.video, videos.wanted)) || a.rank - b.rank);
  if (first === undefined) return null;
  const { figure, level } = first.figure();
  return { server: figure, level, bytes: bytesOf(sources, scenario, videos, first.workload) };
}

function candidatesOf(sources: PlanSources, scenario: string, videos: Videos): Candidate[] {
  const jobs = workloadsOf(sources.runs, scenario).filter(({ workload }) => workload.kind === 'job');
  const searches = sources.searches.filter(({ workloadKind }) => workloadKind === 'job');
  const searched = searches.map((search): Candidate => {
    const video = videos.made.get(search.workload) ?? NOT_KNOWN;
    return { rank: 0, workload: search.workload, video, figure: () => searchFigure(search, jobs.find(({ workload }) => workload.name === search.workload) ?? null, video) };
  });
  const made = jobs.filter(({ workload }) => !searches.some((search) => search.workload === workload.name) && workload.metrics.some(({ id }) => id === 'batch.videosPerHour'));
  const run = made.map((stored): Candidate => {
    const video = videoOf(stored, videos);
    return { rank: isAtRate(stored) ? 3 : 1, workload: stored.workload.name, video, figure: () => ({ figure: jobFigure(stored, video), level: null }) };
  });
  const encoded = batchesOf(sources, scenario, videos).flatMap(({ stored, cpu }): Candidate[] => {
    if (cpu.type === 'not-measured') return [];
    const figure = (): SearchFigure => {
      requireLimits(stored);
      if (cpu.type === 'broken') throw brokenError(stored, cpu.sentence);
      return { figure: cpu.figure, level: null };
    };
    return [{ rank: 2, workload: stored.workload.name, video: videoOf(stored, videos), figure }];
  });
  return [...searched, ...run, ...encoded];
}

/** The size of the videos nearest to the deployment's; of those, of the workload that is planned with. */
function bytesOf(sources: PlanSources, scenario: string, videos: Videos, planned: string): VideoBytes | null {
  const jobs = workloadsOf(sources.runs, scenario).filter(({ workload }) => workload.kind === 'job').map((stored) => ({ perVideo: jobBytes(stored), workload: stored.workload.name, video: videoOf(stored, videos) }));
  const batches = batchesOf(sources, scenario, videos).map(({ stored, bytesPerVideo }) => ({ perVideo: bytesPerVideo, workload: stored.workload.name, video: videoOf(stored, videos) }));
  const scaled = sources.scalings.map(({ bytesPerVideo, workload }) => ({ perVideo: bytesPerVideo, workload, video: videos.made.get(workload) ?? NOT_KNOWN }));
  const known = [...jobs, ...batches, ...scaled].flatMap(({ perVideo, ...rest }) => (perVideo === null ? [] : [{ perVideo, ...rest }]));
  const other = (workload: string): number => (workload === planned ? 0 : 1);
  return known.sort((a, b) => nearer(likeness(a.video, videos.wanted), likeness(b.video, videos.wanted)) || other(a.workload) - other(b.workload))[0] ?? null;
}

/** As the scenario says; the clip of an encode says its length itself. */
function videoOf({ workload }: StoredWorkload, { made }: Videos): PlannedVideo {
  const said = made.get(workload.name) ?? NOT_KNOWN;
  if (workload.detail.kind !== 'encode') return said;
  const { clip } = workload.detail;
  return { durationMs: clip.durationMs, height: made.has(workload.name) ? (said.height ?? clip.height) : null };
}

function workloadsOf(runs: PlanSources['runs'], scenario: string): StoredWorkload[] {
  return runs.flatMap((run) => run.scenarios.filter(({ name }) => name === scenario).flatMap((of) => of.workloads.map((workload) => ({ run, scenario: of, workload }))));
}
