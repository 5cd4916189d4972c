/** `videosPerHour`: of the whole machine, from a batch. Never from a single job: that leaves the machine half idle. */
export const costPerVideo = (pricePerHour: number, videosPerHour: number): number => pricePerHour / videosPerHour;

export interface BreakEven {
  /** Videos an hour on the GPU by those on the CPU. */
  speedup: number;
  /** What the GPU machine costs by what the CPU machine costs: the speed-up at which both cost the same. */
  needed: number;
  cheaper: 'cpu' | 'gpu' | 'equal';
}

/** Break-even speed-up is the ratio of the prices. */
export function breakEven(prices: { cpuPerHour: number; gpuPerHour: number }, cpuVideosPerHour: number, gpuVideosPerHour: number): BreakEven {
  const speedup = gpuVideosPerHour / cpuVideosPerHour;
  const needed = prices.gpuPerHour / prices.cpuPerHour;
  return { speedup, needed, cheaper: speedup > needed ? 'gpu' : speedup < needed ? 'cpu' : 'equal' };
}
