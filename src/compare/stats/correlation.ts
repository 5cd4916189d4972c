/** A series around its mean and scaled to length 1; null where it does not vary. */
export function standardised(values: readonly number[]): number[] | null {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const length = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0));
  return length === 0 ? null : values.map((value) => (value - mean) / length);
}

/** Pearson's correlation of two standardised series of the same length. */
export function correlation(one: readonly number[], other: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < one.length; i += 1) sum += (one[i] ?? 0) * (other[i] ?? 0);
  return sum;
}
