/** How much values resemble those `lag` places earlier, −1 to 1. Box & Jenkins' estimator; 0 where the values do not vary. */
export function autocorrelation(values: readonly number[], lag: number): number {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  if (squares === 0 || lag >= n) return 0;
  let products = 0;
  for (let i = lag; i < n; i += 1) products += ((values[i] ?? mean) - mean) * ((values[i - lag] ?? mean) - mean);
  return products / squares;
}

/**
 * How many independent values the given ones are worth for their mean: n / (1 + 2 Σ ρ_k), which is n / (2 Σ Γ_m − 1) with the pairs
 * Γ_m = ρ_2m + ρ_2m+1, (ρ_0 + ρ_1), (ρ_2 + ρ_3) …, ended at the first pair that is not positive: the initial positive sequence of
 * Geyer, "Practical Markov chain Monte Carlo", Statistical Science 7, 1992, 3.3. From 1 to n.
 */
export function effectiveCount(values: readonly number[]): number {
  const n = values.length;
  let sum = 0;
  for (let lag = 0; lag + 1 < n; lag += 2) {
    const pair = autocorrelation(values, lag) + autocorrelation(values, lag + 1);
    if (pair <= 0) break;
    sum += pair;
  }
  return Math.max(1, Math.min(n, n / Math.max(1 / n, 2 * sum - 1)));
}
