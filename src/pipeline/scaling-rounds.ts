import { watchCpu } from '../host/cpu-share.ts';
import { orderOfRound } from './rounds.ts';
import type { SeenRound } from '../capacity/scaling/analyse.ts';
import type { Target } from '../target/target.ts';
import type { ConcurrencyLevel, PreparedWorkload } from '../workloads/contract.ts';
import type { BoundWorkload } from '../workloads/registry.ts';
import type { ChosenScenario, ChosenWorkload } from './choose.ts';
import { contextOf, type PreflightBase } from './preflight.ts';
import { bytesSeen, roundsSeen } from './scaling-seen.ts';

/** How much is measured at a level. */
export type LevelSize = Omit<ConcurrencyLevel, 'concurrency'>;

/** What every subject came to in one round of one level. */
export interface SeenLevel {
  subject: string;
  seen: SeenRound;
}

export interface ScalingMeasured {
  seen: SeenLevel[];
  bytesPerVideo: number | null;
  notMeasured: { what: string; reason: string; remedy: string }[];
}

interface ScalingLane {
  concurrency: number;
  rounds: number;
  bound: BoundWorkload;
  prepared: PreparedWorkload;
}

/** What all rounds of these levels take, by the workload's own estimates. */
export function scalingEstimateMs(workload: ChosenWorkload, levels: readonly number[], rounds: number, size: LevelSize): number {
  return levels.reduce((sum, concurrency) => sum + rounds * at(workload, concurrency, size).estimateRoundMs, 0);
}

/**
 * Measures every level once a round, the order of levels rotated, so that drift of the machine hits all of them alike. `keep` is
 * called after every level; what was measured before an interrupt is in it.
 */
export async function measureScaling(scenario: ChosenScenario, workload: ChosenWorkload, target: Target | null, options: { levels: readonly number[]; rounds: number; size: LevelSize }, needs: PreflightBase, keep: (measured: ScalingMeasured) => Promise<void>): Promise<void> {
  const { signal, observe } = needs;
  const lanes: ScalingLane[] = [];
  const seen: SeenLevel[] = [];
  try {
    for (const concurrency of options.levels) {
      if (signal.aborted) return;
      observe({ type: 'stage', text: `preparing ${concurrency} at once` });
      const bound = at(workload, concurrency, options.size);
      const context = await contextOf(scenario, workload.name, { target, tools: needs.tools, folder: `${workload.name}-${concurrency}` }, needs);
      lanes.push({ concurrency, rounds: options.rounds, bound, prepared: await bound.prepare(context) });
    }
    for (let round = 0; round < options.rounds; round += 1) {
      for (const lane of orderOfRound(lanes, round)) {
        if (signal.aborted) return;
        const title = { scenario: scenario.name, workload: `${lane.concurrency} at once`, round, fresh: false };
        observe({ type: 'workload-started', ...title, rounds: options.rounds, estimateMs: lane.bound.estimateRoundMs });
        const startedAt = performance.now();
        const busy = watchCpu();
        await lane.prepared.runRound(round);
        if (signal.aborted) return;
        const measurement = lane.prepared.measurement();
        const found = roundsSeen(measurement, { concurrency: lane.concurrency, round, machineBusy: busy() });
        seen.push(...found);
        observe({ type: 'workload-finished', ...title, headline: headlineOf(found), durationMs: performance.now() - startedAt });
        await keep({ seen, bytesPerVideo: bytesSeen(measurement), notMeasured: measurement.notMeasured });
      }
    }
  } finally {
    for (const { prepared } of lanes) await prepared.close();
  }
}

function at(workload: ChosenWorkload, concurrency: number, size: LevelSize): BoundWorkload {
  const bound = workload.bound.atConcurrency({ concurrency, ...size });
  if (bound === null) throw new Error('a workload that scales can be run at any concurrency');
  return bound;
}

function headlineOf(found: readonly SeenLevel[]): string {
  return found
    .map(({ subject, seen: { throughputPerSecond, unfit } }) => {
      const figure = unfit ?? (throughputPerSecond === null ? 'nothing completed' : throughputPerSecond < 1 ? `${(3_600 * throughputPerSecond).toFixed(0)}/h` : `${throughputPerSecond.toFixed(throughputPerSecond < 10 ? 2 : 0)}/s`);
      return subject === '' ? figure : `${subject} ${figure}`;
    })
    .join(', ');
}

