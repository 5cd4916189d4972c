import { z } from 'zod';
import type { Figure } from './figure.ts';
import { controlMetrics } from './control-metrics.ts';
import { canBeReference, wrongInFigure } from './figure-rules.ts';
import { metricKey } from '../record/metrics.ts';
import { unit, type Environment, type Metric, type RunRecord, type ScenarioRecord, type WorkloadRecord } from '../record/schema.ts';
import { BASELINE_VERSION, sha256 } from './decisions.ts';

/** Scenario names and machine hashes become folders: nothing else may. */
export const FOLDER_NAME = /^[\w-]+$/;

const facts = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));

const figure = z.strictObject({ value: z.number(), rounds: z.array(z.number().nullable()), n: z.number().int().nonnegative(), unit });

/** Figures by metric key, each one that a run can have measured: a baseline edited into nonsense must not switch the gate off. */
const figures = z.record(z.string().describe('metric key'), figure).superRefine((all, context) => {
  for (const [key, each] of Object.entries(all)) {
    for (const { field, message } of wrongInFigure(key, each)) context.addIssue({ code: 'custom', path: field === null ? [key] : [key, field], message });
  }
});

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
  workloads: z.record(z.string(), figures),
  control: figures.optional().describe('the control workload: the same work in every run'),
});

export type Session = z.infer<typeof session>;

/** A session of one scenario of a run. Workloads and metrics without figures are left out. */
export function sessionOf(record: Pick<RunRecord, 'run' | 'environment' | 'control'>, scenario: ScenarioRecord): Session {
  const { run, environment, control } = record;
  const workloads = scenario.workloads.map(({ name, metrics }): [string, Session['workloads'][string]] => [
    name,
    Object.fromEntries(metrics.map((metric) => [metricKey(metric), figureOf(metric)])),
  ]);
  return {
    version: BASELINE_VERSION,
    runId: run.id,
    startedAt: run.startedAt,
    joined: notKept(record, scenario) === null && !scenario.workloads.some((workload) => workload.metrics.some((metric) => isWaived(workload, metric))) ? 'passed' : 'approved',
    scenario: scenario.name,
    sha256: scenario.sha256,
    profile: run.profile,
    target: scenario.target,
    commit: run.git?.commit ?? null,
    subjects: subjectsOf(run.tools),
    machine: machineOf(environment),
    workloads: Object.fromEntries(workloads.filter(([, metrics]) => Object.keys(metrics).length > 0)),
    ...(control === undefined ? {} : { control: Object.fromEntries(controlMetrics(control).map((each) => [each.id, figureOf(each)])) }),
  };
}

/** The session without figures that nothing can be held against, such as the throughput of a service that answered nothing. */
export function withReferencesOnly(all: Session): Session {
  const usable = (metrics: Readonly<Record<string, Figure>>): Record<string, Figure> => Object.fromEntries(Object.entries(metrics).filter(([key, each]) => canBeReference(key, each)));
  const { control, ...rest } = all;
  const workloads = Object.entries(rest.workloads).map(([name, metrics]): [string, Record<string, Figure>] => [name, usable(metrics)]);
  return { ...rest, workloads: Object.fromEntries(workloads.filter(([, metrics]) => Object.keys(metrics).length > 0)), ...(control === undefined ? {} : { control: usable(control) }) };
}

/** The scenario without what regressed under a waiver: it is accepted for now, and must not become normal. */
export function withoutWaived(scenario: ScenarioRecord): ScenarioRecord {
  return { ...scenario, workloads: scenario.workloads.map((workload) => ({ ...workload, metrics: workload.metrics.filter((metric) => !isWaived(workload, metric)) })) };
}

function isWaived({ comparison }: WorkloadRecord, metric: Metric): boolean {
  return comparison.some((result) => result.metric === metricKey(metric) && result.verdict === 'regression' && result.waived !== undefined);
}

const figureOf = ({ value, rounds, n, unit }: Figure): Figure => ({ value, rounds, n, unit });

/** What was under test or took part. */
export function subjectsOf({ readybench, node, ffmpeg }: RunRecord['run']['tools']): Record<string, string> {
  return { readybench, node, ...(ffmpeg === null ? {} : { ffmpeg: ffmpeg.version }) };
}

function machineOf({ hash, hard, soft }: Environment): Session['machine'] {
  return { hash, hard, soft };
}

/** Why a scenario of a run can be no baseline even by a person's decision; null where it can. */
export function unfit(record: Pick<RunRecord, 'run'>, scenario: ScenarioRecord): string | null {
  const { status } = record.run;
  if (status !== 'complete') return `the run is ${status === 'running' ? 'not finished' : status}`;
  if (scenario.workloads.some(({ against }) => against !== undefined)) return 'it was measured in turns with something else (--against)';
  if (scenario.workloads.some(({ testDouble }) => testDouble === true)) return 'it was measured on a stand-in for the real device';
  const invalid = scenario.workloads.find(({ validity }) => validity.status === 'invalid');
  if (invalid !== undefined) return `the measurement of ${invalid.name} is invalid`;
  return scenario.workloads.every(({ metrics }) => metrics.length === 0) ? 'nothing was measured' : null;
}

/** Why a scenario of a run does not join the stored sessions by itself; null where it does. */
export function notKept(record: Pick<RunRecord, 'run'>, scenario: ScenarioRecord): string | null {
  const reason = unfit(record, scenario);
  if (reason !== null) return reason;
  if (scenario.host?.sla.some(({ verdict, severity }) => verdict === 'breach' && severity === 'critical') === true) return 'this machine breached a limit';
  const breached = scenario.workloads.find(({ sla }) => sla.some(({ verdict, severity, waived }) => verdict === 'breach' && severity === 'critical' && waived === undefined));
  if (breached !== undefined) return `${breached.name} breached a limit`;
  const failed = scenario.workloads.find(({ detail }) => detail.kind === 'check' && detail.checks.some(({ verdict, severity = 'critical' }) => verdict === 'fail' && severity === 'critical'));
  if (failed !== undefined) return `a check of ${failed.name} failed`;
  const regressed = scenario.workloads.find(({ comparison }) => comparison.some(({ verdict, waived }) => verdict === 'regression' && waived === undefined));
  return regressed === undefined ? null : `${regressed.name} regressed`;
}
