import { logChoose } from './special.ts';

/** Terms below this share of the sum so far add nothing to a double. */
const NOTHING = 1e-17;

/**
 * Fisher's exact test, one-sided: the probability of `k` or more events in the `n` new trials, given all events together,
 * had both groups the same rate. Upper tail of the hypergeometric distribution, summed from its largest term by the ratio of
 * neighbouring ones. Agresti, Categorical Data Analysis, 3.5.
 */
export function fisherGreater(k: number, n: number, kReference: number, nReference: number): number {
  const events = k + kReference;
  const all = n + nReference;
  const [least, most] = [Math.max(k, events - nReference, 0), Math.min(n, events)];
  const mode = Math.min(most, Math.max(least, Math.floor(((n + 1) * (events + 1)) / (all + 2))));
  const start = Math.exp(logChoose(n, mode) + logChoose(nReference, events - mode) - logChoose(all, events));
  /** P(i + 1) / P(i) */
  const ratio = (i: number): number => ((n - i) * (events - i)) / ((i + 1) * (nReference - events + i + 1));
  let tail = start;
  for (let [i, term] = [mode, start]; i < most && term > NOTHING * tail; i += 1) {
    term *= ratio(i);
    tail += term;
  }
  for (let [i, term] = [mode, start]; i > least && term > NOTHING * tail; i -= 1) {
    term /= ratio(i - 1);
    tail += term;
  }
  return Math.min(1, tail);
}
