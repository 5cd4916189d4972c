/** What vbench compares of an encode. */
export interface Encoded {
  /** Frames a second. */
  speed: number;
  bitsPerSecond: number;
  /** PSNR, dB. */
  quality: number;
}

/** Ratios against the reference; above 1 is better in each. */
export interface Ratios {
  s: number;
  b: number;
  q: number;
}

export const SCENARIOS = ['upload', 'live', 'vod', 'popular', 'platform'] as const;
export type Scores = Record<(typeof SCENARIOS)[number], number>;

/** At this quality or above nobody sees a difference, and a loss of quality is no loss. */
const VISUALLY_LOSSLESS_DB = 50;
/** Two encodes within this share count as equal where vbench asks for equality. */
const EQUAL = 0.02;

/** S = speed / reference's, B = reference's bit rate / its own, Q = quality / reference's. Lottarini et al., vbench, ASPLOS 2018, 4.1. */
export function ratios(of: Encoded, reference: Encoded): Ratios {
  return { s: of.speed / reference.speed, b: reference.bitsPerSecond / of.bitsPerSecond, q: of.quality / reference.quality };
}

/**
 * The five scenarios of vbench (table 1): what must hold, and what counts. A missed constraint scores 0.
 * `framesPerSecond`: of the clip, which live has to keep up with.
 */
export function scores(of: Encoded, reference: Encoded, framesPerSecond: number): Scores {
  const { s, b, q } = ratios(of, reference);
  const when = (holds: boolean, score: number): number => (holds && Number.isFinite(score) ? score : 0);
  return {
    upload: when(b > 0.2, s * q),
    live: when(of.speed >= framesPerSecond, b * q),
    vod: when(q >= 1 || of.quality >= VISUALLY_LOSSLESS_DB, s * b),
    popular: when(b >= 1 && q >= 1 && s >= 0.1, b * q),
    platform: when(Math.abs(b - 1) <= EQUAL && Math.abs(q - 1) <= EQUAL, s),
  };
}
