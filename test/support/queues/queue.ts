import type { Random } from '../../../src/random.ts';

/** A service of known behaviour: c servers, first come first served. Times in ms. */
export interface QueueSpec {
  servers: number;
  /** Of one request. */
  serviceMs: number;
  /** M/M/c or M/D/c. */
  service: 'exponential' | 'deterministic';
}

/** Response times of the requests that arrive (Poisson) between `warmupMs` and `warmupMs + durationMs`, from an empty start. */
export function simulateQueue({ servers, serviceMs, service }: QueueSpec, ratePerSecond: number, { warmupMs, durationMs }: { warmupMs: number; durationMs: number }, random: Random): number[] {
  const freeAt = new Float64Array(servers);
  const exponential = (mean: number): number => -mean * Math.log(1 - random());
  const latencies: number[] = [];
  for (let now = exponential(1_000 / ratePerSecond); now < warmupMs + durationMs; now += exponential(1_000 / ratePerSecond)) {
    let first = 0;
    for (let index = 1; index < servers; index += 1) if ((freeAt[index] ?? 0) < (freeAt[first] ?? 0)) first = index;
    const end = Math.max(now, freeAt[first] ?? 0) + (service === 'exponential' ? exponential(serviceMs) : serviceMs);
    freeAt[first] = end;
    if (now >= warmupMs) latencies.push(end - now);
  }
  return latencies;
}

/** P(response time > t) of M/M/c, exactly (Gross, Shortle, Thompson & Harris, Fundamentals of Queueing Theory, 2.4: Erlang C, then the waiting-time law). */
export function mmcTail({ servers: c, serviceMs }: Pick<QueueSpec, 'servers' | 'serviceMs'>, ratePerSecond: number, tMs: number): number {
  const [mu, lambda] = [1 / serviceMs, ratePerSecond / 1_000];
  const r = lambda / mu;
  if (r >= c) return 1;
  // Erlang B by its recursion, then C.
  let b = 1;
  for (let k = 1; k <= c; k += 1) b = (r * b) / (k + r * b);
  const wait = b / (1 - (r / c) * (1 - b));
  const free = c * mu - lambda;
  const gap = free - mu;
  if (Math.abs(gap) < 1e-12) return Math.exp(-mu * tMs) * (1 + wait * mu * tMs);
  return Math.exp(-mu * tMs) * (1 - wait) + wait * ((free * Math.exp(-mu * tMs) - mu * Math.exp(-free * tMs)) / gap);
}

/** The rate at which the quantile of M/M/c's response time is exactly the limit, per second. */
export function mmcCapacity(queue: Pick<QueueSpec, 'servers' | 'serviceMs'>, quantile: number, limitMs: number): number {
  let [low, high] = [0, (1_000 * queue.servers) / queue.serviceMs];
  for (let step = 0; step < 100; step += 1) {
    const middle = (low + high) / 2;
    if (mmcTail(queue, middle, limitMs) <= 1 - quantile) low = middle;
    else high = middle;
  }
  return low;
}
