import * as hdr from 'hdr-histogram-js';
import type { HistogramRecord, Labels } from './schema.ts';

/** Samples sorted, as a histogram remembers them. */
export interface OrderedSamples {
  /** How many. */
  n: number;
  /** The k-th smallest, k from 1 to n, in µs, to the histogram's resolution. */
  at(k: number): number;
  /** In µs. */
  mean: number;
}

const sameLabels = (a: Labels, b: Labels): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([key, value]) => b[key] === value);

/** All rounds of one histogram of a workload merged, or null where none was kept. */
export function mergedSamples(histograms: readonly HistogramRecord[], id: string, labels: Labels): OrderedSamples | null {
  return mergedHistograms(histograms.filter((each) => each.id === id && sameLabels(each.labels, labels)));
}

/** All of these merged, whatever their labels; null where there is none. */
export function mergedHistograms(histograms: readonly HistogramRecord[]): OrderedSamples | null {
  const [first, ...rest] = histograms;
  if (first === undefined) return null;
  const merged = hdr.decodeFromCompressedBase64(first.encoded, 64);
  merged.autoResize = true;
  for (const each of rest) merged.add(hdr.decodeFromCompressedBase64(each.encoded, 64));
  const n = merged.totalCount;
  // The library rounds the rank up: aiming a quarter below it is safe from rounding errors.
  return { n, mean: merged.mean, at: (k) => merged.getValueAtPercentile((100 * (k - 0.25)) / n) };
}
