import { createHash } from 'node:crypto';
import { BenchError, EXIT } from '../errors.ts';
import type { LoadEngine } from '../load/engine.ts';
import type { Plan, PlannedScenario } from '../scenario/plan.ts';
import { bind, type BoundWorkload } from '../workloads/registry.ts';

export interface ChosenWorkload {
  name: string;
  bound: BoundWorkload;
}

export interface ChosenScenario extends Omit<PlannedScenario, 'workloads'> {
  workloads: ChosenWorkload[];
}

/**
 * Binds every planned workload to its kind, and leaves out what the profile may not run: smoke only reads. Pure.
 * Throws a BenchError (2) where nothing is left to run.
 * @param engine what sends the load where it is not our generator: figures of two engines never compare, so the scenario is another one
 */
export function chooseWorkloads(plan: Plan, engine: Pick<LoadEngine, 'name'> | null = null): ChosenScenario[] {
  if (engine !== null) return onEngine(chooseWorkloads(plan), engine);
  const chosen = plan.scenarios.map((scenario) => {
    const all = scenario.workloads.map(({ name, spec }) => ({ name, bound: bind(spec) }));
    const workloads = all.filter(({ bound }) => !scenario.readOnlyOnly || bound.readOnly);
    const left = all.filter((each) => !workloads.includes(each));
    return {
      ...scenario,
      workloads,
      skipped: [...scenario.skipped, ...left.map(({ name }) => ({ workload: name, why: 'does more than read: the smoke profile runs it only where the scenario names it' }))],
    };
  });
  if (chosen.some(({ workloads }) => workloads.length > 0)) return chosen;
  throw new BenchError(EXIT.usage, `no workload of these scenarios runs in the profile ${plan.profile}`, {
    hint: plan.profile === 'smoke' ? 'smoke runs what only reads; name other workloads in profiles.smoke.only, or choose another --profile' : 'choose another --profile or --filter',
  });
}

/** Requests as data run on any engine, a script on the one it was written for. */
const runsOn = ({ kind }: BoundWorkload, engine: string): boolean => kind === 'http' || kind === engine;

/** Only what sends load to a target can be sent by another engine. */
function onEngine(scenarios: readonly ChosenScenario[], { name: engine }: Pick<LoadEngine, 'name'>): ChosenScenario[] {
  const chosen = scenarios.map((scenario) => ({
    ...scenario,
    sha256: createHash('sha256').update(`${scenario.sha256} on ${engine}`).digest('hex'),
    workloads: scenario.workloads.filter(({ bound }) => runsOn(bound, engine)),
    skipped: [...scenario.skipped, ...scenario.workloads.filter(({ bound }) => !runsOn(bound, engine)).map(({ name, bound }) => ({ workload: name, why: `${bound.kind} workloads do not run on ${engine}: use bench run` }))],
  }));
  const left = chosen.filter(({ workloads }) => workloads.length > 0);
  if (left.length > 0) return left;
  throw new BenchError(EXIT.usage, `no workload of these scenarios runs on ${engine}`, { hint: 'Only workloads of requests do; bench run runs the others.' });
}

/** The highest number of rounds of any scenario. */
export function roundsOf(scenarios: readonly ChosenScenario[]): number {
  return Math.max(0, ...scenarios.map(({ rounds }) => rounds));
}

/** What one run of these takes, from the workloads' own estimates. */
export function estimateMs(scenarios: readonly ChosenScenario[]): number {
  return scenarios.reduce((sum, { rounds, workloads }) => sum + workloads.reduce((each, { bound }) => each + (bound.once ? 1 : rounds) * bound.estimateRoundMs, 0), 0);
}
