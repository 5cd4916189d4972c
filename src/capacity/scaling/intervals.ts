import { quantile } from 'simple-statistics';
import type { Random } from '../../random.ts';
import { fitLaw } from './fit.ts';
import { FARTHEST, peakOf, throughputAt, type Law, type Observation } from './law.ts';

export interface Range {
  low: number;
  high: number;
}

/** How sure a fit is. */
export interface LawIntervals {
  sigma: Range;
  kappa: Range;
  lambda: Range;
  /** Of the concurrency at the peak; `high` null: some fits have none as far as is looked. Null where most have none. */
  peak: { low: number; high: number | null } | null;
  /** [concurrency, low, high] of the throughput, up to 1.5 × the highest level. */
  band: [number, number, number][];
}

const RESAMPLES = 1_000;
const BAND_POINTS = 40;

/**
 * Intervals of the law's parameters by a bootstrap of the relative residuals, widened for the three parameters that were fitted
 * (Davison & Hinkley, Bootstrap Methods and their Application, 1997, 6.2): what the law does not explain widens them as noise does.
 */
export function lawIntervals(observations: readonly Observation[], law: Law, { confidence, random, resamples = RESAMPLES }: { confidence: number; random: Random; resamples?: number }): LawIntervals {
  const n = observations.length;
  const widening = Math.sqrt(n / Math.max(1, n - 3));
  const residuals = observations.map(({ concurrency, throughput }) => throughput / throughputAt(law, concurrency) - 1);
  const centre = residuals.reduce((sum, residual) => sum + residual, 0) / n;
  const laws: Law[] = [];
  for (let count = 0; count < resamples; count += 1) {
    const again = fitLaw(
      observations.map(({ concurrency }) => {
        const residual = ((residuals[Math.floor(random() * n)] ?? 0) - centre) * widening;
        return { concurrency, throughput: Math.max(0, throughputAt(law, concurrency) * (1 + residual)) };
      }),
      law,
    );
    if (again !== null) laws.push(again);
  }
  const all = laws.length === 0 ? [law] : laws;
  const ends = (values: number[]): Range => ({ low: quantile(values, (1 - confidence) / 2), high: quantile(values, (1 + confidence) / 2) });
  const highest = Math.max(...observations.map(({ concurrency }) => concurrency));
  const band = gridUpTo(highest).map((at): [number, number, number] => {
    const { low, high } = ends(all.map((each) => throughputAt(each, at)));
    return [at, low, high];
  });
  const of = (name: keyof Law): Range => ends(all.map((each) => each[name]));
  return { sigma: of('sigma'), kappa: of('kappa'), lambda: of('lambda'), peak: peakInterval(all, highest, ends), band };
}

function peakInterval(laws: readonly Law[], highest: number, ends: (values: number[]) => Range): LawIntervals['peak'] {
  const peaks = laws.map((law) => peakOf(law, highest));
  const known = peaks.flatMap((peak) => (peak.type === 'at' ? [peak.concurrency] : []));
  if (known.length * 2 <= laws.length) return null;
  // A fit without a peak has it farther out than anything that is said.
  const { low, high } = ends([...known, ...Array.from({ length: laws.length - known.length }, () => Number.MAX_VALUE)]);
  return { low, high: high > FARTHEST * highest ? null : high };
}

/** Concurrencies at which the curve is drawn. */
export function gridUpTo(highest: number): number[] {
  const end = FARTHEST * highest;
  return Array.from({ length: BAND_POINTS }, (_, step) => Number((1 + ((end - 1) * step) / (BAND_POINTS - 1)).toPrecision(6)));
}
