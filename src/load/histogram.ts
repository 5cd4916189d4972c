import { Float64Histogram, decodeFromCompressedBase64, encodeIntoCompressedBase64, type JsHistogram } from 'hdr-histogram-js';

/**
 * Layout of HdrHistogram (Gil Tene, hdrhistogram.org) for a unit of 1 µs and three significant digits: 2,048 buckets of
 * 1 µs, then 1,024 more for every doubling, so that a bucket is never wider than 1/1,024 of its values.
 */
const HALF = 1024;
const HALF_BITS = 10;
const SIGNIFICANT_DIGITS = 3;
/** A day: above every timeout a scenario can ask for. Higher values are recorded as this one. */
export const HIGHEST_US = 86_400_000_000;
const LENGTH = indexOf(HIGHEST_US) + 1;

/** Counts that are not zero, as they travel between threads. */
export interface HistogramData {
  indices: Uint32Array;
  counts: Float64Array;
  minUs: number;
  maxUs: number;
}

/**
 * Latencies in whole microseconds. Recording is an array increment (the library's own takes 215 ns, this must keep up
 * with 100,000 a second); encoding and decoding are hdr-histogram-js's, so every HdrHistogram tool can read them.
 */
export class Histogram {
  readonly #counts = new Float64Array(LENGTH);
  #total = 0;
  #minUs = Number.POSITIVE_INFINITY;
  #maxUs = 0;

  /** Samples recorded. */
  get count(): number {
    return this.#total;
  }

  /** Exact largest value in µs; after `decode`, the upper end of its bucket. 0 when empty. */
  get maxUs(): number {
    return this.#maxUs;
  }

  /** Exact smallest value in µs; after `decode`, the lower end of its bucket. Infinity when empty. */
  get minUs(): number {
    return this.#minUs;
  }

