import { metricKey } from '../record/metrics.ts';
import type { ComparisonResult, Metric, ScenarioRecord, WorkloadRecord } from '../record/schema.ts';
import { isMirror, ungated } from './mirror.ts';
import { DEFAULT_GATE, ruleFor, type GateOptions } from './options.ts';
import { pairedGate, type Pair } from './paired.ts';
import { notMeasured, undecided } from './results.ts';

/** Every workload that was measured in turns with something else, compared with that; all scenarios together, as a run is. Pure. */
export function comparePaired(scenarios: readonly ScenarioRecord[], optionsOf: (scenario: string) => GateOptions | undefined): ScenarioRecord[] {
  const options = ({ name }: ScenarioRecord): GateOptions => optionsOf(name) ?? DEFAULT_GATE;
  const places = scenarios.flatMap((scenario) => scenario.workloads.flatMap((workload) => pairsOf(workload, options(scenario)).map((pair) => ({ workload, pair }))));
  const results = pairedGate(places.map(({ pair }) => pair));
  return scenarios.map((scenario) => ({
    ...scenario,
    workloads: scenario.workloads.map((workload) => {
      if (workload.against === undefined) return workload;
      const invalid = whyInvalid(workload);
      const own = results.filter((_, index) => places[index]?.workload === workload);
      return { ...workload, comparison: invalid === null ? [...own, ...onOneSideOnly(workload, options(scenario))] : workload.metrics.map((metric) => undecided(metric, 'not-comparable', invalid)) };
    }),
  }));
}

function pairsOf(workload: WorkloadRecord, options: GateOptions): Pair[] {
  const { metrics, against } = workload;
  if (against === undefined || whyInvalid(workload) !== null) return [];
  return metrics.flatMap((metric) => {
    const other = find(against.metrics, metric);
    return other === undefined ? [] : [{ metric, against: other, options: isMirror(metric, metrics) ? ungated(metric, options) : options }];
  });
}

const find = (metrics: readonly Metric[], wanted: Metric): Metric | undefined => metrics.find((each) => metricKey(each) === metricKey(wanted));

/** What only one of the sides has: never silently missing. */
function onOneSideOnly({ metrics, against }: WorkloadRecord, options: GateOptions): ComparisonResult[] {
  const others = against?.metrics ?? [];
  const gated = (metric: Metric): boolean => ruleFor(metric, options, 'paired').gated;
  return [
    ...metrics.filter((metric) => find(others, metric) === undefined).map((metric) => undecided(metric, gated(metric) ? 'not-comparable' : 'advisory', 'the other side does not have it')),
    ...others.filter((metric) => find(metrics, metric) === undefined).map((metric) => notMeasured(metricKey(metric), metric, { gated: gated(metric), has: 'the other side' })),
  ];
}

function whyInvalid({ validity, against }: WorkloadRecord): string | null {
  if (validity.status === 'invalid') return 'not compared: the measurement is invalid';
  return against?.validity.status === 'invalid' ? 'not compared: the measurement of the other side is invalid' : null;
}
