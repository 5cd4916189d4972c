import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BenchError, EXIT } from '../errors.ts';
import { plural } from '../record/phrases.ts';
import type { RunRecord, ScenarioRecord } from '../record/schema.ts';
import { addSession, machineDir, readBaselines, storedScenarios, writeApprovals, type MachineBaseline } from './baseline-files.ts';
import { choose } from './reference.ts';
import { notKept, sessionOf, unfit, type Approval, type ApprovedForOne } from './session.ts';

/** What became of one scenario of a run: stored for comparison, or why not. */
export type Kept = { scenario: string; kept: true; file: string } | { scenario: string; kept: false; why: string };

/** Adds a finished and judged run to the stored sessions, scenario by scenario; failing, invalid and interrupted ones are not kept. */
export async function keepSessions(dir: string, record: RunRecord): Promise<Kept[]> {
  const kept: Kept[] = [];
  for (const scenario of record.scenarios) {
    const why = notKept(record, scenario);
    if (why === null) kept.push({ scenario: scenario.name, kept: true, file: await addSession(dir, sessionOf(record, scenario)) });
    else kept.push({ scenario: scenario.name, kept: false, why });
  }
  return kept;
}

export interface ApproveOptions {
  dir: string;
  record: RunRecord;
  /** Why a person decided so; kept in the file. */
  reason: string;
  /** Id (`latency.p95`), key (`encode.wall{encoder=libx264}`) or `workload/key`; null for all metrics. */
  metric: string | null;
  now?: Date;
}

/** What an approval changed. */
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
export async function approve({ dir, record, reason, metric, now = new Date() }: ApproveOptions): Promise<Approved[]> {
  if (reason.trim() === '') throw new BenchError(EXIT.usage, 'an approval needs a reason', { hint: 'write --reason "what changed and why that is right"' });
  const refused = record.scenarios.map((scenario) => ({ scenario, why: unfit(record, scenario) })).find(({ why }) => why !== null);
  if (refused !== undefined || record.scenarios.length === 0) {
    throw new BenchError(EXIT.usage, `run ${record.run.id} cannot be a baseline: ${refused === undefined ? 'it holds no scenario' : `${refused.scenario.name}: ${refused.why}`}`, { hint: 'run again and approve that run' });
  }
  const chosen = record.scenarios.map((scenario) => ({ scenario, metrics: metric === null ? null : metricsMatching(record, scenario, metric) })).filter(({ metrics }) => metrics === null || metrics.length > 0);
  if (chosen.length === 0) {
    const known = record.scenarios.flatMap((scenario) => metricsMatching(record, scenario, null));
    throw new BenchError(EXIT.usage, `run ${record.run.id} has no metric "${metric}"`, { hint: `it has ${known.join(', ')}` });
  }
  const approval: Approval = { runId: record.run.id, reason: reason.trim(), date: now.toISOString() };
  const approved: Approved[] = [];
  for (const { scenario, metrics } of chosen) approved.push(await approveOne(dir, record, scenario, metrics, approval));
  return approved;
}

async function approveOne(dir: string, record: RunRecord, scenario: ScenarioRecord, metrics: string[] | null, approval: Approval): Promise<Approved> {
  const { hash } = record.environment;
  await addSession(dir, sessionOf(record, scenario));
  const stored = (await readBaselines(dir, scenario.name)).find((each) => each.hash === hash);
  if (stored === undefined) throw new Error(`the session just written under ${machineDir(dir, scenario.name, hash)} is not there`);
  const before: ApprovedForOne = stored.approvals.approved[scenario.sha256] ?? { metricsFrom: null, metrics: {} };
  const after: ApprovedForOne = metrics === null ? { metricsFrom: approval, metrics: {} } : { ...before, metrics: { ...before.metrics, ...Object.fromEntries(metrics.map((key) => [key, approval])) } };
  const file = await writeApprovals(dir, scenario.name, hash, { ...stored.approvals, approved: { ...stored.approvals.approved, [scenario.sha256]: after } });
  return { scenario: scenario.name, hash, runId: record.run.id, metrics, file };
}

/** `workload/metric key` of every metric that is meant; all of them for null. */
function metricsMatching(record: RunRecord, scenario: ScenarioRecord, wanted: string | null): string[] {
  const { workloads } = sessionOf(record, scenario);
  return Object.entries(workloads).flatMap(([workload, metrics]) =>
    Object.keys(metrics).filter((key) => wanted === null || [key, key.split('{')[0], `${workload}/${key}`].includes(wanted)).map((key) => `${workload}/${key}`),
  );
}

