import { openLoopFindings } from '../../load/health.ts';
import type { Finding, HttpWindow, JobRun } from '../../record/schema.ts';
import { latenessBySecond, type LateSecond } from '../../record/submit-lateness.ts';

/** Nothing of the engine that sends requests; a job's submit is sent by this process. */
const NO_ENGINE = { connectionsOpened: 0, localFailures: null, reconnects: 0, unanswered: 0 } as const;

/** What this machine noticed about itself while it submitted the jobs of one round at a rate: how late, held to the limits of every open loop. Pure. */
export function submitFindings(runs: readonly Pick<JobRun, 'submittedMs' | 'submitLateMs'>[]): Finding[] {
  return openLoopFindings({ windows: latenessBySecond(runs).map(windowOf), generator: NO_ENGINE });
}

function windowOf({ second, submits, lateP99Ms }: LateSecond): HttpWindow {
  return {
    second, offered: submits, sent: submits, completed: 0, failed: 0, dropped: 0, inFlight: 0,
    p50: null, p95: null, p99: null, max: null, loopDelayP99Ms: null, loopUtilisation: null,
    dispatchLagP99Ms: lateP99Ms,
  };
}
