/**
 * The universal scalability law, X(N) = λN / (1 + σ(N − 1) + κN(N − 1)): throughput over concurrency (Gunther, Guerrilla Capacity
 * Planning, 2007, with the third parameter of Schwartz & Fortune, 2010).
 */
export interface Law {
  /** Contention: the share of the work that is done one at a time. At least 0. */
  sigma: number;
  /** Coherence: what keeping each in step with every other costs. At least 0. */
  kappa: number;
  /** Throughput of one alone. */
  lambda: number;
}

/** A throughput that was measured at a concurrency. */
export interface Observation {
  concurrency: number;
  throughput: number;
}

export function throughputAt({ sigma, kappa, lambda }: Law, concurrency: number): number {
  return (lambda * concurrency) / (1 + sigma * (concurrency - 1) + kappa * concurrency * (concurrency - 1));
}

/** Beyond this many times the highest level that was measured nothing is said. */
export const FARTHEST = 1.5;

/** Where throughput is highest. */
export type Peak =
  | { type: 'at'; concurrency: number; throughput: number; extrapolated: boolean }
  /** No peak up to `upTo`; what comes later is not claimed. */
  | { type: 'none'; upTo: number };

/**
 * The peak of a law that was fitted to levels up to `highest`: at √((1 − σ) / κ), where that is not too far out. With σ above 1 throughput
 * only falls, so that it is highest for one alone. No peak without coherence otherwise: throughput rises to λ / σ, or stays at λ.
 */
export function peakOf(law: Law, highest: number): Peak {
  const upTo = FARTHEST * highest;
  // With neither contention above 1 nor coherence: ∞, and not a number where σ is 1.
  const at = law.sigma > 1 ? 1 : Math.sqrt((1 - law.sigma) / law.kappa);
  if (!(at <= upTo)) return { type: 'none', upTo };
  const concurrency = Math.max(1, at);
  return { type: 'at', concurrency, throughput: throughputAt(law, concurrency), extrapolated: concurrency > highest };
}
