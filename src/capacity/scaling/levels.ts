/** Fewer levels than this do not tell contention from coherence. */
export const FEWEST_LEVELS = 6;
/** A level with fewer rounds that count may be a chance, and is no part of the fit. */
export const FEWEST_ROUNDS = 3;
/** Of requests to a service: what one process usually serves at once. */
const REQUESTS = [1, 2, 4, 8, 16, 32];

/** Concurrencies to measure where none were asked for: around the number of cores for what fills a processor, doubling for requests. */
export function defaultLevels(kind: 'requests' | 'work', cores: number): number[] {
  if (kind === 'requests') return REQUESTS;
  const around = [1, cores / 2, cores, 1.5 * cores, 2 * cores, 3 * cores, 4 * cores].map((level) => Math.max(1, Math.round(level)));
  const levels = new Set(around);
  for (let level = 1; levels.size < FEWEST_LEVELS; level += 1) levels.add(level);
  return [...levels].sort((a, b) => a - b);
}
