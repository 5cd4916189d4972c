/** One point of a throughput-latency curve. */
export interface CurvePoint {
  /** Per second. */
  rate: number;
  latency: number;
}

/**
 * The knee of a throughput-latency curve: the point with the most throughput for its latency, rate / latency. Up to it more load gains
 * more than it costs, beyond it latency grows faster than the rate. After Kleinrock's power (ICC 1979); of M/M/1 it is at half the
 * capacity. Null with fewer than four points, or where it is at an end: then the curve does not bend within what was measured. Pure.
 */
export function latencyKneeOf(points: readonly CurvePoint[]): CurvePoint | null {
  const known = points.filter(({ rate, latency }) => rate > 0 && latency > 0).sort((a, b) => a.rate - b.rate);
  if (known.length < 4) return null;
  const knee = known.reduce((most, each) => (each.rate / each.latency > most.rate / most.latency ? each : most));
  return knee === known[0] || knee === known.at(-1) ? null : knee;
}
