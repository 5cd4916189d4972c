import { metricKey, metricKind } from '../record/metrics.ts';
import { plural } from '../record/phrases.ts';
import type { Environment, Metric, ScenarioRecord } from '../record/schema.ts';
import type { MachineBaseline } from './baseline-files.ts';
import type { Figure } from './figure.ts';
import type { Reference } from './gate.ts';
import { WINDOW } from './options.ts';
import type { Approval } from './decisions.ts';
import type { Session } from './session.ts';

/** Without an approval, this many sessions must be stored before they decide anything. */
export const SESSIONS_TO_GATE = 5;

const APPROVE = '`bench baseline approve` gates from now on';

/** The sessions one metric is compared with, or why there are none. */
export type Chosen = { kind: 'sessions'; sessions: readonly Session[] } | { kind: 'none'; sentence: string };

/** What is compared: the scenario as it was measured now, and the machine. A run is never compared with its own session. */
export interface Now {
  runId: string;
  environment: Environment;
  scenario: Pick<ScenarioRecord, 'name' | 'sha256' | 'target'>;
}

/**
 * The reference of one metric. Pure.
 * With an approval: the approved session and those since. Without: the stored ones, once there are five. At most the last 20,
 * of the same scenario content and target (an approved session may have measured another: a person decided that).
 * Another machine's sessions are used for portable metrics only, where this machine has none.
 */
export function referenceFor(workload: string, metric: Metric, now: Now, baselines: readonly MachineBaseline[]): Reference {
  const key = metricKey(metric);
  const own = baselines.filter(({ hash }) => hash === now.environment.hash);
  const others = baselines.filter(({ hash }) => hash !== now.environment.hash);
  const candidates = metricKind(metric.id).nature === 'portable' ? [...own, ...newestFirst(others)] : own;
  const reasons: string[] = [];
  for (const baseline of candidates) {
    const chosen = choose(baseline, now, `${workload}/${key}`);
    if (chosen.kind === 'none') {
      if (baseline.hash === now.environment.hash) reasons.push(chosen.sentence);
      continue;
    }
    const figures = figuresOf(chosen.sessions, workload, key);
    if (figures.length > 0) return { kind: 'sessions', figures };
    reasons.push('the baseline does not hold this metric yet: ' + APPROVE);
  }
  return { kind: 'none', verdict: 'no-baseline', sentence: reasons[0] ?? withoutOwn(now, others) };
}

/** Metric keys by workload that the reference holds: what a run without them has lost. */
export function expectedMetrics(now: Now, baselines: readonly MachineBaseline[]): { workload: string; key: string; figure: Figure }[] {
  const own = baselines.find(({ hash }) => hash === now.environment.hash);
  const chosen = own === undefined ? undefined : choose(own, now, '');
  const last = chosen?.kind === 'sessions' ? chosen.sessions.at(-1) : undefined;
  return Object.entries(last?.workloads ?? {}).flatMap(([workload, metrics]) => Object.entries(metrics).map(([key, figure]) => ({ workload, key, figure })));
}

/** The sessions of a machine that count for one metric (`workload/metric key`). */
export function choose(baseline: MachineBaseline, now: Pick<Now, 'runId' | 'scenario'>, metric: string): Chosen {
  const { sha256, target } = now.scenario;
  const same = baseline.sessions.filter((session) => session.sha256 === sha256 && session.runId !== now.runId);
  // A run without a target measured only what has none: encodes are the same whatever service was measured beside them.
  const passed = same.filter((session) => session.joined === 'passed' && (target === null || session.target === target));
  const approved = baseline.decided.approved[sha256];
  const approval: Approval | null = approved?.metrics[metric] ?? approved?.metricsFrom ?? null;
  if (approval !== null) {
    const anchor = same.filter(({ runId }) => runId === approval.runId);
    const since = passed.filter((session) => session.runId > approval.runId);
    return { kind: 'sessions', sessions: [...anchor, ...since.slice(-(WINDOW - 1))] };
  }
  if (passed.length >= SESSIONS_TO_GATE) return { kind: 'sessions', sessions: passed.slice(-WINDOW) };
  return { kind: 'none', sentence: whyTooFew(baseline, passed, same, target) };
}

function whyTooFew(baseline: MachineBaseline, passed: readonly Session[], same: readonly Session[], target: string | null): string {
  if (passed.length > 0) return `no baseline yet: ${passed.length} of ${plural(SESSIONS_TO_GATE, 'session')} stored; ${APPROVE}`;
  const other = same.at(-1)?.target;
  if (other !== undefined && other !== target) return `no baseline for the target ${target ?? 'none'}: stored sessions measured ${other ?? 'none'}; ${APPROVE}`;
  if (baseline.sessions.length > 0) return `no baseline for the scenario as it is now: it measures something else than the stored sessions did (another profile, or changed workloads); ${APPROVE}`;
  return `no baseline yet; ${APPROVE}`;
}

function withoutOwn({ environment }: Now, others: readonly MachineBaseline[]): string {
  const there = newestFirst(others)[0]?.sessions.at(-1);
  if (there === undefined) return `no baseline yet; ${APPROVE}`;
  return `no baseline for this machine: ${differences(environment.hard, there.machine.hard)}; ${APPROVE}`;
}

/** What changed around the figures since the last session of the reference: tools, kernel, driver. `ffmpeg: 5.1 then, 6.0 now` */
export function changesSince(now: Now & { subjects: Session['subjects'] }, baselines: readonly MachineBaseline[]): string[] {
  const own = baselines.find(({ hash }) => hash === now.environment.hash);
  const chosen = own === undefined ? undefined : choose(own, now, '');
  const last = chosen?.kind === 'sessions' ? chosen.sessions.at(-1) : undefined;
  if (last === undefined) return [];
  const [then, today] = [{ ...last.machine.soft, ...last.subjects }, { ...now.environment.soft, ...now.subjects }];
  return [...new Set([...Object.keys(then), ...Object.keys(today)])]
    .filter((name) => (then[name] ?? null) !== (today[name] ?? null))
    .map((name) => `${name}: ${then[name] ?? 'none'} then, ${today[name] ?? 'none'} now`);
}

/** `cores 2 here, 8 in the stored sessions` */
export function differences(here: Environment['hard'], there: Environment['hard']): string {
  const names = [...new Set([...Object.keys(here), ...Object.keys(there)])].filter((name) => (here[name] ?? null) !== (there[name] ?? null));
  if (names.length === 0) return 'its fingerprint differs from that of the stored sessions';
  return names.map((name) => `${name} ${here[name] ?? 'unknown'} here, ${there[name] ?? 'unknown'} in the stored sessions`).join('; ');
}

function figuresOf(sessions: readonly Session[], workload: string, key: string): Figure[] {
  return sessions.flatMap((session) => session.workloads[workload]?.[key] ?? []);
}

function newestFirst(baselines: readonly MachineBaseline[]): MachineBaseline[] {
  const newest = (baseline: MachineBaseline): string => baseline.sessions.at(-1)?.runId ?? '';
  return [...baselines].sort((a, b) => (newest(a) < newest(b) ? 1 : -1));
}
