import { metricKey, parseMetricKey } from '../record/metrics.ts';
import type { ComparisonResult, Environment, Metric, ScenarioRecord, WorkloadRecord } from '../record/schema.ts';
import type { MachineBaseline } from './baseline-files.ts';
import type { Calibration } from './calibration-file.ts';
import { kindOfKey } from './figure-rules.ts';
import { gate, type GateInput, type Reference } from './gate.ts';
import { isMirror, ungated } from './mirror.ts';
import { DEFAULT_GATE, ruleFor, type GateOptions } from './options.ts';
import { expectedMetrics, referenceFor, type Now } from './reference.ts';
import { notMeasured } from './results.ts';

/** One scenario of a run, the baselines stored for it (of every machine), and its `gate` section. */
export interface ToCompare {
  scenario: ScenarioRecord;
  baselines: readonly MachineBaseline[];
  options?: GateOptions;
  /** What was calibrated for it on this machine. */
  calibration?: Calibration | null;
}

/** The run that is compared, and the machine it ran on. */
export interface Measurer {
  runId: string;
  environment: Environment;
}

/**
 * Every metric of a run against the stored baselines: the same scenarios, in the same order, with `comparison` filled.
 * The run is compared as a whole, because the chance of a false alarm is held down over all its metrics. Pure.
 */
export function compareRun({ runId, environment }: Measurer, parts: readonly ToCompare[]): ScenarioRecord[] {
  const places = parts.flatMap(({ scenario, baselines, options = DEFAULT_GATE, calibration }) =>
    scenario.workloads.flatMap((workload) =>
      workload.metrics.map((metric) => ({ workload, input: { metric, options: isMirror(metric, workload.metrics) ? ungated(metric, options) : options, reference: referenceOf(workload, metric, { runId, environment, scenario }, baselines), confirmedFrom: workload.confirmation?.from ?? null, prior: calibration?.metrics[`${workload.name}/${metricKey(metric)}`]?.spread } satisfies GateInput })),
    ),
  );
  const results = gate(places.map(({ input }) => input));
  const byWorkload = new Map<WorkloadRecord, ComparisonResult[]>();
  places.forEach(({ workload }, index) => {
    const result = results[index];
    if (result !== undefined) byWorkload.set(workload, [...(byWorkload.get(workload) ?? []), result]);
  });
  return parts.map(({ scenario, baselines, options = DEFAULT_GATE }) => ({
    ...scenario,
    workloads: scenario.workloads.map((workload) => ({ ...workload, comparison: [...(byWorkload.get(workload) ?? []), ...lost(workload, { runId, environment, scenario }, baselines, options)] })),
  }));
}

function referenceOf(workload: WorkloadRecord, metric: Metric, now: Now, baselines: readonly MachineBaseline[]): Reference {
  if (workload.validity.status === 'invalid') return { kind: 'none', verdict: 'not-comparable', sentence: 'not compared: the measurement is invalid' };
  if (workload.status === 'interrupted') return { kind: 'none', verdict: 'not-comparable', sentence: 'not compared: the measurement was interrupted' };
  return referenceFor(workload.name, metric, now, baselines);
}

/**
 * What the baseline holds of this workload and this run does not: never silently missing. A stored session holds metrics that there
 * are (session.ts); a run that another is held against may be of an earlier version, with metrics that are no more.
 */
function lost(workload: WorkloadRecord, now: Now, baselines: readonly MachineBaseline[], options: GateOptions): ComparisonResult[] {
  const measured = new Set(workload.metrics.map(metricKey));
  return expectedMetrics(now, baselines)
    .filter((expected) => expected.workload === workload.name && !measured.has(expected.key))
    .map(({ key, figure }) => notMeasured(key, figure, { gated: kindOfKey(key) !== null && ruleFor(parseMetricKey(key), options).gated }));
}
