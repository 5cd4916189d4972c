/** Which half of a transcode limits it. */
export type Bound = 'decode' | 'encode' | 'both';

/** Within this share of the speed of decoding alone, decoding is what limits it. */
const DECODE_BOUND = 0.9;
/** Below this share decoding has time to spare. */
const ENCODE_BOUND = 0.6;

/** From the speed of the whole and of decoding alone, by the same decoder; the stages of a transcode run side by side. */
export function boundOf(wholeFps: number, decodeFps: number): Bound {
  const share = wholeFps / decodeFps;
  return share >= DECODE_BOUND ? 'decode' : share < ENCODE_BOUND ? 'encode' : 'both';
}
