import type { Random } from '../../random.ts';

/** Where a series changed: `index` is the first value after the change. */
export interface ChangePoint {
  index: number;
  /** Q of the split, see `bestSplit`. */
  statistic: number;
  pValue: number;
}

export interface ChangeOptions {
  /** Values on either side of a change at least; 2 or more. */
  minSize: number;
  /** A split counts with a p-value up to this. */
  significance: number;
  permutations: number;
  random: Random;
}

/**
 * Change points by E-divisive (Matteson & James, "A Nonparametric Approach for Multiple Change Point Analysis of Multivariate Data",
 * JASA 109, 2014), moment index 1: the best split of all segments so far is tested by permuting values within segments, and kept while
 * it is significant. Any change of the distribution counts, not of the mean alone. In order of the series. O(n²) for a permutation.
 */
export function changePoints(values: readonly number[], { minSize, significance, permutations, random }: ChangeOptions): ChangePoint[] {
  const found: ChangePoint[] = [];
  for (;;) {
    const edges = [0, ...found.map(({ index }) => index).sort((a, b) => a - b), values.length];
    const segments = edges.slice(1).map((end, at) => ({ from: edges[at] ?? 0, values: values.slice(edges[at], end) }));
    const best = bestOf(segments, minSize);
    if (best === null) break;
    let asExtreme = 1;
    // Ends as soon as the split cannot be significant any more, which most are not.
    for (let round = 0; round < permutations && asExtreme <= significance * (permutations + 1); round += 1) {
      const permuted = segments.map((segment) => ({ ...segment, values: shuffled(segment.values, random) }));
      // Sums in another order differ in their last bits: ties count as ties.
      if ((bestOf(permuted, minSize)?.statistic ?? 0) >= best.statistic * (1 - 1e-12)) asExtreme += 1;
    }
    const pValue = asExtreme / (permutations + 1);
    if (pValue > significance) break;
    found.push({ ...best, pValue });
  }
  return found.sort((a, b) => a.index - b.index);
}

function bestOf(segments: readonly { from: number; values: readonly number[] }[], minSize: number): { index: number; statistic: number } | null {
  let best: { index: number; statistic: number } | null = null;
  for (const { from, values } of segments) {
    const split = bestSplit(values, minSize);
    if (split !== null && split.statistic > (best?.statistic ?? 0)) best = { index: from + split.index, statistic: split.statistic };
  }
  return best;
}

/**
 * The split of a series with the largest scaled energy distance Q = nm/(n+m) · (2·mean|x−y| − mean|x−x'| − mean|y−y'|) between the n values
 * before it and the m values after it, where the values after it may end before the series does (the paper's τ and κ). Null where the
 * series is too short or no split has a Q above 0.
 */
export function bestSplit(values: readonly number[], minSize: number): { index: number; statistic: number } | null {
  const n = values.length;
  if (n < 2 * minSize) return null;
  const sums = distanceSums(values);
  const block = (rowFrom: number, rowTo: number, from: number, to: number): number =>
    at(sums, rowTo * (n + 1) + to) - at(sums, rowFrom * (n + 1) + to) - at(sums, rowTo * (n + 1) + from) + at(sums, rowFrom * (n + 1) + from);
  let best: { index: number; statistic: number } | null = null;
  for (let split = minSize; split <= n - minSize; split += 1) {
    const withinBefore = block(0, split, 0, split) / (split * (split - 1));
    for (let end = split + minSize; end <= n; end += 1) {
      const size = end - split;
      const between = (2 * block(0, split, split, end)) / (split * size);
      const withinAfter = block(split, end, split, end) / (size * (size - 1));
      const statistic = ((split * size) / (split + size)) * (between - withinBefore - withinAfter);
      if (statistic > (best?.statistic ?? 0)) best = { index: split, statistic };
    }
  }
  return best;
}

/** Two-dimensional prefix sums of all distances |values[i] − values[j]|, (n + 1) × (n + 1). */
function distanceSums(values: readonly number[]): Float64Array {
  const n = values.length;
  const sums = new Float64Array((n + 1) * (n + 1));
  for (let i = 0; i < n; i += 1) {
    let row = 0;
    for (let j = 0; j < n; j += 1) {
      row += Math.abs(at(values, i) - at(values, j));
      sums[(i + 1) * (n + 1) + j + 1] = at(sums, i * (n + 1) + j + 1) + row;
    }
  }
  return sums;
}

/** Fisher and Yates. */
function shuffled(values: readonly number[], random: Random): number[] {
  const copy = [...values];
  for (let last = copy.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [copy[last], copy[other]] = [at(copy, other), at(copy, last)];
  }
  return copy;
}

const at = (values: ArrayLike<number>, index: number): number => values[index] ?? Number.NaN;
