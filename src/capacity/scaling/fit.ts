import { throughputAt, type Law, type Observation } from './law.ts';
import { solve } from './solve.ts';

type Free = readonly (keyof Law)[];

/** Both bounds free, then each held at 0, then both: the best feasible one is the constrained least-squares fit. */
const CHOICES: readonly Free[] = [['sigma', 'kappa', 'lambda'], ['sigma', 'lambda'], ['kappa', 'lambda'], ['lambda']];
const MOST_STEPS = 200;
const SMALL_GAIN = 1e-12;

/**
 * Least squares of the law with σ, κ ≥ 0: Levenberg-Marquardt on every choice of parameters at their bound. Null with fewer than
 * three concurrencies or without any throughput above 0.
 * @param near a law that these figures are known to be near
 */
export function fitLaw(observations: readonly Observation[], near: Law | null = null): Law | null {
  const usable = observations.filter(({ concurrency, throughput }) => concurrency > 0 && Number.isFinite(throughput));
  if (new Set(usable.map(({ concurrency }) => concurrency)).size < 3 || !usable.some(({ throughput }) => throughput > 0)) return null;
  // Of one size, whatever the unit.
  const unit = Math.max(...usable.map(({ throughput }) => throughput));
  const scaled = usable.map(({ concurrency, throughput }) => ({ concurrency, throughput: throughput / unit }));
  const linear = linearFit(scaled);
  const starts = near === null ? [linear, { sigma: 0.05, kappa: 0.001, lambda: linear.lambda }] : [{ ...near, lambda: near.lambda / unit }];
  let best: { law: Law; error: number } | null = null;
  for (const free of CHOICES) {
    for (const start of starts) {
      const found = descend(scaled, { ...start, sigma: free.includes('sigma') ? start.sigma : 0, kappa: free.includes('kappa') ? start.kappa : 0 }, free);
      if (found.law.sigma < 0 || found.law.kappa < 0 || !Number.isFinite(found.error)) continue;
      if (best === null || found.error < best.error) best = found;
    }
    // Nothing held at a bound fits better than a feasible fit with everything free.
    if (best !== null && free === CHOICES[0]) break;
  }
  return best === null ? null : { ...best.law, lambda: best.law.lambda * unit };
}

/** A start: N / X is linear in 1, N − 1 and N(N − 1). */
function linearFit(observations: readonly Observation[]): Law {
  const rows = observations.filter(({ throughput }) => throughput > 0).map(({ concurrency: n, throughput }) => ({ terms: [1, n - 1, n * (n - 1)], value: n / throughput }));
  const normal = [0, 1, 2].map((i) => [0, 1, 2].map((j) => rows.reduce((sum, { terms }) => sum + (terms[i] ?? 0) * (terms[j] ?? 0), 0)));
  const [a = 0, b = 0, c = 0] = solve(normal, [0, 1, 2].map((i) => rows.reduce((sum, { terms, value }) => sum + (terms[i] ?? 0) * value, 0))) ?? [];
  if (a > 0) return { sigma: Math.max(0, b / a), kappa: Math.max(0, c / a), lambda: 1 / a };
  return { sigma: 0.1, kappa: 0.001, lambda: Math.max(...observations.map(({ concurrency, throughput }) => throughput / concurrency)) };
}

function descend(observations: readonly Observation[], start: Law, free: Free): { law: Law; error: number } {
  let law = start;
  let error = squares(observations, law);
  let damping = 1e-3;
  for (let step = 0; step < MOST_STEPS && damping < 1e12; step += 1) {
    const moved = solve(...damped(observations, law, free, damping));
    const next = moved === null ? null : free.reduce<Law>((sum, name, index) => ({ ...sum, [name]: sum[name] + (moved[index] ?? 0) }), law);
    const nextError = next === null ? Infinity : squares(observations, next);
    if (next === null || !(nextError <= error)) {
      damping *= 10;
      continue;
    }
    const gain = error - nextError;
    [law, error] = [next, nextError];
    damping = Math.max(1e-12, damping / 10);
    if (gain <= SMALL_GAIN * (error + SMALL_GAIN)) break;
  }
  return { law, error };
}

/** The normal equations, their diagonal lengthened. */
function damped(observations: readonly Observation[], law: Law, free: Free, damping: number): [number[][], number[]] {
  const rows = observations.map(({ concurrency: n, throughput }) => {
    const below = 1 + law.sigma * (n - 1) + law.kappa * n * (n - 1);
    const value = throughputAt(law, n);
    const slopes = { sigma: (-value * (n - 1)) / below, kappa: (-value * n * (n - 1)) / below, lambda: n / below };
    return { slopes: free.map((name) => slopes[name]), missing: throughput - value };
  });
  const product = (i: number, j: number): number => rows.reduce((sum, { slopes }) => sum + (slopes[i] ?? 0) * (slopes[j] ?? 0), 0);
  const matrix = free.map((_, i) => free.map((__, j) => product(i, j) * (i === j ? 1 + damping : 1)));
  return [matrix, free.map((_, i) => rows.reduce((sum, { slopes, missing }) => sum + (slopes[i] ?? 0) * missing, 0))];
}

function squares(observations: readonly Observation[], law: Law): number {
  if (!(law.lambda > 0)) return Infinity;
  return observations.reduce((sum, { concurrency: n, throughput }) => {
    if (1 + law.sigma * (n - 1) + law.kappa * n * (n - 1) <= 0) return Infinity;
    return sum + (throughput - throughputAt(law, n)) ** 2;
  }, 0);
}
