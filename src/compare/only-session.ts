import type { MachineBaseline } from './baseline-files.ts';
import { UNDECIDED } from './decisions.ts';
import type { Session } from './session.ts';

/** A baseline of one session, as if a person had approved it: what a comparison by hand is held against. */
export function asOnlySession(session: Session): MachineBaseline {
  const metricsFrom = { runId: session.runId, reason: 'compared by hand', date: session.startedAt };
  return {
    scenario: session.scenario,
    hash: session.machine.hash,
    dir: '',
    sessions: [session],
    decided: { ...UNDECIDED, approved: { [session.sha256]: { metricsFrom, metrics: {} } } },
  };
}
