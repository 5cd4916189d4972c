import type { Json } from '../load/json-pointer.ts';
import type { LoadPlan } from '../load/plan.ts';
import { stagesOf } from './curve.ts';
import { partName, type K6Part } from './plan.ts';

/** Random arrivals: each is drawn in a window with about this many, and waited for. */
const WINDOW_ARRIVALS = 50;
const WINDOW_LIMIT_MS = 5_000;
const STOP_SLACK_MS = 2_000;

/** How long before its time k6 starts an iteration whose arrival is drawn at random. */
export function delayOf(load: LoadPlan): number {
  if (load.model === 'closed' || load.arrivals === 'constant') return 0;
  return Math.min(WINDOW_LIMIT_MS, Math.ceil((WINDOW_ARRIVALS * 1_000) / peakPerSecond(load)));
}

/** The longest an iteration can last. */
export function longestMs({ flows, timeoutMs }: Pick<LoadPlan, 'flows' | 'timeoutMs'>): number {
  return Math.max(...flows.map(({ steps }) => steps.reduce((sum, { pauseMs }) => sum + timeoutMs + pauseMs, 0)));
}

/** The time within which all iterations of a part are over, from its start. */
export function partMs({ load, delayMs }: Pick<K6Part, 'load' | 'delayMs'>): number {
  return load.warmupMs + load.durationMs + stopMs({ load, delayMs });
}

function stopMs({ load, delayMs }: Pick<K6Part, 'load' | 'delayMs'>): number {
  return Math.ceil(longestMs(load) + 2 * delayMs + STOP_SLACK_MS);
}

function peakPerSecond(load: LoadPlan): number {
  return Math.max(0, ...stagesOf(load).flatMap(({ fromPerSecond, toPerSecond }) => [fromPerSecond, toPerSecond]));
}

/** Virtual users: what is in flight at once, at most, and those that wait for an arrival; the same number in every segment. */
export function virtualUsers(load: LoadPlan, delayMs: number, segments: number): number {
  const even = (users: number): number => Math.ceil(Math.max(1, users) / segments) * segments;
  if (load.model === 'closed') return load.connections;
  const peak = peakPerSecond(load);
  const needed = Math.ceil((peak * longestMs(load)) / 1_000) + 1;
  return even(Math.min(load.maxInFlight, needed) + Math.ceil((2 * peak * delayMs) / 1_000));
}

/** The part as a k6 scenario. preAllocatedVUs = maxVUs: users that are made while the load runs would disturb it. */
export function executorOf(part: K6Part, segments: number): Record<string, Json> {
  const { load, workload, round, startMs, delayMs } = part;
  const users = virtualUsers(load, delayMs, segments);
  const common = {
    exec: 'iterate',
    startTime: `${startMs}ms`,
    gracefulStop: `${stopMs(part)}ms`,
    tags: { workload, round: String(round) },
  };
  const totalMs = load.warmupMs + load.durationMs;
  if (load.model === 'closed') return { executor: 'constant-vus', vus: users, duration: `${totalMs}ms`, ...common };
  const stages = stagesOf(load);
  const { whole, timeUnit } = wholeRates(stages.flatMap(({ fromPerSecond, toPerSecond }) => [fromPerSecond, toPerSecond]));
  const pool = { preAllocatedVUs: users, maxVUs: users };
  if (part.first === 0) return { executor: 'constant-arrival-rate', rate: whole(load.ratePerSecond), timeUnit, duration: `${totalMs}ms`, ...pool, ...common };
  let rate = whole(stages[0]?.fromPerSecond ?? 0);
  const startRate = rate;
  const steps = stages.flatMap(({ fromPerSecond, toPerSecond, durationMs }) => {
    const jump = whole(fromPerSecond) === rate ? [] : [{ target: whole(fromPerSecond), duration: '0s' }];
    rate = whole(toPerSecond);
    return [...jump, { target: rate, duration: `${durationMs}ms` }];
  });
  return { executor: 'ramping-arrival-rate', startRate, timeUnit, stages: steps, ...pool, ...common };
}

/** k6 knows whole numbers of iterations per unit of time alone. */
function wholeRates(rates: readonly number[]): { whole: (perSecond: number) => number; timeUnit: string } {
  const seconds = [1, 10, 60, 100, 1_000, 3_600].find((each) => rates.every((rate) => Math.abs(rate * each - Math.round(rate * each)) < 1e-9 * each)) ?? 10_000;
  return { whole: (perSecond) => Math.round(perSecond * seconds), timeUnit: `${seconds}s` };
}

/** The options of the whole test. Thresholds are none: percentiles of a segment are not those of the run. */
export function optionsOf(parts: readonly K6Part[], segments: number, hosts: Readonly<Record<string, string>>): Record<string, Json> {
  const [first] = parts;
  return {
    scenarios: Object.fromEntries(parts.map((part) => [partName(part), executorOf(part, segments)])),
    systemTags: ['expected_response'],
    summaryTrendStats: ['count', 'med', 'p(95)', 'p(99)', 'max'],
    discardResponseBodies: true,
    hosts: { ...hosts },
    insecureSkipTLSVerify: first?.load.target.insecureTls ?? false,
    batch: 1,
    maxRedirects: 0,
    userAgent: 'readybench',
    setupTimeout: '120s',
  };
}
