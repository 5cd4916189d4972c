import { plural } from '../record/phrases.ts';
import type { ScenarioRecord } from '../record/schema.ts';
import type { ReadyScenario } from './preflight.ts';
import { freshRoundsOf, type Lane } from './rounds.ts';

/** What is to be measured once more, and the scenarios with that noted. */
export interface Confirming {
  ready: ReadyScenario[];
  /** Those with something to confirm. */
  lanes: Lane[];
  estimateMs: number;
  /** One sentence for each workload, for whoever watches. */
  notes: string[];
}

/** The workloads in which something looks worse than its baseline: fresh rounds of these decide. Pure. */
export function confirming(ready: readonly ReadyScenario[], compared: readonly ScenarioRecord[]): Confirming {
  const marked = ready.map((each) => ({ ...each, lanes: each.lanes.map((lane) => withFlags(lane, compared)) }));
  const lanes = marked.flatMap((each) => each.lanes.filter(({ confirmation }) => confirmation !== null));
  return {
    ready: marked,
    lanes,
    estimateMs: lanes.reduce((sum, { rounds, estimateRoundMs }) => sum + freshRoundsOf(rounds) * estimateRoundMs, 0),
    notes: lanes.map(({ workload, rounds, confirmation }) => `${workload}: ${confirmation?.metrics.join(', ')} ${confirmation?.metrics.length === 1 ? 'looks' : 'look'} worse than the baseline: ${plural(freshRoundsOf(rounds), 'fresh round')} decide`),
  };
}

function withFlags(lane: Lane, compared: readonly ScenarioRecord[]): Lane {
  const workload = compared.find(({ name }) => name === lane.scenario)?.workloads.find(({ name }) => name === lane.workload);
  const metrics = (workload?.comparison ?? []).filter(({ suspected }) => suspected).map(({ metric }) => metric);
  return metrics.length === 0 ? lane : { ...lane, confirmation: { from: lane.rounds, metrics } };
}
