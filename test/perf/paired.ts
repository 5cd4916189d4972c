/** Statistics of measurements in pairs, for the scripts of this folder. */

/** Order-statistic interval of the median, at least 95 % (David & Nagaraja, Order Statistics, 7.1); everything where there are fewer than six. */
export function interval(sorted: readonly number[]): { low: number; high: number } {
  const n = sorted.length;
  let rank = 0;
  // P(Binomial(n, 1/2) ≤ rank) ≤ 2.5 %
  for (let term = 0.5 ** n, below = term; below <= 0.025; rank += 1, term *= (n - rank + 1) / rank, below += term);
  const at = Math.max(0, rank - 1);
  return { low: sorted[at] ?? Number.NaN, high: sorted[n - 1 - at] ?? Number.NaN };
}

export function percent(share: number): string {
  return `${share < 0 ? '−' : '+'}${Math.abs(share * 100).toFixed(2)} %`;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return ((sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN) + (sorted[Math.ceil((sorted.length - 1) / 2)] ?? Number.NaN)) / 2;
}

/** Standard deviation over mean. */
export function variation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)) / mean;
}

/** Whether the added share is at most `bound`, by the median of the pairs, and whether the interval says so too. */
export function verdictOf(ratios: readonly number[], bound: number): { sentence: string; missed: boolean } {
  const sorted = [...ratios].sort((a, b) => a - b);
  const { low, high } = interval(sorted);
  if (sorted.length < 6) return { sentence: 'undecided, fewer than six pairs', missed: false };
  const middle = median(sorted);
  const certain = high <= bound || low > bound ? '' : ', though the machine is too noisy for the interval to say so';
  return { sentence: `${middle <= bound ? 'met' : 'NOT met'} by the median (${percent(middle)})${certain}`, missed: low > bound };
}
