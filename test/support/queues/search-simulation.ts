import { estimateCapacity, type CapacityEstimate } from '../../../src/capacity/estimate.ts';
import { nextStep, type Level, type SearchOptions, type Trial, type TrialLength } from '../../../src/capacity/search.ts';
import { quantileRanks } from '../../../src/compare/stats/order-statistics.ts';

/** Latencies of one trial at a rate. */
export type TrialOf = (ratePerSecond: number, length: TrialLength) => number[];

/** A whole search against a simulated service: one limit, on a quantile of the latency. */
export function simulateSearch(trialOf: TrialOf, { quantile, limitMs }: { quantile: number; limitMs: number }, options: SearchOptions): { levels: Level[]; end: Exclude<ReturnType<typeof nextStep>, { type: 'trial' }>; estimate: CapacityEstimate | null } {
  const tried: { ratePerSecond: number; length: TrialLength; trials: Trial[]; samples: number[]; together: Level['together'] }[] = [];
  for (;;) {
    const step = nextStep(tried, options);
    if (step.type !== 'trial') return { levels: tried, end: step, estimate: estimateCapacity(tried) };
    let level = tried.find(({ ratePerSecond, length }) => ratePerSecond === step.ratePerSecond && length === step.length);
    if (level === undefined) tried.push((level = { ratePerSecond: step.ratePerSecond, length: step.length, trials: [], samples: [], together: 'open' }));
    const latencies = trialOf(step.ratePerSecond, step.length);
    level.trials.push(figure(latencies, quantile) <= limitMs ? 'kept' : 'failed');
    level.samples.push(...latencies);
    level.together = together(level.samples, quantile, limitMs);
  }
}

function figure(latencies: readonly number[], quantile: number): number {
  const sorted = Float64Array.from(latencies).sort();
  return sorted[Math.min(sorted.length - 1, Math.ceil(quantile * sorted.length) - 1)] ?? Infinity;
}

function together(samples: readonly number[], quantile: number, limitMs: number): Level['together'] {
  const sorted = Float64Array.from(samples).sort();
  const { low, high } = quantileRanks(sorted.length, quantile, 0.95);
  if (low !== null && (sorted[low - 1] ?? 0) > limitMs) return 'failed';
  return high !== null && (sorted[high - 1] ?? Infinity) <= limitMs ? 'kept' : 'open';
}
