import { runClosedLoop } from './closed-loop.ts';
import type { LoadHooks } from './hooks.ts';
import { runOpenLoop } from './open-loop.ts';
import type { LoadPlan } from './plan.ts';
import type { LoadResult } from './result.ts';

/** Runs a plan in this thread, on the engine it asks for; autocannon takes long to load and is loaded where it is asked for. */
export async function runPlan(plan: LoadPlan, hooks: LoadHooks): Promise<LoadResult> {
  if (plan.model === 'open') return runOpenLoop(plan, hooks);
  if (plan.engine === 'own') return runClosedLoop(plan, hooks);
  const { runSaturation } = await import('./autocannon/saturation.ts');
  return runSaturation(plan, hooks);
}
