import { z } from 'zod';
import { kindOfFull } from './figure-rules.ts';

/** Where sessions and decisions are told apart from those of other versions. */
export const BASELINE_VERSION = 1;

export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, { error: 'must be 64 hexadecimal digits' });
const metrics = z.array(z.string().refine((full) => kindOfFull(full) !== null, { error: ({ input }) => `must name a metric that there is, as health/latency.p95: got "${String(input)}"` }).describe('workload/metric key')).min(1);
const head = { version: z.literal(BASELINE_VERSION), date: z.iso.datetime(), reason: z.string().min(1) };

/** What a person decided about the baselines of one scenario on one machine: a file of its own, written once and never changed. */
export const decision = z.discriminatedUnion('kind', [
  z.strictObject({ ...head, kind: z.literal('approve'), sha256, runId: z.string(), metrics: metrics.nullable().describe('null: all of them') }),
  z.strictObject({ ...head, kind: z.literal('anchor'), sha256, runId: z.string() }),
  z.strictObject({ ...head, kind: z.literal('waive'), sha256, metrics, until: z.iso.date().describe('the last day on which it holds, in UTC') }),
  z.strictObject({ ...head, kind: z.literal('remove'), runs: z.array(z.string()), everything: z.boolean().describe('approvals, anchors and waivers as well') }),
]);

export type Decision = z.infer<typeof decision>;

export interface Approval {
  runId: string;
  reason: string;
  date: string;
}

/** What is approved for one content of a scenario: a session all metrics are compared from, and metrics that have one of their own. */
export interface ApprovedForOne {
  metricsFrom: Approval | null;
  /** By `workload/metric key`. */
  metrics: Readonly<Record<string, Approval>>;
}

/** A regression or a breach that is accepted for a time. */
export interface Waiver {
  sha256: string;
  /** `workload/metric key` */
  metric: string;
  until: string;
  reason: string;
  date: string;
}

/** A removal, kept for whoever asks where the sessions are. */
export interface Removal {
  runs: readonly string[];
  everything: boolean;
  reason: string;
  date: string;
}

/** All decisions of one baseline, taken together: the later one counts. By hash of the scenario's content where a run is meant. */
export interface Decided {
  approved: Readonly<Record<string, ApprovedForOne>>;
  /** The session that drift is measured from. */
  anchors: Readonly<Record<string, Approval>>;
  waivers: readonly Waiver[];
  removals: readonly Removal[];
  /** Run ids whose sessions are gone, also where a crash left the file. */
  removed: ReadonlySet<string>;
}

export const UNDECIDED: Decided = { approved: {}, anchors: {}, waivers: [], removals: [], removed: new Set() };

/** Pure. Decisions in the order in which they were made. */
export function decidedBy(decisions: readonly Decision[]): Decided {
  return decisions.reduce(after, UNDECIDED);
}

function after(before: Decided, decision: Decision): Decided {
  const { reason, date } = decision;
  switch (decision.kind) {
    case 'approve': {
      const approval: Approval = { runId: decision.runId, reason, date };
      const known = before.approved[decision.sha256] ?? { metricsFrom: null, metrics: {} };
      const own = decision.metrics === null ? { metricsFrom: approval, metrics: {} } : { ...known, metrics: { ...known.metrics, ...Object.fromEntries(decision.metrics.map((key) => [key, approval])) } };
      return { ...before, approved: { ...before.approved, [decision.sha256]: own }, removed: without(before.removed, decision.runId) };
    }
    case 'anchor':
      return { ...before, anchors: { ...before.anchors, [decision.sha256]: { runId: decision.runId, reason, date } }, removed: without(before.removed, decision.runId) };
    case 'waive': {
      const { sha256: content, until } = decision;
      const same = (waiver: Waiver): boolean => waiver.sha256 === content && decision.metrics.includes(waiver.metric);
      return { ...before, waivers: [...before.waivers.filter((waiver) => !same(waiver)), ...decision.metrics.map((metric): Waiver => ({ sha256: content, metric, until, reason, date }))] };
    }
    case 'remove': {
      const kept = decision.everything ? UNDECIDED : before;
      const { runs, everything } = decision;
      return { ...kept, removals: [...before.removals, { runs, everything, reason, date }], removed: new Set([...before.removed, ...runs]) };
    }
  }
}

function without(removed: ReadonlySet<string>, runId: string): ReadonlySet<string> {
  return new Set([...removed].filter((each) => each !== runId));
}
