/** One whole search over loopback as a process of its own: `search-over.ts '<{ name, truth, run, trialMs }>'` prints the outcome as JSON. */
import { findCapacity } from '../../../src/find-capacity.ts';
import { seededRandom } from '../../../src/random.ts';
import { KNOWN } from '../../support/simulators/known.ts';
import { NEVER, withSimulator } from './request.ts';
import type { Outcome } from './results.ts';

export interface SearchTask {
  name: string;
  truth: number;
  run: number;
  /** Length of a trial at most. */
  trialMs: number;
}

const { name, truth, run, trialMs } = JSON.parse(process.argv[2] ?? '') as SearchTask;
const known = KNOWN.find((each) => each.name === name);
if (known === undefined) throw new Error(`no simulator ${name}`);
const { spec, limit } = known;
const sla = limit.kind === 'latency' ? `{ latency: { p${limit.quantile * 100}: ${limit.ms}ms } }` : `{ errorRate: ${limit.share * 100}% }`;
const outcome = await withSimulator(spec, { load: '{ model: open, rate: 100/s, arrivals: poisson, duration: 1s, timeout: 5s }', sla }, async (request): Promise<Outcome> => {
  const fromPerSecond = (truth / 4) * (0.8 + 0.4 * seededRandom(run + 1)());
  const { record, failure } = await findCapacity({ ...request, profile: 'nightly', seed: run + 1, workload: null, fromPerSecond, upToPerSecond: 20_000, resolution: 0.05, longestTrialMs: trialMs, resume: null }, () => undefined, NEVER);
  if (failure !== undefined) throw new Error('the run failed', { cause: failure });
  const { estimate, outcome: end } = record;
  // A generator that gave way says nothing of the search: the run is no run.
  if (end?.type === 'generator-limited') throw new Error('the load generator gave way: this machine is too busy to measure on');
  return estimate === null ? { ratio: null, covered: false } : { ratio: estimate.ratePerSecond / truth, covered: estimate.low <= truth && truth <= estimate.high };
});
process.stdout.write(JSON.stringify(outcome));
