import type { Finding, HttpWindow } from '../record/schema.ts';
import { formatMs, formatShare } from '../units.ts';
import type { LoadResult } from './result.ts';

/** Of the generator: above `warn` it is worth knowing, above `invalid` the latencies are its own. */
export const HEALTH_LIMITS = {
  loopUtilisation: { warn: 0.7, invalid: 0.9 },
  loopDelayP99Ms: { warn: 20, invalid: 50 },
  dispatchLagP99Ms: { warn: 20, invalid: 50 },
  achievedShare: { warn: 0.98, invalid: 0.95 },
  droppedShare: 0.01,
  /** A limit counts as exceeded when more than this share of the windows exceeds it. */
  windowShare: 0.1,
} as const;

const RELIEVE = 'Lower the rate, stop what else runs on this machine, or generate the load from another one.';

type Gauge = 'loopUtilisation' | 'loopDelayP99Ms' | 'dispatchLagP99Ms';

/**
 * Whether an open-loop measurement can be trusted, from what the generator noticed about itself. A slow target (the
 * in-flight limit was reached while the generator was at ease) is the target's fault and never makes a run invalid.
 */
export function openLoopFindings({ windows, generator }: Pick<LoadResult, 'windows' | 'generator'>): Finding[] {
  const loaded = windows.filter((window) => window.offered > 0);
  const findings: Finding[] = [];
  const strained = (['loopUtilisation', 'loopDelayP99Ms', 'dispatchLagP99Ms'] as const).flatMap((gauge) => gaugeFinding(loaded, gauge) ?? []);
  findings.push(...strained);
  const offered = sum(loaded, (window) => window.offered);
  const dropped = sum(loaded, (window) => window.dropped);
  const saturated = strained.some(({ severity }) => severity === 'invalid');
  if (offered > 0 && dropped > 0) findings.push(dropFinding(dropped, offered, saturated));
  const late = achievedFinding(loaded, strained.length > 0);
  if (late !== null) findings.push(late);
  if (generator.localFailures !== null) findings.push(localFinding(generator.localFailures));
  return findings;
}

/** Whether autocannon's figures can be used. After a reconnect it takes answers for those of earlier requests. */
export function closedLoopFindings({ windows, generator, requests }: LoadResult, connections: number): Finding[] {
  const findings: Finding[] = [];
  if (generator.reconnects > 0) {
    findings.push({
      severity: 'invalid',
      code: 'closed-loop-reconnected',
      message: `${count(generator.reconnects, 'connection')} had to be opened again: autocannon then matches answers with the wrong start times.`,
      remedy: 'Find out why the target closes connections, or use model: open, which measures them correctly.',
    });
  }
  if (generator.unanswered > connections) {
    findings.push({
      severity: 'invalid',
      code: 'closed-loop-lost-requests',
      message: `${generator.unanswered} requests neither succeeded nor failed; at most ${connections} can be under way.`,
      remedy: 'Use model: open, which accounts for every request.',
    });
  }
  if (requests.every((request) => request.completed + request.failed === 0)) {
    findings.push({
      severity: 'invalid',
      code: 'no-answers',
      message: 'No request was answered in the measured time.',
      remedy: 'Measure for longer than the timeout, or check that the target answers this request at all.',
    });
  }
  if (generator.localFailures !== null) findings.push(localFinding(generator.localFailures));
  const busy = windows.filter((window) => (window.loopUtilisation ?? 0) > HEALTH_LIMITS.loopUtilisation.invalid).length;
  if (windows.length > 0 && busy > windows.length / 2) {
    findings.push({
      severity: 'warning',
      code: 'generator-is-the-limit',
      message: `The generator was busy all the time in ${busy} of ${windows.length} seconds: the throughput may be its own limit and not the target's.`,
      remedy: 'Read the throughput as a lower bound.',
    });
  }
  return findings;
}

