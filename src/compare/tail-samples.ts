import { roundsOf } from './figure.ts';
import { TAIL_SAMPLES } from './options.ts';
import type { Metric } from '../record/schema.ts';

/** Why a percentile rests on too few samples to decide anything; null where it does not, or is no tail. */
export function tooFewInTail(metric: Metric, quantile: number | undefined): string | null {
  if (quantile === undefined) return null;
  const beyond = metric.n * (1 - quantile);
  const enoughInAll = quantile <= 0.5 || beyond >= TAIL_SAMPLES.arm - 1e-9;
  const inRound = beyond / Math.max(1, roundsOf(metric).length);
  if (enoughInAll && inRound >= TAIL_SAMPLES.round - 1e-9) return null;
  return `for information: ${Math.floor(beyond + 1e-9)} samples lie beyond it, ${TAIL_SAMPLES.arm} are needed to decide`;
}
