import type { GpuComparison, PlanThresholds, ServerFigure } from '../../record/plan.ts';
import type { VideoBytes } from './figures.ts';
import { standInCaution, videoCaution, videoOf, type Videos } from './video.ts';

export interface PlannedWith {
  server: ServerFigure;
  bytes: VideoBytes | null;
  comparison: GpuComparison | null;
  concurrency: PlanThresholds['maxConcurrentJobs'];
  videos: Videos;
}

/** What the plan's figures rest on that is less than it looks, each once: videos of another kind first. */
export function cautionsOf({ server, bytes, comparison, concurrency, videos }: PlannedWith): string[] {
  const { wanted } = videos;
  const all = [
    videoCaution(bytes?.workload === server.workload ? 'Servers, storage and cost are' : 'Servers and cost are', server, wanted),
    bytes === null ? null : standInCaution('Storage is', bytes, server, wanted),
    comparison === null ? null : standInCaution('GPU against CPU is', comparison.cpu, server, wanted),
    concurrency === null ? null : standInCaution('MAX_CONCURRENT_JOBS is', { workload: concurrency.workload, video: videoOf(videos, concurrency.workload) }, server, wanted),
    ...server.cautions,
    ...(comparison === null ? [] : [...comparison.cpu.cautions, ...comparison.gpu.cautions]),
  ];
  return [...new Set(all.filter((each) => each !== null))];
}