  /** Records a value in µs, rounded to a whole one; below 0 counts as 0. */
  record(us: number): void {
    const whole = us > 0 ? Math.min(Math.round(us), HIGHEST_US) : 0;
    const index = indexOf(whole);
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#total += 1;
    if (whole > this.#maxUs) this.#maxUs = whole;
    if (whole < this.#minUs) this.#minUs = whole;
  }

  /** As many samples of one value at once. */
  recordMany(us: number, times: number): void {
    if (times <= 0) return;
    this.record(us);
    const index = indexOf(us > 0 ? Math.min(Math.round(us), HIGHEST_US) : 0);
    this.#counts[index] = (this.#counts[index] ?? 0) + times - 1;
    this.#total += times - 1;
  }

  /** Adds every sample of another histogram to this one. */
  add(other: Histogram): void {
    if (other.#total === 0) return;
    for (let index = indexOf(other.#minUs); index <= indexOf(other.#maxUs); index += 1) {
      this.#counts[index] = (this.#counts[index] ?? 0) + (other.#counts[index] ?? 0);
    }
    this.#total += other.#total;
    this.#minUs = Math.min(this.#minUs, other.#minUs);
    this.#maxUs = Math.max(this.#maxUs, other.#maxUs);
  }

  /**
   * The value in µs that a share `q` of the samples does not exceed: nearest rank (rank ⌈q·n⌉, at least 1, of the sorted
   * samples; Hyndman & Fan type 1), reported as the upper end of its bucket and never above the largest sample. So it
   * is at most 1/1,024 above the exact order statistic and never below it. Undefined without samples.
   */
  quantile(q: number): number | undefined {
    if (this.#total === 0) return undefined;
    return this.#valueAtRank(nearestRank(q, this.#total));
  }

  /** Samples in buckets at or below the bucket of `us`. */
  countUpTo(us: number): number {
    let seen = 0;
    const last = indexOf(Math.min(Math.max(0, Math.floor(us)), HIGHEST_US));
    for (let index = 0; index <= last; index += 1) seen += this.#counts[index] ?? 0;
    return seen;
  }

  /**
   * Points for a percentile chart as [quantile 0..1, µs], denser towards the tail: `perHalving` points for every halving
   * of the distance to 1, up to the largest sample. Quantile 1 itself is left out: a logarithmic axis has no place for
   * it, and the last point has its value already. At most about 200 points; empty without samples.
   */
  spectrum(perHalving = 5): [number, number][] {
    const points: [number, number][] = [];
    if (this.#total === 0) return points;
    let seen = 0;
    let index = indexOf(this.#minUs) - 1;
    for (let step = 0; ; step += 1) {
      const q = 1 - 0.5 ** (step / perHalving);
      const rank = nearestRank(q, this.#total);
      while (seen < rank) {
        index += 1;
        seen += this.#counts[index] ?? 0;
      }
      points.push([q, Math.min(highestIn(index), this.#maxUs)]);
      if (rank >= this.#total) break;
    }
    return points;
  }

  reset(): void {
    if (this.#total > 0) this.#counts.fill(0, indexOf(this.#minUs), indexOf(this.#maxUs) + 1);
    this.#total = 0;
    this.#minUs = Number.POSITIVE_INFINITY;
    this.#maxUs = 0;
  }

  /** HdrHistogram V2, deflated, base64. */
  encode(): string {
    const library = new Float64Histogram(1, HIGHEST_US, SIGNIFICANT_DIGITS);
    const { indices, counts } = this.toData();
    indices.forEach((index, at) => library.setCountAtIndex(index, counts[at] ?? 0));
    library.establishInternalTackingValues();
    return encodeIntoCompressedBase64(library);
  }

  /** Reads what `encode` wrote; throws on anything else. */
  static decode(encoded: string): Histogram {
    const library = decodeFromCompressedBase64(encoded, 64) as JsHistogram;
    if (library.numberOfSignificantValueDigits !== SIGNIFICANT_DIGITS || library.lowestDiscernibleValue !== 1 || library.countsArrayLength > LENGTH + HALF) {
      throw new Error('not a histogram of whole microseconds with three significant digits up to a day');
    }
    const result = new Histogram();
    for (let index = 0; index < LENGTH; index += 1) result.#load(index, library.getCountAtIndex(index));
    return result;
  }

  toData(): HistogramData {
    const indices: number[] = [];
    const counts: number[] = [];
    if (this.#total > 0) {
      for (let index = indexOf(this.#minUs); index <= indexOf(this.#maxUs); index += 1) {
        const count = this.#counts[index] ?? 0;
        if (count === 0) continue;
        indices.push(index);
        counts.push(count);
      }
    }
    return { indices: Uint32Array.from(indices), counts: Float64Array.from(counts), minUs: this.#minUs, maxUs: this.#maxUs };
  }

  static fromData(data: HistogramData): Histogram {
    const result = new Histogram();
    data.indices.forEach((index, at) => result.#load(index, data.counts[at] ?? 0));
    result.#minUs = data.minUs;
    result.#maxUs = data.maxUs;
    return result;
  }

  #load(index: number, count: number): void {
    if (!(count > 0)) return;
    this.#counts[index] = count;
    this.#total += count;
    this.#minUs = Math.min(this.#minUs, lowestIn(index));
    this.#maxUs = Math.max(this.#maxUs, Math.min(highestIn(index), HIGHEST_US));
  }

  #valueAtRank(rank: number): number {
    let seen = 0;
    const last = indexOf(this.#maxUs);
    for (let index = indexOf(this.#minUs); index <= last; index += 1) {
      seen += this.#counts[index] ?? 0;
      if (seen >= rank) return Math.min(highestIn(index), this.#maxUs);
    }
    return this.#maxUs;
  }
}

/** ⌈q·n⌉ within 1..n; the product is nudged down so that 0.07 × 100 is rank 7 and not 8. */
function nearestRank(q: number, n: number): number {
  return Math.min(n, Math.max(1, Math.ceil(q * n * (1 - 1e-12))));
}

function indexOf(us: number): number {
  if (us < 2 * HALF) return us;
  if (us < 0x8000_0000) {
    const shift = 21 - Math.clz32(us);
    return shift * HALF + (us >>> shift);
  }
  // Above 31 bits the bit operations would wrap: count the bits of the upper part.
  const shift = 52 - Math.clz32(Math.floor(us / 2 ** 31));
  return shift * HALF + Math.floor(us / 2 ** shift);
}

function shiftOf(index: number): number {
  return index < 2 * HALF ? 0 : (index >> HALF_BITS) - 1;
}

function lowestIn(index: number): number {
  const shift = shiftOf(index);
  return (index - shift * HALF) * 2 ** shift;
}

function highestIn(index: number): number {
  return lowestIn(index) + 2 ** shiftOf(index) - 1;
}
