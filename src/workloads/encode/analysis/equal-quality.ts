import { pchip, type Curve } from './pchip.ts';

/** One encode on a curve of quality over bit rate. */
export interface RatePoint {
  bitsPerSecond: number;
  /** dB, or a score; higher is better. */
  quality: number;
  framesPerSecond: number;
}

/** Fewer than this draw no curve. */
export const FEWEST_POINTS = 4;

/** Points by rising bit rate whose quality rises too: one that costs more and is no better says nothing about what quality costs. */
export function rising(points: readonly RatePoint[]): RatePoint[] {
  const usable = points.filter((point) => [point.bitsPerSecond, point.quality].every(Number.isFinite) && point.bitsPerSecond > 0);
  let best = Number.NEGATIVE_INFINITY;
  return [...usable]
    .sort((a, b) => a.bitsPerSecond - b.bitsPerSecond || b.quality - a.quality)
    .filter(({ quality }) => {
      if (quality <= best) return false;
      best = quality;
      return true;
    });
}

/** log10 of the bit rate over quality; null with fewer than four points that rise. */
export function rateCurve(points: readonly RatePoint[]): Curve | null {
  const used = rising(points);
  return used.length < FEWEST_POINTS ? null : pchip(used.map(({ quality }) => quality), used.map(({ bitsPerSecond }) => Math.log10(bitsPerSecond)));
}

export type BdRate = { status: 'known'; share: number } | { status: 'unknown'; why: string };

/**
 * How much more bit rate (+) or less (−) `test` needs than `reference` for the same quality, averaged over the qualities both
 * reach: −0.2 is 20 % less. Bjøntegaard, VCEG-M33 (2001), with the monotone piecewise cubic interpolation (PCHIP)
 * of the common test conditions of HEVC (JCTVC-L1100) and VVC (JVET-T2010).
 */
export function bdRate(reference: readonly RatePoint[], test: readonly RatePoint[]): BdRate {
  const [one, two] = [rateCurve(reference), rateCurve(test)];
  if (one === null || two === null) return { status: 'unknown', why: `quality must rise over at least ${FEWEST_POINTS} bit rates` };
  const [low, high] = [Math.max(one.from, two.from), Math.min(one.to, two.to)];
  if (high <= low) return { status: 'unknown', why: 'the two reach no quality in common: choose bit rates that overlap in quality' };
  return { status: 'known', share: 10 ** ((two.integral(low, high) - one.integral(low, high)) / (high - low)) - 1 };
}

export type AtQuality = { status: 'known'; bitsPerSecond: number; framesPerSecond: number } | { status: 'unknown'; why: string };

/** What a quality costs on a curve: bit rate, and the speed at that bit rate. Never beyond what was measured. */
export function atQuality(points: readonly RatePoint[], quality: number): AtQuality {
  const curve = rateCurve(points);
  if (curve === null) return { status: 'unknown', why: `quality must rise over at least ${FEWEST_POINTS} bit rates` };
  if (quality < curve.from) return { status: 'unknown', why: 'its lowest bit rate is better already: add lower ones' };
  if (quality > curve.to) return { status: 'unknown', why: 'its highest bit rate does not reach it: add higher ones' };
  const used = rising(points);
  const speed = pchip(used.map(({ bitsPerSecond }) => Math.log10(bitsPerSecond)), used.map(({ framesPerSecond }) => framesPerSecond));
  const logRate = curve.at(quality);
  return { status: 'known', bitsPerSecond: 10 ** logRate, framesPerSecond: speed.at(logRate) };
}
