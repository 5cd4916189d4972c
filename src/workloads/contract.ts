import type { FfmpegTool, NotMeasured, WorkloadRecord } from '../record/schema.ts';
import type { SlaLimit } from '../record/limits.ts';
import type { LoadEngine } from '../load/engine.ts';
import type { ToolResolver } from '../host/tools.ts';
import type { Target } from '../target/target.ts';

/** What a workload reports while it runs; drawn by the command line, at most a few times a second, never stored. */
export interface Progress {
  /** `warm-up`, `measuring`, `libx264 3/10` */
  phase: string;
  /** Share of this round of this workload that is done, 0 to 1. */
  done: number;
  /** The figure a watcher wants: `p95 12 ms`, `fps 210`. */
  figure?: string;
}

/** Prices of an hour of a machine, in one currency. */
export interface Prices {
  currency: string;
  /** One that encodes on its CPU. */
  cpuPerHour: number | null;
  /** One that encodes on its GPU. */
  gpuPerHour: number | null;
}

/** What the run hands to a workload. */
export interface WorkloadContext {
  name: string;
  /** Rounds of this run; for estimates and labels only. */
  rounds: number;
  /** Of this workload alone; derive per-round seeds from it with `seedFor`. */
  seed: number;
  /** Where the load goes; null in a scenario without a target. */
  target: Target | null;
  /** Folder of the scenario file: relative files in it start here. */
  scenarioDir: string;
  /** For temporary files; removed by the run. */
  workDir: string;
  tools: ToolResolver;
  /** Aborted on interrupt: stop starting work, end what runs, keep what was measured. */
  signal: AbortSignal;
  insecureTls: boolean;
  /** A value that the run came to know (a token it was given) and that must be in no artefact. */
  keepSecret: (value: string) => void;
  /** What machines cost, from the user's configuration; absent or null where it says nothing. */
  prices?: Prices | null;
  /** What sends the load where it is not our own generator. */
  engine?: LoadEngine;
  progress: (progress: Progress) => void;
}

/** What a workload has measured so far; the run writes it to the record after every round. */
export type Measurement = Pick<WorkloadRecord, 'validity' | 'testDouble' | 'observed' | 'metrics' | 'histograms' | 'series' | 'detail'> & { notMeasured: NotMeasured[] };

/** A stretch of time, in ms since the epoch. */
export interface TimeWindow {
  fromMs: number;
  toMs: number;
}

/** A workload that passed its preflight. */
export interface PreparedWorkload {
  /** Measures one round. What the measured system does is data; only broken tools and input throw. */
  runRound(round: number): Promise<void>;
  /** Everything measured so far. Pure: may be called after every round. */
  measurement(): Measurement;
  /** When the figures of a round were measured, warm-up and set-up left out; null where nothing was. Without it: all of `runRound`. */
  windowOf?(round: number): TimeWindow | null;
  /** Releases what `prepare` took. Called once, also after a failure. */
  close(): Promise<void>;
}

/** A load at one rate for one length of time: what a search for the capacity asks for. */
export interface RateLevel {
  ratePerSecond: number;
  warmupMs: number;
  durationMs: number;
}

/** Load by how many are under way at once: what scalability is measured at. */
export interface ConcurrencyLevel {
  concurrency: number;
  /** Of load that is sent for a time. */
  warmupMs: number;
  durationMs: number;
  /** Of work that is done piece by piece: pieces for each that are under way at once. */
  pieces: number;
}

/** One kind of workload: a folder under workloads/ and a line in registry.ts. `Spec` is its part of the scenario, parsed. */
export interface WorkloadKind<Spec> {
  kind: string;
  /** True where it sends load to the scenario's target. */
  needsTarget(spec: Spec): boolean;
  /** True where it only reads: what the `smoke` profile may run against production. */
  readOnly(spec: Spec): boolean;
  /** True where one round says it all: behaviour, not speed. */
  once?: boolean;
  /** For time left and for --dry-run. */
  estimateRoundMs(spec: Spec): number;
  /** The same workload at another rate; null where it has none (closed loops, batches). Kinds without it never have one. */
  atRate?(spec: Spec, level: RateLevel): Spec | null;
  /** The same workload with so many under way at once, in a closed loop; null where that means nothing. Kinds without it never have it. */
  atConcurrency?(spec: Spec, level: ConcurrencyLevel): Spec | null;
  /** The rate it is written with, per second; null where it has none. */
  rateOf?(spec: Spec): number | null;
  /** The `sla` section as limits. */
  limits(spec: Spec): SlaLimit[];
  /** The preflight: is everything there. Throws a BenchError (5 or 6) that says what is missing and how to get it. */
  prepare(spec: Spec, context: WorkloadContext): Promise<PreparedWorkload>;
}

export type { FfmpegTool };
