import type { Observer } from './events.ts';
import type { SlaLimit } from '../record/limits.ts';
import type { PreparedWorkload } from '../workloads/contract.ts';
import { headline } from './headline.ts';

/** A workload ready to be measured, with what the schedule needs to know of it. */
export interface Lane {
  scenario: string;
  workload: string;
  rounds: number;
  kind: string;
  estimateRoundMs: number;
  limits: readonly SlaLimit[];
  prepared: PreparedWorkload;
}

/** Which lanes a round runs, in which order: all that still have rounds to go, the order rotated so that none is always first. Pure. */
export function orderOfRound<L extends { rounds: number }>(lanes: readonly L[], round: number): L[] {
  const due = lanes.filter((lane) => lane.rounds > round);
  const shift = due.length === 0 ? 0 : round % due.length;
  return [...due.slice(shift), ...due.slice(0, shift)];
}

/**
 * Measures every lane, round by round: rounds are the replicates, so slow drift of the machine hits all lanes alike.
 * `keep` is called after every lane, so that a crash never costs what was measured before it. Returns when all rounds are
 * done or `signal` is aborted.
 */
export async function measureRounds(lanes: readonly Lane[], signal: AbortSignal, observe: Observer, keep: () => Promise<void>): Promise<void> {
  const rounds = Math.max(0, ...lanes.map((lane) => lane.rounds));
  for (let round = 0; round < rounds; round += 1) {
    for (const lane of orderOfRound(lanes, round)) {
      if (signal.aborted) return;
      const { scenario, workload } = lane;
      observe({ type: 'workload-started', scenario, workload, round, rounds: lane.rounds, estimateMs: lane.estimateRoundMs });
      const startedAt = performance.now();
      await lane.prepared.runRound(round);
      const durationMs = performance.now() - startedAt;
      observe({ type: 'workload-finished', scenario, workload, round, headline: headline(lane.prepared.measurement().metrics, round), durationMs });
      await keep();
    }
  }
}
