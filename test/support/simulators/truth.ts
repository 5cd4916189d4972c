import { seededRandom } from '../../../src/random.ts';
import { mmcCapacity } from '../queues/queue.ts';
import { modelOf, type ModelSpec } from './models.ts';

/** The limit of a simulated service: a quantile of its latency, or the share of requests it may refuse. */
export type SimulatorLimit = { kind: 'latency'; quantile: number; ms: number } | { kind: 'errors'; share: number };

const ARRIVALS = 400_000;
const WARM_UP = 20_000;

/** The rate at which the limit is exactly used up: by the law of M/M/c, else by a long simulation of the same model. */
export function trueCapacity(spec: Exclude<ModelSpec, { kind: 'shared' }>, limit: SimulatorLimit): number {
  if (spec.kind === 'queue' && spec.service === 'exponential' && limit.kind === 'latency') return mmcCapacity(spec, limit.quantile, limit.ms);
  let [low, high] = [0, spec.kind === 'queue' ? (1_000 * spec.servers) / spec.serviceMs : 2 * spec.perSecond];
  for (let step = 0; step < 18; step += 1) {
    const middle = (low + high) / 2;
    if (keeps(spec, limit, middle)) low = middle;
    else high = middle;
  }
  return low;
}

function keeps(spec: Exclude<ModelSpec, { kind: 'shared' }>, limit: SimulatorLimit, ratePerSecond: number): boolean {
  const random = seededRandom(7);
  const model = modelOf(spec, random);
  let nowMs = 0;
  let beyond = 0;
  for (let count = 0; count < ARRIVALS + WARM_UP; count += 1) {
    nowMs -= (1_000 / ratePerSecond) * Math.log(1 - random());
    const { delayMs, status } = model.arrive(nowMs);
    if (count >= WARM_UP && (limit.kind === 'latency' ? delayMs > limit.ms : status !== 200)) beyond += 1;
  }
  return beyond / ARRIVALS <= (limit.kind === 'latency' ? 1 - limit.quantile : limit.share);
}
