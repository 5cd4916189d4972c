import { runSaturation } from './autocannon/saturation.ts';
import { runClosedLoop } from './closed-loop.ts';
import type { LoadHooks } from './hooks.ts';
import { runOpenLoop } from './open-loop.ts';
import type { LoadPlan } from './plan.ts';
import type { LoadResult } from './result.ts';

/** Runs a plan in this thread, on the engine it asks for. */
export function runPlan(plan: LoadPlan, hooks: LoadHooks): Promise<LoadResult> {
  if (plan.model === 'open') return runOpenLoop(plan, hooks);
  return plan.engine === 'own' ? runClosedLoop(plan, hooks) : runSaturation(plan, hooks);
}
