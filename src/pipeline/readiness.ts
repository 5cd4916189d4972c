import { readinessOf } from '../judge/readiness.ts';
import type { ScenarioRecord } from '../record/schema.ts';
import type { ChosenScenario } from './choose.ts';

/** Every scenario that has a readiness guide, with its items decided. Pure. */
export function withReadiness(scenarios: readonly ScenarioRecord[], chosen: readonly ChosenScenario[]): ScenarioRecord[] {
  return scenarios.map((scenario) => {
    const planned = chosen.find(({ name }) => name === scenario.name);
    if (planned === undefined || planned.readiness === null) return scenario;
    return { ...scenario, readiness: readinessOf(planned.readiness, scenario, planned.skipped) };
  });
}
