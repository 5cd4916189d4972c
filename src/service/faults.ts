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
  /** Guards that do not work. */
  off: ReadonlySet<Guard>;
}

/** What a service should do to be ready for production, each of which can be switched off: `off=auth`. */
export const GUARDS = ['auth', 'rate-limit', 'body-limit', 'security-headers', 'cors', 'compression', 'pagination', 'idempotency', 'priority', 'ready-probe', 'drain'] as const;
export type Guard = (typeof GUARDS)[number];

export type RequestFault = { pathPrefix: string } & (
  | { kind: 'stall'; stallMs: number; everyMs: number }
  | { kind: 'latency'; delayMs: number }
  | { kind: 'drop' | 'hang' | 'errors'; share: number }
);

export const NO_FAULTS: Faults = { requests: [], encodeCost: 1, off: new Set() };
export const FAULTS_VARIABLE = 'READYBENCH_FAULTS';

const ORDER: readonly RequestFault['kind'][] = ['stall', 'latency', 'drop', 'hang', 'errors'];

/** Throws a BenchError (2) that names the part that cannot be read. */
export function parseFaults(text: string | undefined): Faults {
  const requests: RequestFault[] = [];
  let encodeCost = 1;
  const off = new Set<Guard>();
  for (const part of (text ?? '').split(',').map((each) => each.trim()).filter((each) => each !== '')) {
    const [, kind = '', value = '', path] = /^([a-z-]+)=([^@]*)(?:@(\/.*))?$/.exec(part) ?? [];
    const pathPrefix = path ?? '/';
    if (kind === 'encode-cost') {
      encodeCost = Number(value);
      if (!(encodeCost >= 1 && encodeCost <= 100) || path !== undefined) throw wrong(part, 'encode-cost=1.5 (from 1 to 100, without a path)');
    } else if (kind === 'off') {
      const guard = GUARDS.find((each) => each === value);
      if (guard === undefined || path !== undefined) throw wrong(part, `off= with one of ${GUARDS.join(', ')}`);
      off.add(guard);
    } else if (kind === 'latency') {
      const delayMs = parseDurationMs(value);
      if (delayMs === undefined) throw wrong(part, 'latency=50ms');
      requests.push({ kind, pathPrefix, delayMs });
    } else if (kind === 'stall') {
      const [stallMs, everyMs] = value.split('/').map(parseDurationMs);
      if (stallMs === undefined || everyMs === undefined || stallMs >= everyMs) throw wrong(part, 'stall=1s/5s (1 s in every 5 s)');
      requests.push({ kind, pathPrefix, stallMs, everyMs });
    } else if (kind === 'errors' || kind === 'drop' || kind === 'hang') {
      const share = parseShare(value);
      if (share === undefined || share > 1) throw wrong(part, `${kind}=5% (at most 100%)`);
      requests.push({ kind, pathPrefix, share });
    } else {
      throw wrong(part, 'latency, stall, errors, drop, hang, encode-cost or off, for example latency=50ms');
    }
  }
  requests.sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
  return { requests, encodeCost, off };
}

function wrong(part: string, right: string): BenchError {
  return new BenchError(EXIT.usage, `${FAULTS_VARIABLE}: cannot read ${JSON.stringify(part)}`, { hint: `Write ${right}.` });
}
