import type { LoadEngine } from '../load/engine.ts';

/** What the user asked for; everything that has a default has it here already. */
export interface RunRequest {
  /** Files, folders or names; none means all that are tagged `default`. */
  scenarios: readonly string[];
  profile: string;
  /** Replaces the base URL of every scenario that has a target. */
  target: string | null;
  tag: string | null;
  filter: string | null;
  rounds: number | null;
  seed: number;
  out: string | null;
  reportsDir: string;
  baselinesDir: string;
  compare: boolean;
  /** What `--against` named: the other side of a paired run; null for a run by itself. */
  against: string | null;
  /** Whether the control workload runs before every round. */
  control: boolean;
  /** What `--fail-on` named; undefined for the default policy. */
  failOn: string | undefined;
  insecureTls: boolean;
  /** What sends the load of http workloads; null for our own generator. */
  engine: LoadEngine | null;
  confirmTarget: string | undefined;
  /** The command line that was typed, for the reports. */
  command: string;
  /** Of readybench itself. */
  version: string;
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
}
