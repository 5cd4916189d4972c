/** What one run of our engine came to; `lagP99Ms` is the p99 dispatch lag of the median second, `worstLagP99Ms` of the worst. */
export interface EngineFigures {
  requestsPerSecond: number;
  achieved: number;
  dropped: number;
  failed: number;
  p50Ms: number;
  p99Ms: number;
  lagP99Ms: number | null;
  worstLagP99Ms: number | null;
  /** CPU time of the process, from the start of the measurement, for each request it sent, in µs. Neighbours on the core disturb it less than anything else. */
  cpuUsPerRequest: number;
  /** Once a second, of the whole process. */
  residentBytes: number[];
}
