/** Where an increasing function crosses zero between `low` and `high`, to the last digit a double can hold. */
export function bisect(increasing: (x: number) => number, low: number, high: number): number {
  let [from, to] = [low, high];
  for (let step = 0; step < 200; step += 1) {
    const middle = from + (to - from) / 2;
    if (middle <= from || middle >= to) break;
    if (increasing(middle) < 0) from = middle;
    else to = middle;
  }
  return from + (to - from) / 2;
}