function gaugeFinding(windows: readonly HttpWindow[], gauge: Gauge): Finding | null {
  const limits = HEALTH_LIMITS[gauge];
  const above = (limit: number): number => windows.filter((window) => (window[gauge] ?? 0) > limit).length;
  const worst = Math.max(0, ...windows.map((window) => window[gauge] ?? 0));
  const text = {
    loopUtilisation: `event loop ${formatShare(worst)} busy`,
    loopDelayP99Ms: `event loop delayed by ${formatMs(worst)} (p99)`,
    dispatchLagP99Ms: `requests sent ${formatMs(worst)} late (p99)`,
  }[gauge];
  const code = { loopUtilisation: 'busy', loopDelayP99Ms: 'delayed', dispatchLagP99Ms: 'late' }[gauge];
  if (tooMany(above(limits.invalid), windows.length)) {
    return {
      severity: 'invalid',
      code: `generator-saturated-${code}`,
      message: `The load generator could not keep up: ${text} at worst, above ${shown(gauge, limits.invalid)} in ${above(limits.invalid)} of ${windows.length} seconds.`,
      remedy: RELIEVE,
    };
  }
  if (!tooMany(above(limits.warn), windows.length)) return null;
  return {
    severity: 'warning',
    code: `generator-strained-${code}`,
    message: `The load generator was strained: ${text} at worst, above ${shown(gauge, limits.warn)} in ${above(limits.warn)} of ${windows.length} seconds.`,
    remedy: RELIEVE,
  };
}

/** One bad second in a short measurement is chance; in one of a second or two it is all there is. */
function tooMany(bad: number, all: number): boolean {
  return all > 0 && bad > (all < 3 ? 0 : Math.max(1, HEALTH_LIMITS.windowShare * all));
}

function dropFinding(dropped: number, offered: number, saturated: boolean): Finding {
  const share = dropped / offered;
  const message = `${count(dropped, 'arrival')} of ${offered} (${formatShare(share)}) found the in-flight limit reached and were not sent`;
  if (saturated && share > HEALTH_LIMITS.droppedShare) {
    return { severity: 'invalid', code: 'generator-saturated-drops', message: `${message}, while the load generator itself could not keep up.`, remedy: RELIEVE };
  }
  return {
    severity: 'warning',
    code: 'in-flight-limit-reached',
    message: `${message}: the target answers more slowly than requests arrive. They count as failures, and as timeouts in the percentiles.`,
    remedy: 'This is the target, not the generator: lower the rate, or raise maxInFlight if so many open requests are meant.',
  };
}

/** Arrivals that were neither dropped nor sent in their time: only a generator that lags can cause that. */
function achievedFinding(windows: readonly HttpWindow[], strained: boolean): Finding | null {
  const due = sum(windows, (window) => window.offered - window.dropped);
  const sent = sum(windows, (window) => window.sent);
  const share = due === 0 ? 1 : sent / due;
  if (!strained || share >= HEALTH_LIMITS.achievedShare.warn) return null;
  const invalid = share < HEALTH_LIMITS.achievedShare.invalid;
  return {
    severity: invalid ? 'invalid' : 'warning',
    code: invalid ? 'generator-saturated-rate' : 'generator-strained-rate',
    message: `Only ${formatShare(share)} of the arrivals were sent while they were due (${sent} of ${due}).`,
    remedy: RELIEVE,
  };
}

function localFinding({ count: failures, example }: { count: number; example: string }): Finding {
  return {
    severity: 'invalid',
    code: 'generator-out-of-sockets',
    message: `${count(failures, 'request')} could not be started on this machine: ${example}.`,
    remedy: 'Raise the limit of open files (ulimit -n), lower the rate or maxInFlight.',
  };
}

function shown(gauge: Gauge, limit: number): string {
  return gauge === 'loopUtilisation' ? formatShare(limit) : formatMs(limit);
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

function sum(windows: readonly HttpWindow[], of: (window: HttpWindow) => number): number {
  return windows.reduce((total, window) => total + of(window), 0);
}
