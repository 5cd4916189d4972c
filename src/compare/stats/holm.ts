/**
 * Adjusted p-values: rejecting those at or under α keeps the chance of even one false rejection in the family under α.
 * Holm, "A simple sequentially rejective multiple test procedure", Scand. J. Statistics 6, 1979; weights (section 4 there)
 * share α out unevenly and must not depend on the data. In the order given.
 */
export function holm(pValues: readonly number[], weights: readonly number[] = pValues.map(() => 1)): number[] {
  const tests = pValues.map((p, index) => ({ p, index, weight: weights[index] ?? 1 })).sort((a, b) => a.p / a.weight - b.p / b.weight);
  const adjusted = new Array<number>(pValues.length).fill(1);
  let left = tests.reduce((sum, { weight }) => sum + weight, 0);
  let floor = 0;
  for (const { p, index, weight } of tests) {
    floor = Math.max(floor, Math.min(1, (p * left) / weight));
    adjusted[index] = floor;
    left -= weight;
  }
  return adjusted;
}
