import { seedFor, seededRandom } from '../random.ts';
import type { FlowPlan } from './plan.ts';

/** Chooses which flow of the load comes next, at random by weight; the same sequence for the same seed. */
export function mixOf(flows: readonly Pick<FlowPlan, 'weight'>[], seed: number): () => number {
  if (flows.length < 2) return () => 0;
  let total = 0;
  const ends = flows.map(({ weight }) => (total += weight));
  const random = seededRandom(seedFor(seed, 'mix'));
  return () => {
    const at = random() * total;
    const index = ends.findIndex((end) => at < end);
    return index === -1 ? flows.length - 1 : index;
  };
}
