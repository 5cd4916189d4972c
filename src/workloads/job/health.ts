import { openLoopFindings } from '../../load/health.ts';
import type { Finding, HttpWindow, JobRun } from '../../record/schema.ts';

/** Nothing of the engine that sends requests; a job's submit is sent by this process. */
const NO_ENGINE = { connectionsOpened: 0, localFailures: null, reconnects: 0, unanswered: 0 } as const;

/** What this machine noticed about itself while it submitted the jobs of one round at a rate: how late, held to the limits of every open loop. Pure. */
export function submitFindings(runs: readonly Pick<JobRun, 'submittedMs' | 'submitLateMs'>[]): Finding[] {
  const seconds = new Map<number, number[]>();
  for (const { submittedMs, submitLateMs } of runs) {
    if (submitLateMs === undefined || submitLateMs === null) continue;
    const second = Math.floor(submittedMs / 1_000);
    seconds.set(second, [...(seconds.get(second) ?? []), submitLateMs]);
  }
  const windows = [...seconds].map(([second, late]) => windowOf(second, late));
  return openLoopFindings({ windows, generator: NO_ENGINE });
}

function windowOf(second: number, late: readonly number[]): HttpWindow {
  const sorted = [...late].sort((a, b) => a - b);
  return {
    second, offered: late.length, sent: late.length, completed: 0, failed: 0, dropped: 0, inFlight: 0,
    p50: null, p95: null, p99: null, max: null, loopDelayP99Ms: null, loopUtilisation: null,
    dispatchLagP99Ms: sorted[Math.ceil(0.99 * sorted.length) - 1] ?? null,
  };
}
