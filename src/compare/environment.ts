import { median } from 'simple-statistics';
import { metricKind } from '../record/metrics.ts';
import type { ControlRecord, Finding, Metric, ScenarioRecord } from '../record/schema.ts';
import { formatMs, formatShare } from '../units.ts';
import { controlMetrics } from './control-metrics.ts';
import type { MachineBaseline } from './baseline-files.ts';
import type { Figure } from './figure.ts';
import { testLogRatio } from './log-ratio.ts';
import { GATE_ALPHA } from './options.ts';
import { choose, type Now } from './reference.ts';

/** Above these, what was measured says more of the neighbours than of the service. */
const LIMITS = {
  /** Processor time that the hypervisor gave to others, of all. */
  steal: 0.05,
  /** Time in which the control waited for a processor, in the middle round. */
  wait: 0.25,
  /** Slower than in the stored sessions, with 99 % certainty, by at least this. */
  slower: 0.02,
} as const;

/** What the control may differ by between sessions to begin with: clocks and neighbours change from day to day. */
const PRIOR: Readonly<Record<string, number>> = { 'control.kernel': 0.1, 'control.loopback': 0.25 };

type Measured = Omit<ControlRecord, 'findings'>;

/** What disturbed the environment; nothing where it was steady. `stored` is the control of the sessions compared with. Pure. */
export function disturbances(control: Measured, stored: readonly Readonly<Record<string, Figure>>[]): Finding[] {
  const waits = control.rounds.flatMap(({ waitShare }) => waitShare ?? []);
  const waited = waits.length === 0 ? 0 : median(waits);
  const quiet = 'Stop what else runs here, or measure on a machine of its own.';
  return [
    ...(control.stealShare !== null && control.stealShare >= LIMITS.steal ? [finding('cpu-steal', `the hypervisor gave ${formatShare(control.stealShare)} of this machine's processor time to others`, 'Measure when the host is less busy, or on a machine with processors of its own.')] : []),
    ...(waited >= LIMITS.wait ? [finding('cpu-contended', `the control waited ${formatShare(waited)} of its time for a processor`, quiet)] : []),
    ...controlMetrics(control).flatMap((each) => slower(each, stored.map((figures) => figures[each.id]).filter((figure) => figure !== undefined), quiet)),
  ];
}

function slower(now: Metric, stored: readonly Figure[], remedy: string): Finding[] {
  if (stored.length === 0) return [];
  const tested = testLogRatio(now, stored, metricKind(now.id), { minEffect: LIMITS.slower, floor: 0, gated: true }, { prior: PRIOR[now.id] ?? 0.1, lightTails: false });
  if (tested === null || tested.effect !== 'worse' || tested.worseP > GATE_ALPHA) return [];
  return [finding('control-slower', `the control, the same work every time, took ${formatMs(tested.current)} where it took ${formatMs(tested.baseline)} in the stored sessions`, remedy)];
}

const finding = (code: string, message: string, remedy: string): Finding => ({ severity: 'warning', code, message, remedy });

/** The control of the sessions that a scenario is compared with. */
export function storedControl(now: Now, baselines: readonly MachineBaseline[]): Readonly<Record<string, Figure>>[] {
  const own = baselines.find(({ hash }) => hash === now.environment.hash);
  const chosen = own === undefined ? undefined : choose(own, now, '');
  return chosen?.kind === 'sessions' ? chosen.sessions.flatMap(({ control }) => (control === undefined ? [] : [control])) : [];
}

/**
 * A scenario compared in a disturbed environment: what would have been a regression makes its workload invalid, because nobody
 * can tell the service from its neighbours. What passes in spite of them passes. Pure.
 */
export function underDisturbance(scenario: ScenarioRecord, found: readonly Finding[]): ScenarioRecord {
  if (found.length === 0) return scenario;
  const why = found.map(({ message }) => message).join('; ');
  const remedy = found[0]?.remedy ?? '';
  return {
    ...scenario,
    workloads: scenario.workloads.map((workload) => {
      const regressed = workload.comparison.filter(({ verdict, waived }) => verdict === 'regression' && waived === undefined);
      if (regressed.length === 0) return workload;
      const message = `looks slower, and the environment was disturbed: ${why}`;
      return {
        ...workload,
        validity: { status: 'invalid', findings: [...workload.validity.findings, { severity: 'invalid', code: 'environment-disturbed', message, remedy }] },
        comparison: workload.comparison.map((result) => (regressed.includes(result) ? { ...result, verdict: 'inconclusive', sentence: `${result.sentence.replace(', a regression', '')}: no verdict in a disturbed environment` } : result)),
      };
    }),
  };
}
