import { watchCpu } from '../host/cpu-share.ts';
import { lackingRounds, type SeenRound } from '../capacity/scaling/analyse.ts';
import type { Target } from '../target/target.ts';
import type { ConcurrencyLevel, PreparedWorkload } from '../workloads/contract.ts';
import type { BoundWorkload } from '../workloads/registry.ts';
import type { ChosenScenario, ChosenWorkload } from './choose.ts';
import { contextOf, type PreflightBase } from './preflight.ts';
import { orderOfRound } from './rounds.ts';
import { roundsSeen } from './scaling-seen.ts';

/** How much is measured at a level. */
export type LevelSize = Omit<ConcurrencyLevel, 'concurrency'>;

/** What every subject came to in one round of one level. */
export interface SeenLevel {
  subject: string;
  seen: SeenRound;
}

export interface ScalingMeasured {
  seen: SeenLevel[];
  notMeasured: { what: string; reason: string; remedy: string }[];
}

export interface ScalingOptions {
  levels: readonly number[];
  rounds: number;
  size: LevelSize;
  /** Of an interrupted measurement: what is in it is not measured again. */
  before: ScalingMeasured;
}

interface ScalingLane {
  concurrency: number;
  rounds: number;
  bound: BoundWorkload;
}

/** Rounds on top of those asked for, for levels of which too few count. */
const EXTRA_ROUNDS = 2;

const isThere = (seen: readonly SeenLevel[], concurrency: number, round: number): boolean => seen.some((each) => each.seen.concurrency === concurrency && each.seen.round === round);

/** What the rounds that are still to come take, by the workload's own estimates. */
export function scalingEstimateMs(workload: ChosenWorkload, { levels, rounds, size, before }: ScalingOptions): number {
  const left = (concurrency: number): number => Array.from({ length: rounds }, (_, round) => round).filter((round) => !isThere(before.seen, concurrency, round)).length;
  return levels.reduce((sum, concurrency) => sum + left(concurrency) * at(workload, concurrency, size).estimateRoundMs, 0);
}

/**
 * Measures every level once a round, the order of levels rotated, so that drift of the machine hits all of them alike. A level of which
 * too few rounds count gets more. `keep` is called after every level; what was measured before an interrupt is in it.
 */
export async function measureScaling(scenario: ChosenScenario, workload: ChosenWorkload, target: Target | null, options: ScalingOptions, needs: PreflightBase, keep: (measured: ScalingMeasured) => Promise<void>): Promise<void> {
  const { signal, observe } = needs;
  const { rounds, before } = options;
  const lanes = options.levels.map((concurrency): ScalingLane => ({ concurrency, rounds: rounds + EXTRA_ROUNDS, bound: at(workload, concurrency, options.size) }));
  const ready = new Map<ScalingLane, PreparedWorkload>();
  let measured = before;

  const prepare = async (lane: ScalingLane): Promise<PreparedWorkload> => {
    const there = ready.get(lane);
    if (there !== undefined) return there;
    observe({ type: 'stage', text: `preparing ${lane.concurrency} at once` });
    const context = await contextOf(scenario, workload.name, { target, tools: needs.tools, folder: `${workload.name}-${lane.concurrency}` }, needs);
    const prepared = await lane.bound.prepare(context);
    ready.set(lane, prepared);
    return prepared;
  };
  const measure = async (lane: ScalingLane, round: number): Promise<void> => {
    const prepared = await prepare(lane);
    const title = { scenario: scenario.name, workload: `${lane.concurrency} at once`, round, fresh: round >= rounds };
    observe({ type: 'workload-started', ...title, rounds: Math.max(rounds, round + 1), estimateMs: lane.bound.estimateRoundMs });
    const startedAt = performance.now();
    const busy = watchCpu();
    await prepared.runRound(round);
    if (signal.aborted) return;
    const measurement = prepared.measurement();
    const found = roundsSeen(measurement, { concurrency: lane.concurrency, round, machineBusy: busy() });
    observe({ type: 'workload-finished', ...title, headline: headlineOf(found), durationMs: performance.now() - startedAt });
    measured = { seen: [...measured.seen, ...found], notMeasured: measurement.notMeasured };
    await keep(measured);
  };

  try {
    // All of them first: what a level lacks is known before any is measured.
    for (const lane of lanes) {
      if (signal.aborted) return;
      if (Array.from({ length: rounds }, (_, round) => round).some((round) => !isThere(before.seen, lane.concurrency, round))) await prepare(lane);
    }
    for (let round = 0; round < rounds + EXTRA_ROUNDS; round += 1) {
      const lacking = round < rounds ? null : lackingOf(measured.seen, rounds);
      for (const lane of orderOfRound(lanes, round)) {
        if (signal.aborted) return;
        const due = lacking === null || lacking.has(lane.concurrency);
        if (due && !isThere(measured.seen, lane.concurrency, round)) await measure(lane, round);
      }
    }
  } finally {
    for (const prepared of ready.values()) await prepared.close();
  }
}

/** The concurrencies of which, for any subject, fewer rounds count than were asked for. */
function lackingOf(seen: readonly SeenLevel[], rounds: number): Set<number> {
  const subjects = new Set(seen.map(({ subject }) => subject));
  return new Set([...subjects].flatMap((subject) => lackingRounds(seen.filter((each) => each.subject === subject).map((each) => each.seen), rounds)));
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
