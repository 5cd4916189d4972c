import type { RateLevel } from '../contract.ts';
import { limitsOf } from './limits.ts';
import { CEILINGS, measuredSteps, type HttpWorkload } from './schema.ts';

/** The same requests, open loop at one rate. Null for a closed loop, which adapts to the service and has no rate. */
export function atRate(workload: HttpWorkload, { ratePerSecond, warmupMs, durationMs }: RateLevel): HttpWorkload | null {
  const { load } = workload.http;
  if (load.model === 'closed') return null;
  const { arrivals, timeout, workers } = load;
  const maxInFlight = Math.max(load.maxInFlight, roomFor(workload, ratePerSecond));
  return { ...workload, http: { ...workload.http, load: { model: 'open', rate: ratePerSecond, arrivals, duration: durationMs, warmup: warmupMs, maxInFlight, timeout, workers } } };
}

/** By Little's law, and twice: a service that just keeps its limits has about so much under way. */
const ROOM = 2;

/** With room for less, arrivals that the service could take would be dropped, and the generator's limit would pass for the service's. */
function roomFor(workload: HttpWorkload, ratePerSecond: number): number {
  return Math.min(CEILINGS.connections, Math.ceil((ROOM * ratePerSecond * allowedMs(workload)) / 1_000));
}

/** How long an iteration may take by the critical limits; a request without a limit on its time, until its timeout. */
function allowedMs(workload: HttpWorkload): number {
  const limits = limitsOf(workload).filter(({ severity }) => severity === 'critical');
  const { load, flow } = workload.http;
  const longest = (id: RegExp, labels: Readonly<Record<string, string>>): number | null => {
    const own = limits.filter((limit) => id.test(limit.id) && Object.entries(limit.labels).every(([key, value]) => labels[key] === value)).map(({ limit }) => limit);
    return own.length === 0 ? null : Math.max(...own);
  };
  const steps = measuredSteps(workload.http).map(({ labels, pauseMs }) => ({ pauseMs, requestMs: Math.min(load.timeout, longest(/^(?:latency|service)\./, labels) ?? load.timeout) }));
  if (flow === undefined) return Math.max(...steps.map(({ requestMs }) => requestMs));
  return longest(/^iteration\.p/, {}) ?? steps.reduce((sum, { pauseMs, requestMs }) => sum + pauseMs + requestMs, 0);
}
