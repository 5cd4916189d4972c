// Copied from src/random.ts by `npm run generate`. Do not edit.
/** A stream of numbers, uniform in [0, 1), the same for the same seed on every machine. */
export type Random = () => number;

/**
 * Seeded generator: xoshiro128** (Blackman & Vigna, "Scrambled linear pseudorandom number generators", 2018),
 * state filled by SplitMix32, 32 bits of resolution.
 */
export function seededRandom(seed: number): Random {
  let mix = seed >>> 0;
  const next32 = (): number => {
    mix = (mix + 0x9e3779b9) >>> 0;
    let z = mix;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  let [a, b, c, d] = [next32(), next32(), next32(), next32()];
  const rotl = (x: number, k: number): number => ((x << k) | (x >>> (32 - k))) >>> 0;
  return () => {
    const result = Math.imul(rotl(Math.imul(b, 5) >>> 0, 7), 9) >>> 0;
    const t = (b << 9) >>> 0;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotl(d >>> 0, 11);
    return result / 0x1_0000_0000;
  };
}

/** A seed for a part of the run (`seedFor(42, 'health', 3)`): parts do not share streams, and their order does not matter. FNV-1a. */
export function seedFor(seed: number, ...parts: (string | number)[]): number {
  let hash = 0x811c9dc5;
  for (const char of `${seed}/${parts.join('/')}`) {
    hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return hash;
}
