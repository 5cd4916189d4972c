import type { LoadPlan, RequestPlan } from '../load/plan.ts';
import type { Json } from '../load/json-pointer.ts';

/** A workload in one round, as k6 runs it. */
export interface K6Part {
  workload: string;
  round: number;
  /** Of its start, since the start of the test. */
  startMs: number;
  /** What the local engine would run; rows of data lie beside it. */
  load: LoadPlan;
  /** Arrivals at random: k6 starts an iteration this long before it may be due. 0 for evenly spaced ones. */
  delayMs: number;
  /** Number of the arrival that k6 starts first, as the area under the rate: 0, or 1 where the rate changes. */
  first: 0 | 1;
  /** Sent by every k6 process before the test; empty where bench has sent them itself. */
  setup: readonly RequestPlan[];
}

/** Everything the generic script needs, as JSON beside it: `rows` in a file of its own. */
export interface K6Plan {
  schema: 1;
  /** Of this plan: files that belong to another one are told apart by it. */
  id: string;
  scenario: string;
  segments: number;
  parts: readonly K6Part[];
  /** Rows of data by workload. */
  rows: Readonly<Record<string, readonly Readonly<Record<string, Json>>[]>>;
  /** k6's own options. */
  options: Readonly<Record<string, Json>>;
  /** Environment variables that hold secrets; `secret.NAME` in the templates. */
  secrets: readonly string[];
}

/** Names of k6 scenarios hold letters, digits, dashes and underscores. */
export function partName({ workload, round }: Pick<K6Part, 'workload' | 'round'>): string {
  return `${workload}_${round}`;
}
