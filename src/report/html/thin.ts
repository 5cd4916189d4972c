/** Makes long series short without losing what matters in them. */

/** What a bucket of several values is reduced to: the worst of them. */
export type Worst = 'max' | 'min';

/** Values per bucket so that `length` values become at most `most`. */
export function bucketSize(length: number, most: number): number {
  return Math.max(1, Math.ceil(length / Math.max(1, most)));
}

/** The worst value of each bucket, null where a bucket has none: an envelope, so that no spike is lost. */
export function envelope(values: readonly (number | null)[], size: number, worst: Worst): (number | null)[] {
  if (size <= 1) return [...values];
  return Array.from({ length: Math.ceil(values.length / size) }, (_, bucket) => {
    const found = values.slice(bucket * size, (bucket + 1) * size).filter((value) => value !== null);
    return found.length === 0 ? null : found.reduce((a, b) => (worst === 'max' ? Math.max(a, b) : Math.min(a, b)));
  });
}

/** The first value of each bucket: for the x axis. */
export function firsts(values: readonly number[], size: number): number[] {
  return values.filter((_, index) => index % size === 0);
}

/** Four significant digits: more only makes the file larger. */
export function short(value: number | null): number | null {
  return value === null || !Number.isFinite(value) ? null : Number(value.toPrecision(4));
}
