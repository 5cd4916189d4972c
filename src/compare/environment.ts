import { median } from 'simple-statistics';
import { metricKind } from '../record/metrics.ts';
import type { ControlRecord, Finding, Metric, ScenarioRecord } from '../record/schema.ts';
import { formatMs, formatShare } from '../units.ts';
import { controlMetrics } from './control-metrics.ts';
import type { MachineBaseline } from './baseline-files.ts';
import { roundsOf, sessionValue, type Figure } from './figure.ts';
import { testLogRatio } from './log-ratio.ts';
import { GATE_ALPHA } from './options.ts';
import { choose, type Now } from './reference.ts';
import { priorWorth } from './tails.ts';

/** Above these, what was measured says more of the neighbours than of the service. */
const LIMITS = {
  /** Processor time that the hypervisor gave to others, of all. */
  steal: 0.05,
  /** Time in which the control waited for a processor, in the middle round. */
  wait: 0.25,
  /** Slower than in the stored sessions, with 99 % certainty, by at least this. */
  slower: 0.02,
} as const;

/**
 * What the control varies by between sessions to begin with, as a standard deviation of logarithms, and how many sessions that counts as
 * while one is stored. It is the same work every time, at its fastest: narrower than any metric of a service. A control that is called
 * slower by chance only withholds what would have been a regression.
 */
const PRIOR: Readonly<Record<string, number>> = { 'control.kernel': 0.03, 'control.loopback': 0.08 };
const WORTH = 2;

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
  // Like with like: the loopback is faster on a machine at rest than after a load, so that a round is compared with the same one of other sessions.
  const common = Math.min(...[now, ...stored].map((figure) => roundsOf(figure).length));
  const [current, ...before] = [now, ...stored].map((figure) => firstOf(figure, common));
  if (current === undefined) return [];
  const worth = WORTH * (priorWorth(stored.length) / priorWorth(1));
  const tested = testLogRatio(current, before, metricKind(now.id), { minEffect: LIMITS.slower, floor: 0, gated: true }, { prior: PRIOR[now.id] ?? 0.1, worth, lightTails: false });
  if (tested === null || tested.effect !== 'worse' || tested.worseP > GATE_ALPHA) return [];
  return [finding('control-slower', `the control, the same work every time, took ${formatMs(tested.current)} where it took ${formatMs(tested.baseline)} in the stored sessions`, remedy)];
}

/** A session's one value of the control, from its first rounds; how these differ among themselves says nothing of the next session. */
function firstOf({ value, rounds, n, unit }: Figure, count: number): Figure {
  const own = sessionValue({ value, n, unit, rounds: roundsOf({ rounds }).slice(0, count) });
  return { value: own, rounds: [own], n: count, unit };
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
