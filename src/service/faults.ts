import { BenchError, EXIT } from '../errors.ts';
import { parseDurationMs, parseShare } from '../units.ts';

/**
 * Defects that tests switch on, from READYBENCH_FAULTS: `latency=50ms,stall=1s/5s,errors=5%,drop=10%,hang=5%,encode-cost=1.5,off=auth`.
 * Those of requests can be kept to paths: `latency=50ms@/videos`.
 */
export interface Faults {
  /** In the order they strike. */
  requests: readonly RequestFault[];
  /** Work of an encode, times the normal one; at least 1. */
  encodeCost: number;
  /** What an encode takes at least. */
  jobTimeMs: number;
  /** Shares of jobs: forgotten once they are done, never done, and answered with the id of the job before. */
  jobs: Readonly<Record<JobFault, number>>;
  /** Share of connections that are not given back to the pool for half a minute. */
  poolLeak: number;
  /** What the front process of the proxied mode adds to every answer. */
  frontDelayMs: number;
  /** Guards that do not work. */
  off: ReadonlySet<Guard>;
}

/** What a service should do to be ready for production, each of which can be switched off: `off=auth`. */
export const GUARDS = [
  'auth', 'rate-limit', 'body-limit', 'security-headers', 'cors', 'compression', 'pagination', 'idempotency', 'priority', 'concurrency', 'queue-limit',
  'ready-probe', 'health-isolation', 'drain', 'sigterm', 'cache', 'consumer', 'split', 'retry', 'circuit-breaker',
] as const;
export type Guard = (typeof GUARDS)[number];

export type JobFault = 'lose' | 'stuck' | 'double';

export type RequestFault = { pathPrefix: string } & (
  | { kind: 'stall'; stallMs: number; everyMs: number }
  | { kind: 'latency'; delayMs: number }
  | { kind: 'drop' | 'hang' | 'errors'; share: number }
);

export const NO_FAULTS: Faults = { requests: [], encodeCost: 1, jobTimeMs: 0, jobs: { lose: 0, stuck: 0, double: 0 }, poolLeak: 0, frontDelayMs: 0, off: new Set() };
export const FAULTS_VARIABLE = 'READYBENCH_FAULTS';

const ORDER: readonly RequestFault['kind'][] = ['stall', 'latency', 'drop', 'hang', 'errors'];

/** Throws a BenchError (2) that names the part that cannot be read. */
export function parseFaults(text: string | undefined): Faults {
  const requests: RequestFault[] = [];
  const jobs = { ...NO_FAULTS.jobs };
  const off = new Set<Guard>();
  let { encodeCost, jobTimeMs, poolLeak, frontDelayMs } = NO_FAULTS;
  for (const part of (text ?? '').split(',').map((each) => each.trim()).filter((each) => each !== '')) {
    const [, kind = '', value = '', path] = /^([a-z-]+)=([^@]*)(?:@(\/.*))?$/.exec(part) ?? [];
    const pathPrefix = path ?? '/';
    const orWrong = <T>(found: T | undefined, right: string): T => {
      if (found === undefined) throw wrong(part, right);
      return found;
    };
    const share = (): number => orWrong(atMostOne(parseShare(value)), `${kind}=5% (at most 100%)`);
    const everywhere = <T>(found: T | undefined, right: string): T => orWrong(path === undefined ? found : undefined, right);
    switch (kind) {
      case 'latency':
        requests.push({ kind, pathPrefix, delayMs: orWrong(parseDurationMs(value), 'latency=50ms') });
        break;
      case 'stall': {
        const [stallMs, everyMs] = value.split('/').map(parseDurationMs);
        requests.push({ kind, pathPrefix, ...orWrong(stallMs === undefined || everyMs === undefined || stallMs >= everyMs ? undefined : { stallMs, everyMs }, 'stall=1s/5s (1 s in every 5 s)') });
        break;
      }
      case 'errors':
      case 'drop':
      case 'hang':
        requests.push({ kind, pathPrefix, share: share() });
        break;
      case 'lose':
      case 'stuck':
      case 'double':
        jobs[kind] = everywhere(share(), `${kind}=5% (without a path)`);
        break;
      case 'pool-leak':
        poolLeak = everywhere(share(), 'pool-leak=5% (without a path)');
        break;
      case 'front-latency':
        frontDelayMs = everywhere(parseDurationMs(value), 'front-latency=50ms (without a path)');
        break;
      case 'job-time':
        jobTimeMs = everywhere(parseDurationMs(value), 'job-time=2s (without a path)');
        break;
      case 'encode-cost':
        encodeCost = everywhere(Number(value) >= 1 && Number(value) <= 100 ? Number(value) : undefined, 'encode-cost=1.5 (from 1 to 100, without a path)');
        break;
      case 'off':
        off.add(everywhere(GUARDS.find((each) => each === value), `off= with one of ${GUARDS.join(', ')}`));
        break;
      default:
        throw wrong(part, 'latency, stall, errors, drop, hang, encode-cost, job-time, lose, stuck, double, pool-leak, front-latency or off, for example latency=50ms');
    }
  }
  requests.sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
  return { requests, encodeCost, jobTimeMs, jobs, poolLeak, frontDelayMs, off };
}

const atMostOne = (share: number | undefined): number | undefined => (share === undefined || share > 1 ? undefined : share);

function wrong(part: string, right: string): BenchError {
  return new BenchError(EXIT.usage, `${FAULTS_VARIABLE}: cannot read ${JSON.stringify(part)}`, { hint: `Write ${right}.` });
}
