/**
 * Adjusted p-values: rejecting those at or under α keeps the chance of even one false rejection in the family under α.
 * Holm, "A simple sequentially rejective multiple test procedure", Scand. J. Statistics 6, 1979. In the order given.
 */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
  const adjusted = new Array<number>(pValues.length).fill(1);
  let floor = 0;
  order.forEach(({ p, index }, rank) => {
    floor = Math.max(floor, Math.min(1, p * (pValues.length - rank)));
    adjusted[index] = floor;
  });
  return adjusted;
}
