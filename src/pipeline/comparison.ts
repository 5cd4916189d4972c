import { readBaselines } from '../compare/baseline-files.ts';
import { compareRun, type ToCompare } from '../compare/compare-run.ts';
import type { GateOptions } from '../compare/options.ts';
import type { Environment, ScenarioRecord } from '../record/schema.ts';

export interface ComparisonNeeds {
  runId: string;
  environment: Environment;
  baselinesDir: string;
  /** A scenario's own gate section. */
  gateOf: (scenario: string) => GateOptions;
}

/** Reads the stored baselines and holds every metric of the run against them, all scenarios at once. Throws a BenchError (2) for a baseline that was edited into nonsense. */
export async function compareWithBaselines(scenarios: readonly ScenarioRecord[], { runId, environment, baselinesDir, gateOf }: ComparisonNeeds): Promise<ScenarioRecord[]> {
  const parts: ToCompare[] = [];
  for (const scenario of scenarios) parts.push({ scenario, baselines: await readBaselines(baselinesDir, scenario.name), options: gateOf(scenario.name) });
  return compareRun({ runId, environment }, parts);
}
