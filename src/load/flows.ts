import type { FlowPlan, LoadPlan, RequestPlan } from './plan.ts';
import { Preparation, type PreparedRequest } from './prepared.ts';
import { IterationTally } from './tally.ts';

export interface FlowStep {
  plan: RequestPlan;
  preparation: Preparation;
}

/** A flow of the plan, ready to be started any number of times. */
export interface Flow {
  plan: FlowPlan;
  steps: readonly FlowStep[];
  /** The request where the flow is a single one that is always the same: it needs no iteration to be remembered. */
  simple: PreparedRequest | null;
  /** Figures of its iterations; null where those of its request say all. */
  tally: IterationTally | null;
}

/** The flows of a plan; their steps are numbered through. */
export function flowsOf(plan: LoadPlan): Flow[] {
  let index = 0;
  return plan.flows.map((flow) => {
    const steps = flow.steps.map((step) => ({ plan: step, preparation: new Preparation(step, index++, plan) }));
    const [first] = steps;
    if (first === undefined) throw new Error('a flow has at least one step');
    const alone = steps.length === 1 && flow.labels === null && plan.cookies === null && first.plan.capture.length === 0;
    return { plan: flow, steps, simple: alone ? first.preparation.constant : null, tally: flow.labels === null ? null : new IterationTally() };
  });
}
