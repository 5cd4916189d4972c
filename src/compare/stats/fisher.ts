import { logChoose } from './special.ts';

/**
 * Fisher's exact test, one-sided: the probability of `k` or more events in the `n` new trials, given all events together,
 * had both groups the same rate. Upper tail of the hypergeometric distribution. Agresti, Categorical Data Analysis, 3.5.
 */
export function fisherGreater(k: number, n: number, kReference: number, nReference: number): number {
  const events = k + kReference;
  const all = n + nReference;
  const probability = (i: number): number => Math.exp(logChoose(n, i) + logChoose(nReference, events - i) - logChoose(all, events));
  let tail = 0;
  for (let i = k; i <= Math.min(n, events); i += 1) tail += probability(i);
  return Math.min(1, tail);
}
