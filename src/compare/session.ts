import { z } from 'zod';
import { metricKey } from '../record/metrics.ts';
import { unit, type Environment, type RunRecord, type ScenarioRecord } from '../record/schema.ts';

/** Where sessions and approvals are told apart from those of other versions. */
export const BASELINE_VERSION = 1;

/** Scenario names and machine hashes become folders: nothing else may. */
export const FOLDER_NAME = /^[\w-]+$/;

const facts = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, { error: 'must be 64 hexadecimal digits' });
const positiveCount = z.number().int().nonnegative();

const figure = z.strictObject({ value: z.number(), rounds: z.array(z.number().nullable()), n: positiveCount, unit });

/** One scenario of one run, as it is kept for comparison: a file of its own, written once. */
export const session = z.strictObject({
  version: z.literal(BASELINE_VERSION),
  runId: z.string().regex(/^[\w.-]+$/),
  startedAt: z.iso.datetime(),
  joined: z.enum(['passed', 'approved']).describe('passed: by itself; approved: a failing run that a person made the reference, and nothing else'),
  scenario: z.string().regex(FOLDER_NAME),
  sha256: sha256.describe('of what the scenario measured'),
  profile: z.string(),
  target: z.string().nullable(),
  commit: z.string().nullable().describe('of the repository the run was started in'),
  subjects: z.record(z.string(), z.string()).describe('what was under test or took part: ffmpeg, readybench, node'),
  machine: z.strictObject({ hash: z.string().regex(FOLDER_NAME), hard: facts, soft: facts }),
  workloads: z.record(z.string(), z.record(z.string().describe('metric key'), figure)),
});

const approval = z.strictObject({ runId: z.string(), reason: z.string().min(1), date: z.iso.datetime() });

/** Which sessions a person has made the reference, by what they measured (a scenario measures something else in each profile). */
export const approvals = z.strictObject({
  version: z.literal(BASELINE_VERSION),
  approved: z.record(
    sha256,
    z.strictObject({
      metricsFrom: approval.nullable().describe('the session all metrics are compared from'),
      metrics: z.record(z.string().describe('workload/metric key'), approval).describe('metrics that have one of their own'),
    }),
  ),
});

export type Session = z.infer<typeof session>;
export type Approvals = z.infer<typeof approvals>;
export type Approval = z.infer<typeof approval>;
export type ApprovedForOne = Approvals['approved'][string];

/** A session of one scenario of a run. Workloads and metrics without figures are left out. */
export function sessionOf(record: Pick<RunRecord, 'run' | 'environment'>, scenario: ScenarioRecord): Session {
  const { run, environment } = record;
  const workloads = scenario.workloads.map(({ name, metrics }): [string, Session['workloads'][string]] => [
    name,
    Object.fromEntries(metrics.map((metric) => [metricKey(metric), { value: metric.value, rounds: metric.rounds, n: metric.n, unit: metric.unit }])),
  ]);
  return {
    version: BASELINE_VERSION,
    runId: run.id,
    startedAt: run.startedAt,
    joined: notKept(record, scenario) === null ? 'passed' : 'approved',
    scenario: scenario.name,
    sha256: scenario.sha256,
    profile: run.profile,
    target: scenario.target,
    commit: run.git?.commit ?? null,
    subjects: subjectsOf(run.tools),
    machine: machineOf(environment),
    workloads: Object.fromEntries(workloads.filter(([, metrics]) => Object.keys(metrics).length > 0)),
  };
}

function subjectsOf({ readybench, node, ffmpeg }: RunRecord['run']['tools']): Record<string, string> {
  return { readybench, node, ...(ffmpeg === null ? {} : { ffmpeg: ffmpeg.version }) };
}

function machineOf({ hash, hard, soft }: Environment): Session['machine'] {
  return { hash, hard, soft };
}

/** Why a scenario of a run can be no baseline even by a person's decision; null where it can. */
export function unfit(record: Pick<RunRecord, 'run'>, scenario: ScenarioRecord): string | null {
  const { status } = record.run;
  if (status !== 'complete') return `the run is ${status === 'running' ? 'not finished' : status}`;
  if (scenario.workloads.some(({ testDouble }) => testDouble === true)) return 'it was measured on a stand-in for the real device';
  const invalid = scenario.workloads.find(({ validity }) => validity.status === 'invalid');
  if (invalid !== undefined) return `the measurement of ${invalid.name} is invalid`;
  return scenario.workloads.every(({ metrics }) => metrics.length === 0) ? 'nothing was measured' : null;
}

/** Why a scenario of a run does not join the stored sessions by itself; null where it does. */
export function notKept(record: Pick<RunRecord, 'run'>, scenario: ScenarioRecord): string | null {
  const reason = unfit(record, scenario);
  if (reason !== null) return reason;
  const breached = scenario.workloads.find(({ sla }) => sla.some(({ verdict, severity }) => verdict === 'breach' && severity === 'critical'));
  if (breached !== undefined) return `${breached.name} breached a limit`;
  const regressed = scenario.workloads.find(({ comparison }) => comparison.some(({ verdict }) => verdict === 'regression'));
  return regressed === undefined ? null : `${regressed.name} regressed`;
}
