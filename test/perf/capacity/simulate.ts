/** Simulated searches as a process of its own: `simulate.ts '<{ name, profile, from, to }>'` prints the outcomes as JSON. */
import { trialDuration, TRIAL_SPECS } from '../../../src/capacity/duration.ts';
import { seededRandom } from '../../../src/random.ts';
import { simulateSearch } from '../../support/queues/search-simulation.ts';
import { KNOWN, type Known } from '../../support/simulators/known.ts';
import { modelOf } from '../../support/simulators/models.ts';
import type { Outcome } from './results.ts';

export interface SimulationTask {
  name: string;
  truth: number;
  profile: keyof typeof TRIAL_SPECS;
  from: number;
  to: number;
}

const task = JSON.parse(process.argv[2] ?? '') as SimulationTask;
const known = KNOWN.find(({ name }) => name === task.name);
if (known === undefined) throw new Error(`no simulator ${task.name}`);
process.stdout.write(JSON.stringify(Array.from({ length: task.to - task.from }, (_, at) => search(known, task, task.from + at))));

function search({ spec, limit }: Known, { truth, profile }: SimulationTask, seed: number): Outcome {
  const random = seededRandom(1_000_003 + seed);
  const exponential = (mean: number): number => -mean * Math.log(1 - random());
  // A share of refused requests is a quantile of an answer that takes 0 or 1.
  const [quantile, limitMs] = limit.kind === 'latency' ? [limit.quantile, limit.ms] : [1 - limit.share, 0.5];
  const trial = (rate: number, length: 'short' | 'long'): number[] => {
    const { warmupMs, durationMs } = trialDuration(rate, length, TRIAL_SPECS[profile]);
    const model = modelOf(spec, random);
    const samples: number[] = [];
    for (let now = exponential(1_000 / rate); now < warmupMs + durationMs; now += exponential(1_000 / rate)) {
      const { delayMs, status } = model.arrive(now);
      if (now >= warmupMs) samples.push(limit.kind === 'latency' ? delayMs : status === 200 ? 0 : 1);
    }
    return samples;
  };
  const { estimate } = simulateSearch(trial, { quantile, limitMs }, { fromPerSecond: (truth / 4) * (0.8 + 0.4 * random()), upToPerSecond: 100_000, resolution: 0.05 });
  return estimate === null ? { ratio: null, covered: false } : { ratio: estimate.ratePerSecond / truth, covered: estimate.low <= truth && truth <= estimate.high };
}
