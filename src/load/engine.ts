import type { LoadHooks } from './hooks.ts';
import type { LoadPlan } from './plan.ts';
import type { LoadResult } from './result.ts';

/** What an engine is told of the measurement, besides its plan. */
export interface EngineContext extends LoadHooks {
  workload: string;
  round: number;
  /** For its files; removed by the run. */
  workDir: string;
}

/** Something else than our own generator that can run a plan. */
export interface LoadEngine {
  /** Becomes part of the scenario's identity: figures of two engines are never compared. */
  name: string;
  /** What it is, for the record. */
  tool: { path: string; version: string; segments: number };
  run(plan: LoadPlan, context: EngineContext): Promise<LoadResult>;
}
