import { seedFor, seededRandom } from '../random.ts';
import type { RequestPlan } from './plan.ts';

/** Chooses which request of the mix comes next, at random by weight; the same sequence for the same seed. */
export function mixOf(requests: readonly Pick<RequestPlan, 'weight'>[], seed: number): () => number {
  if (requests.length < 2) return () => 0;
  let total = 0;
  const ends = requests.map(({ weight }) => (total += weight));
  const random = seededRandom(seedFor(seed, 'mix'));
  return () => {
    const at = random() * total;
    const index = ends.findIndex((end) => at < end);
    return index === -1 ? requests.length - 1 : index;
  };
}
