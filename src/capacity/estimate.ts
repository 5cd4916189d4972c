import { bracket, standing, verdictOf, type Level } from './search.ts';

export interface CapacityEstimate {
  /** The rate at which a trial keeps every limit half the time: median of the posterior, within the highest rate kept and the lowest that failed. */
  ratePerSecond: number;
  /** 95 % credible interval, no narrower than these two rates. */
  low: number;
  high: number;
}

const RATE_STEPS = 400;
/** How sharp the change from kept to failed may be, as the scale of a logistic curve over the logarithm of the rate: 2.5 % to 30 %. */
const WIDTHS = Array.from({ length: 25 }, (_, step) => 0.025 * 12 ** (step / 24));
/** A trial that goes the other way for reasons that have nothing to do with the rate. */
const LAPSE = 0.02;

/**
 * Where the capacity lies, from every trial of a search: P(kept | rate) = logistic((θ − ln rate) / w) with 2 % lapses, posterior over θ and w
 * on a grid, both flat on the logarithm. A psychometric function, as in Kontsevich & Tyler, Vision Research 39 (1999) 2729, because a
 * maximum-likelihood logistic fit does not exist where all lower levels passed and all higher ones failed.
 * Null where no level was kept, none failed, or the generator gave way before the service: then only a bound is known, whatever single
 * trials say.
 */
export function estimateCapacity(levels: readonly Level[]): CapacityEstimate | null {
  const { kept: below, above } = bracket(levels.filter((level) => verdictOf(level) !== null));
  if (below === null || above === null || verdictOf(above) === 'generator') return null;
  const counts = standing(levels)
    .filter(({ together }) => together !== 'generator')
    .map(({ ratePerSecond, trials }) => ({ x: Math.log(ratePerSecond), kept: trials.filter((trial) => trial === 'kept').length, failed: trials.filter((trial) => trial === 'failed').length }));
  const rates = counts.map(({ x }) => x);
  const [from, to] = [Math.min(...rates) - Math.LN2, Math.max(...rates) + Math.LN2];
  const thetas = Array.from({ length: RATE_STEPS + 1 }, (_, step) => from + ((to - from) * step) / RATE_STEPS);
  const logLikelihood = (theta: number, width: number): number =>
    counts.reduce((sum, { x, kept, failed }) => {
      const chance = LAPSE / 2 + (1 - LAPSE) / (1 + Math.exp((x - theta) / width));
      return sum + kept * Math.log(chance) + failed * Math.log(1 - chance);
    }, 0);
  const logs = thetas.map((theta) => WIDTHS.map((width) => logLikelihood(theta, width)));
  const most = Math.max(...logs.flat());
  const weights = logs.map((row) => row.reduce((sum, log) => sum + Math.exp(log - most), 0));
  const at = (share: number): number => Math.exp(quantileOf(thetas, weights, share));
  // Between the rate that was kept and the one that failed, which the curve knows nothing of: what single trials far away say of it is less.
  const [kept, failed] = [below.ratePerSecond, above.ratePerSecond];
  return { ratePerSecond: Math.min(failed, Math.max(kept, at(0.5))), low: Math.min(kept, at(0.025)), high: Math.max(failed, at(0.975)) };
}

/** Quantile of a distribution given by weights on a grid, linear between its points. */
function quantileOf(grid: readonly number[], weights: readonly number[], share: number): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let below = 0;
  for (const [index, weight] of weights.entries()) {
    if (below + weight >= share * total) {
      const point = grid[index] ?? Number.NaN;
      const before = grid[index - 1] ?? point;
      return before + (point - before) * (weight === 0 ? 1 : (share * total - below) / weight);
    }
    below += weight;
  }
  return grid.at(-1) ?? Number.NaN;
}
