import type { Arrivals } from './arrivals.ts';
import type { LoadPlan } from './plan.ts';

/** Which part of a load a thread generates: arrivals `index`, `index + of`, `index + 2·of`, … */
export interface Share {
  index: number;
  of: number;
}

/** The plans of the threads of a load. Each gets its part of the in-flight limit, and at least one. */
export function sharesOf(plan: LoadPlan): LoadPlan[] {
  if (plan.model === 'closed') return [plan];
  const { workers, maxInFlight } = plan;
  return Array.from({ length: workers }, (_, index) => ({
    ...plan,
    share: { index, of: workers },
    maxInFlight: Math.max(1, Math.floor(maxInFlight / workers) + (index < maxInFlight % workers ? 1 : 0)),
  }));
}

/** A sequence with only the values of a share: together the shares have every value, each once. */
export function ofShare<T>(next: () => T, { index, of }: Share): () => T {
  let skip = index;
  return () => {
    for (; skip > 0; skip -= 1) next();
    skip = of - 1;
    return next();
  };
}

export function arrivalsOfShare(arrivals: Arrivals, share: Share): Arrivals {
  return { next: ofShare(() => arrivals.next(), share) };
}
