import { quantile } from 'simple-statistics';
import type { Random } from '../../random.ts';

/**
 * Circular block bootstrap (Politis & Romano 1992): resamples in blocks, so that values that resemble their neighbours keep
 * doing so. Yields the statistic of every resample.
 */
export function blockBootstrap(values: readonly number[], statistic: (sample: number[]) => number, options: { blockLength: number; resamples: number; random: Random }): number[] {
  const n = values.length;
  if (n === 0) throw new RangeError('a bootstrap needs at least one value');
  const block = Math.max(1, Math.min(n, Math.round(options.blockLength)));
  return Array.from({ length: options.resamples }, () => {
    const sample: number[] = [];
    while (sample.length < n) {
      const start = Math.floor(options.random() * n);
      for (let i = 0; i < block && sample.length < n; i += 1) sample.push(values[(start + i) % n] ?? Number.NaN);
    }
    return statistic(sample);
  });
}

/** Percentile interval of bootstrap statistics: each end holds with probability `confidence` by itself. */
export function percentileInterval(statistics: readonly number[], confidence: number): { low: number; high: number } {
  return { low: quantile([...statistics], 1 - confidence), high: quantile([...statistics], confidence) };
}
