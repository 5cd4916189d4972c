import { BenchError, EXIT } from '../errors.ts';
import { metricKey } from '../record/metrics.ts';
import { wrongFields } from '../record/read.ts';
import type { RunRecord, ScenarioRecord } from '../record/schema.ts';
import { addDecision, addSession } from './baseline-files.ts';
import { BASELINE_VERSION, type Decision } from './decisions.ts';
import { canBeReference } from './figure-rules.ts';
import { session, sessionOf, unfit, withReferencesOnly } from './session.ts';

export interface ApproveOptions {
  dir: string;
  record: RunRecord;
  /** Why a person decided so; kept in the file. */
  reason: string;
  /** Id (`latency.p95`), key (`encode.wall{encoder=libx264}`) or `workload/key`; null for all metrics. */
  metric: string | null;
  now?: Date;
}

/** What a decision changed. */
export interface Approved {
  scenario: string;
  hash: string;
  runId: string;
  /** `workload/metric key` each, or null for all of them. */
  metrics: string[] | null;
  file: string;
}

/**
 * Makes a run the reference: its metrics are compared from this session on. A person may approve what regressed or breached a
 * limit, but not what was invalid, interrupted or measured on a stand-in. Throws a BenchError (2).
 */
export async function approve(options: ApproveOptions): Promise<Approved[]> {
  const { dir, record, metric } = options;
  const head = headOf(options, 'an approval');
  refuseUnfit(record);
  const approved: Approved[] = [];
  for (const { scenario, metrics } of chosenMetrics(record, metric, usableIn)) {
    // The session first, a decision is never about one that is not there; and all of it, also where a waiver kept a metric out.
    await addSession(dir, sessionOf(record, scenario), { replace: true });
    approved.push(await decide(dir, record, scenario, metrics, { ...head, kind: 'approve', sha256: scenario.sha256, runId: record.run.id, metrics }));
  }
  return approved;
}

/** Makes a run the release anchor: later runs warn when they have drifted from it, however slowly. What gates stays as it is. Throws a BenchError (2). */
export async function anchor(options: Omit<ApproveOptions, 'metric'>): Promise<Approved[]> {
  const { dir, record } = options;
  const head = headOf(options, 'an anchor');
  refuseUnfit(record);
  const anchored: Approved[] = [];
  for (const scenario of record.scenarios) {
    await addSession(dir, sessionOf(record, scenario), { replace: true });
    anchored.push(await decide(dir, record, scenario, null, { ...head, kind: 'anchor', sha256: scenario.sha256, runId: record.run.id }));
  }
  return anchored;
}

/** Accepts regressions and breaches of a metric up to and including a day (`2026-12-31`, UTC): they are reported and fail nothing. Throws a BenchError (2). */
export async function waive(options: ApproveOptions & { metric: string; until: string }): Promise<Approved[]> {
  const { dir, record, metric, until, now = new Date() } = options;
  const head = headOf(options, 'a waiver');
  const day = new Date(`${until}T00:00:00Z`);
  if (!/^\d{4}-\d\d-\d\d$/.test(until) || Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== until) {
    throw new BenchError(EXIT.usage, `"${until}" is no date`, { hint: `write the last day on which the waiver holds, for example --until ${now.getUTCFullYear()}-12-31` });
  }
  if (until < now.toISOString().slice(0, 10)) throw new BenchError(EXIT.usage, `${until} is over already`, { hint: 'a waiver holds up to and including its day: name one to come' });
  const waived: Approved[] = [];
  for (const { scenario, metrics } of chosenMetrics(record, metric, judgedIn)) {
    waived.push(await decide(dir, record, scenario, metrics, { ...head, kind: 'waive', sha256: scenario.sha256, metrics: metrics ?? [], until }));
  }
  return waived;
}

function headOf({ reason, now = new Date() }: Pick<ApproveOptions, 'reason' | 'now'>, what: string): Pick<Decision, 'version' | 'date' | 'reason'> {
  if (reason.trim() === '') throw new BenchError(EXIT.usage, `${what} needs a reason`, { hint: 'write --reason "what changed and why that is right"' });
  return { version: BASELINE_VERSION, date: now.toISOString(), reason: reason.trim() };
}

function refuseUnfit(record: RunRecord): void {
  const refused = record.scenarios.map((scenario) => ({ scenario, why: unfit(record, scenario) ?? wrongIn(record, scenario) })).find(({ why }) => why !== null);
  if (refused === undefined && record.scenarios.length > 0) return;
  throw new BenchError(EXIT.usage, `run ${record.run.id} cannot be a baseline: ${refused === undefined ? 'it holds no scenario' : `${refused.scenario.name}: ${refused.why}`}`, { hint: 'run again and approve that run' });
}

/** What no run can have measured, in a record that was edited; null where there is nothing of the kind. */
function wrongIn(record: RunRecord, scenario: ScenarioRecord): string | null {
  const { error } = session.safeParse(withReferencesOnly(sessionOf(record, scenario)));
  return error === undefined ? null : `its record is not what it should be:\n  ${wrongFields(error)}`;
}

async function decide(dir: string, record: RunRecord, scenario: ScenarioRecord, metrics: string[] | null, decision: Decision): Promise<Approved> {
  const { hash } = record.environment;
  return { scenario: scenario.name, hash, runId: record.run.id, metrics, file: await addDecision(dir, scenario.name, hash, decision) };
}

/** The scenarios that have the metric, with the full names of what is meant; all scenarios and null for all metrics. */
function chosenMetrics(record: RunRecord, wanted: string | null, keysOf: (scenario: ScenarioRecord) => string[]): { scenario: ScenarioRecord; metrics: string[] | null }[] {
  if (wanted === null) return record.scenarios.map((scenario) => ({ scenario, metrics: null }));
  const chosen = record.scenarios.map((scenario) => ({ scenario, metrics: keysOf(scenario).filter((full) => isMeant(full, wanted)) })).filter(({ metrics }) => metrics.length > 0);
  if (chosen.length > 0) return chosen;
  const known = record.scenarios.flatMap(keysOf);
  throw new BenchError(EXIT.usage, `run ${record.run.id} has no metric "${wanted}"`, { hint: known.length === 0 ? 'it measured nothing' : `it has ${known.join(', ')}` });
}

/** Whether a person means `workload/metric key`: all of it, without the workload, or by its id alone. */
export function isMeant(full: string, wanted: string): boolean {
  const key = full.slice(full.indexOf('/') + 1);
  return [full, key, key.split('{')[0]].includes(wanted);
}

function measuredIn({ workloads }: ScenarioRecord): string[] {
  return workloads.flatMap(({ name, metrics }) => metrics.map((metric) => `${name}/${metricKey(metric)}`));
}

/** What was measured and can be held against later figures. */
function usableIn({ workloads }: ScenarioRecord): string[] {
  return workloads.flatMap(({ name, metrics }) => metrics.filter((metric) => canBeReference(metricKey(metric), metric)).map((metric) => `${name}/${metricKey(metric)}`));
}

/** What was measured, and what has a limit. */
function judgedIn(scenario: ScenarioRecord): string[] {
  return [...new Set([...measuredIn(scenario), ...scenario.workloads.flatMap(({ name, sla }) => sla.map(({ metric }) => `${name}/${metric}`))])];
}
