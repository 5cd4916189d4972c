import { againstFirst } from './against.ts';
import type { Observer } from './events.ts';
import type { SlaLimit } from '../record/limits.ts';
import type { Confirmation } from '../record/schema.ts';
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
  /** Rounds on top of the planned ones, once something was flagged. */
  confirmation: Confirmation | null;
  prepared: PreparedWorkload;
  /** Paired A/B: what is measured in turns with it. */
  against: { label: string; prepared: PreparedWorkload } | null;
}

/** Which lanes a round runs, in which order: all that still have rounds to go, the order rotated so that none is always first. Pure. */
export function orderOfRound<L extends { rounds: number }>(lanes: readonly L[], round: number): L[] {
  const due = lanes.filter((lane) => lane.rounds > round);
  const shift = due.length === 0 ? 0 : round % due.length;
  return [...due.slice(shift), ...due.slice(0, shift)];
}

/** What all planned rounds of these take, from the workloads' own estimates. */
export function estimateOf(lanes: readonly Lane[]): number {
  return lanes.reduce((sum, { rounds, estimateRoundMs }) => sum + rounds * estimateRoundMs, 0);
}

/** One measurement to make: a lane in one of its rounds. */
interface Due {
  lane: Lane;
  round: number;
  /** How it is counted for whoever watches. */
  shown: { round: number; rounds: number; fresh: boolean };
}

/**
 * Measures every lane, round by round: rounds are the replicates, so slow drift of the machine hits all lanes alike.
 * `keep` is called after every lane, so that a crash never costs what was measured before it. Returns when all rounds are
 * done or `signal` is aborted.
 */
export async function measureRounds(lanes: readonly Lane[], hooks: RoundHooks): Promise<void> {
  const rounds = Math.max(0, ...lanes.map((lane) => lane.rounds));
  for (let round = 0; round < rounds; round += 1) {
    await measureAll(orderOfRound(lanes, round).map((lane) => ({ lane, round, shown: { round, rounds: lane.rounds, fresh: false } })), hooks);
  }
}

/** Measures rounds on top of the planned ones, for the lanes where something was flagged; otherwise as `measureRounds`. */
export async function measureFreshRounds(lanes: readonly Lane[], hooks: RoundHooks): Promise<void> {
  const more = lanes.map((lane) => ({ lane, rounds: freshRoundsOf(lane.rounds) }));
  for (let round = 0; round < Math.max(0, ...more.map(({ rounds }) => rounds)); round += 1) {
    await measureAll(orderOfRound(more, round).map(({ lane, rounds }) => ({ lane, round: lane.rounds + round, shown: { round, rounds, fresh: true } })), hooks);
  }
}

/** How many fresh rounds decide on a flag: enough for a median of their own that one bad round does not move, and bounded. */
export function freshRoundsOf(rounds: number): number {
  return Math.min(10, Math.max(3, rounds + 2));
}

export interface RoundHooks {
  signal: AbortSignal;
  observe: Observer;
  keep: () => Promise<void>;
  /** Before the first lane of every round. */
  beforeRound?: () => Promise<void>;
}

async function measureAll(due: readonly Due[], { signal, observe, keep, beforeRound }: RoundHooks): Promise<void> {
  if (due.length > 0 && !signal.aborted) await beforeRound?.();
  for (const { lane, round, shown } of due) {
    if (signal.aborted) return;
    const { scenario, workload } = lane;
    observe({ type: 'workload-started', scenario, workload, ...shown, estimateMs: lane.estimateRoundMs });
    const startedAt = performance.now();
    for (const side of sidesOf(lane, round)) await side.runRound(round);
    const durationMs = performance.now() - startedAt;
    observe({ type: 'workload-finished', scenario, workload, ...shown, headline: headline(lane.prepared.measurement().metrics, round), durationMs });
    await keep();
  }
}

/** What one round of a lane measures, in order. */
function sidesOf({ prepared, against }: Lane, round: number): PreparedWorkload[] {
  if (against === null) return [prepared];
  return againstFirst(round) ? [against.prepared, prepared] : [prepared, against.prepared];
}
