import { formatMs } from '../units.ts';
import type { Environment } from './schema.ts';

/** `plan.json`: servers, storage and cost of deployments, from stored runs. Written once and not read again by readybench. */
export const PLAN_FILE = 'plan.json';

/** What a video is; null: not said, or not known. */
export interface PlannedVideo {
  durationMs: number | null;
  /** Of the picture, in lines. */
  height: number | null;
}

/** What one server makes, and where that is known from. */
export interface ServerFigure {
  on: 'cpu' | 'gpu';
  /** Encoder and thread policy, or the workload. */
  subject: string;
  workload: string;
  video: PlannedVideo;
  /** Videos a second that are planned with: the low end of what was measured. */
  perSecond: number;
  /** The middle of what was measured. */
  measuredPerSecond: number;
  basis: 'search' | 'jobs' | 'encodes';
  runId: string;
  machine: string;
  /** Under way at once when this was measured; null where a rate was held. */
  concurrency: number | null;
  /** Of one video, at that; of the percentile that `limit` is on. */
  processingMs: number | null;
  /** The limit on one video's time that its SLA sets, of its highest percentile; null: none on that. */
  limit: { metric: string; ms: number } | null;
  /** Share of the processors at that; null where nobody looked, or where the service runs on another machine. */
  cpuBusy: number | null;
  /** What it rests on that is less than it looks. */
  cautions: string[];
}

/** One batch, encoded on both. */
export interface GpuComparison {
  cpu: ServerFigure;
  gpu: ServerFigure;
  /** By how much equal quality changes the GPU's lead that it has at equal bit rate. */
  atEqualQuality: number;
  /** Times as many videos of that quality as the CPU. */
  speedup: number;
}

export interface PlannedVolume {
  label: string;
  videosPerDay: number;
  /** What makes it more than was measured; null where it is not. */
  extrapolated: string | null;
  servers: number;
  peakBusy: number;
  meanBusy: number;
  perWeekBytes: number | null;
  /** Null where nothing is ever removed. */
  keptBytes: number | null;
  /** What storage is paid for: what is kept, or what there is at the horizon where nothing is removed. */
  paidBytes: number | null;
  perMonth: number | null;
  perVideo: number | null;
}

export interface PlanConsequences {
  servers: number;
  perWeekBytes: number | null;
  perMonth: number | null;
}

export interface PlannedDeployment {
  name: string;
  description: string | null;
  peakFactor: number;
  growthPerMonth: number;
  months: number;
  headroom: number;
  spare: number;
  retentionDays: number | null;
  volumes: PlannedVolume[];
  /** Of the highest volume of today. `low` is null where there is no such thing: the busiest hour is never below the mean one. */
  sensitivity: { varied: string; low: PlanConsequences | null; now: PlanConsequences; high: PlanConsequences }[];
  /** So many submitted at once, on the servers of the highest volume of today. */
  bursts: { videos: number; servers: number; doneMs: number; withinLimit: boolean | null }[];
  storageExpected: { low: number; high: number } | null;
  gpu: { rows: { videosPerDay: number; cpu: { servers: number; perMonth: number }; gpu: { servers: number; perMonth: number }; cheaper: 'cpu' | 'gpu' | 'equal' }[] } | null;
}

export interface PlanThresholds {
  /**
   * measured: videos that each server had under way, waiting or at work, at the highest rate that kept the SLA, and at the lowest that
   * did not. computed: videos that may wait for each server before one more is done too late. Null where nothing says.
   */
  queue: { basis: 'measured'; underWay: number; lostAt: number | null } | { basis: 'computed'; waiting: number } | null;
  /** Share of the processors beyond which there is no headroom left. */
  cpu: { share: number; basis: 'measured' | 'computed' } | null;
  maxConcurrentJobs: { value: number; of: 'jobs' | 'encodes'; workload: string; subject: string; basis: 'knee' | 'best'; runId: string } | null;
}

export interface PlanRecord {
  schemaVersion: 1;
  kind: 'capacity-plan';
  run: { id: string; startedAt: string; command: string; readybench: string };
  scenario: { name: string; sha256: string };
  environment: Environment;
  /** Where the service ran that made the videos that are planned with; null where none did. */
  target: string | null;
  sources: { runId: string; kind: 'search' | 'scaling' | 'run' }[];
  prices: { currency: string; asOf: string | null; cpuPerHour: number; gpuPerHour: number | null; storagePerGbMonth: number | null } | null;
  server: ServerFigure;
  /** The same encodes on the CPU and on a GPU; null where one of them was not measured, or their quality not compared. */
  gpu: GpuComparison | null;
  breakEven: { speedup: number; needed: number } | null;
  bytesPerVideo: number | null;
  /** The workload that made videos of this size. */
  bytesFrom: string | null;
  costPerVideo: { busy: number; cpu: number; gpu: number | null }[];
  deployments: PlannedDeployment[];
  thresholds: PlanThresholds;
  /** What the figures rest on that is less than it looks: videos of another kind, limits that are not decided, a search that did not end well. */
  cautions: string[];
  /** What was not measured, and how to measure it. */
  asks: string[];
}

/** `30.0 s of 1080 lines`, or what of it is known. */
export function videoWords({ durationMs, height }: PlannedVideo): string {
  return `${durationMs === null ? 'unknown length' : formatMs(durationMs)}${height === null ? '' : ` of ${height} lines`}`;
}
