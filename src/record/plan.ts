import type { Environment } from './schema.ts';

/** `plan.json`: servers, storage and cost of deployments, from stored runs. Written once and not read again by readybench. */
export const PLAN_FILE = 'plan.json';

/** What one server makes, and where that is known from. */
export interface ServerFigure {
  on: 'cpu' | 'gpu';
  /** Encoder and thread policy, or the workload. */
  subject: string;
  /** Videos a second that are planned with: the low end of what was measured. */
  perSecond: number;
  /** The middle of what was measured. */
  measuredPerSecond: number;
  basis: 'search' | 'jobs' | 'encodes';
  runId: string;
  machine: string;
  /** Under way at once when this was measured; null where a rate was held. */
  concurrency: number | null;
  /** Of one video, at that. */
  processingMs: number | null;
  /** The limit on one video's time that its SLA sets; null: none on that. */
  limitMs: number | null;
  /** Share of the processors at that; null where nobody looked. */
  cpuBusy: number | null;
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
  keptBytes: number | null;
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
  /** Of the highest volume of today. */
  sensitivity: { varied: string; low: PlanConsequences; now: PlanConsequences; high: PlanConsequences }[];
  /** So many submitted at once, on the servers of the highest volume of today. */
  bursts: { videos: number; servers: number; doneMs: number; withinLimit: boolean | null }[];
  storageExpected: { low: number; high: number } | null;
  gpu: { rows: { videosPerDay: number; cpu: { servers: number; perMonth: number }; gpu: { servers: number; perMonth: number }; cheaper: 'cpu' | 'gpu' | 'equal' }[] } | null;
}

export interface PlanThresholds {
  /** Videos waiting for one server beyond which a new one is done too late; null where nothing says. */
  queue: { most: number; basis: 'measured' | 'computed' } | null;
  /** Share of the processors beyond which there is no headroom left. */
  cpu: { share: number; basis: 'measured' | 'computed' } | null;
  maxConcurrentJobs: { value: number; subject: string; basis: 'knee' | 'best'; runId: string } | null;
}

export interface PlanRecord {
  schemaVersion: 1;
  kind: 'capacity-plan';
  run: { id: string; startedAt: string; command: string; readybench: string };
  scenario: { name: string; sha256: string };
  environment: Environment;
  sources: { runId: string; kind: 'search' | 'scaling' | 'run' }[];
  prices: { currency: string; asOf: string | null; cpuPerHour: number; gpuPerHour: number | null; storagePerGbMonth: number | null } | null;
  server: ServerFigure;
  gpu: ServerFigure | null;
  /** Speed of the GPU at the CPU encoder's quality by its speed at the same bit rate; null where it was not measured. */
  gpuAtEqualQuality: number | null;
  breakEven: { speedup: number; needed: number } | null;
  bytesPerVideo: number | null;
  costPerVideo: { busy: number; cpu: number; gpu: number | null }[];
  deployments: PlannedDeployment[];
  thresholds: PlanThresholds;
  /** What was not measured, and how to measure it. */
  asks: string[];
}