/** One line of `bench baseline list`: a scenario as it was measured in one way (one profile) on one machine. */
export interface BaselineSummary {
  scenario: string;
  hash: string;
  machine: Readonly<Record<string, string | number | null>>;
  sha256: string;
  profile: string;
  sessions: number;
  newest: string;
  approval: Approval | null;
  /** Metrics approved by themselves. */
  metrics: Readonly<Record<string, Approval>>;
  /** Whether a run is compared with it, or why not. */
  gates: { state: 'yes'; sessions: number } | { state: 'no'; why: string };
}

/** Every stored baseline. */
export async function listBaselines(dir: string): Promise<BaselineSummary[]> {
  const summaries: BaselineSummary[] = [];
  for (const scenario of await storedScenarios(dir)) for (const baseline of await readBaselines(dir, scenario)) summaries.push(...summarise(baseline));
  return summaries;
}

function summarise(baseline: MachineBaseline): BaselineSummary[] {
  const shas = [...new Set(baseline.sessions.map(({ sha256 }) => sha256))];
  return shas.flatMap((sha256) => {
    const own = baseline.sessions.filter((session) => session.sha256 === sha256);
    const newest = own.at(-1);
    if (newest === undefined) return [];
    const approved = baseline.approvals.approved[sha256];
    const chosen = choose(baseline, { runId: '', scenario: { name: baseline.scenario, sha256, target: newest.target } }, '');
    return [
      {
        scenario: baseline.scenario,
        hash: baseline.hash,
        machine: newest.machine.hard,
        sha256,
        profile: newest.profile,
        sessions: own.length,
        newest: newest.runId,
        approval: approved?.metricsFrom ?? null,
        metrics: approved?.metrics ?? {},
        gates: chosen.kind === 'sessions' ? { state: 'yes' as const, sessions: chosen.sessions.length } : { state: 'no' as const, why: chosen.sentence },
      },
    ];
  });
}

/** The baselines of one scenario, for `bench baseline show`. Throws a BenchError (2) where there are none. */
export async function showBaseline(dir: string, scenario: string): Promise<{ summaries: BaselineSummary[]; baselines: MachineBaseline[] }> {
  const baselines = await readBaselines(dir, scenario);
  if (baselines.length > 0) return { summaries: baselines.flatMap(summarise), baselines };
  const known = await storedScenarios(dir);
  throw new BenchError(EXIT.usage, `no baseline of a scenario "${scenario}" in ${dir}`, { hint: known.length === 0 ? 'store one with bench run, then bench baseline approve' : `there are ${known.join(', ')}` });
}

export interface RemoveOptions {
  dir: string;
  scenario: string;
  /** Beginning of a machine's hash; null for every machine. */
  machine: string | null;
  /** One session; null for all of them and their approvals. */
  run: string | null;
}

/** Removes stored baselines; yields what is gone. An approved session goes only together with the approval. Throws a BenchError (2). */
export async function removeBaseline({ dir, scenario, machine, run }: RemoveOptions): Promise<string[]> {
  const { baselines } = await showBaseline(dir, scenario);
  const meant = baselines.filter(({ hash }) => machine === null || hash.startsWith(machine));
  if (meant.length === 0) throw new BenchError(EXIT.usage, `no baseline of ${scenario} for a machine "${machine}"`, { hint: `there are ${baselines.map(({ hash }) => hash).join(', ')}` });
  if (run === null) {
    for (const { dir: own } of meant) await rm(own, { recursive: true });
    return meant.map(({ dir: own }) => own);
  }
  const holding = meant.filter(({ sessions }) => sessions.some(({ runId }) => runId === run));
  if (holding.length === 0) throw new BenchError(EXIT.usage, `no session "${run}" in the baselines of ${scenario}`, { hint: `bench baseline show ${scenario} lists them` });
  for (const baseline of holding) await removeSession(baseline, run);
  return holding.map(({ dir: own }) => join(own, 'sessions', `${run}.json`));
}

async function removeSession(baseline: MachineBaseline, run: string): Promise<void> {
  const uses = Object.values(baseline.approvals.approved).filter(({ metricsFrom, metrics }) => metricsFrom?.runId === run || Object.values(metrics).some(({ runId }) => runId === run));
  if (uses.length > 0) {
    throw new BenchError(EXIT.usage, `session ${run} of ${baseline.scenario} is approved: ${plural(uses.length, 'approval')} would hang in the air`, { hint: 'approve another run first, or remove the whole baseline of this machine' });
  }
  await rm(join(baseline.dir, 'sessions', `${run}.json`));
}
