import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BenchError, EXIT } from '../errors.ts';
import { plural } from '../record/phrases.ts';
import { addDecision, type MachineBaseline } from './baseline-files.ts';
import { showBaseline } from './baselines.ts';
import { BASELINE_VERSION } from './decisions.ts';

export interface RemoveOptions {
  dir: string;
  scenario: string;
  /** Beginning of a machine's hash; null for every machine. */
  machine: string | null;
  /** One session; null for all of them and everything that was decided on them. */
  run: string | null;
  /** Why a person decided so; kept beside what stays. */
  reason: string;
  now?: Date;
}

/**
 * Removes stored sessions; yields the files that are gone. The reason is written first: whatever ends the process, a session is there
 * with its file or gone with a reason. An approved session goes only together with the approval. Throws a BenchError (2).
 */
export async function removeBaseline({ dir, scenario, machine, run, reason, now = new Date() }: RemoveOptions): Promise<string[]> {
  if (reason.trim() === '') throw new BenchError(EXIT.usage, 'a removal needs a reason', { hint: 'write --reason "why these figures are not to count"' });
  const { baselines } = await showBaseline(dir, scenario);
  const meant = baselines.filter(({ hash }) => machine === null || hash.startsWith(machine));
  if (meant.length === 0) throw new BenchError(EXIT.usage, `no baseline of ${scenario} for a machine "${machine}"`, { hint: `there are ${baselines.map(({ hash }) => hash).join(', ')}` });
  const holding = run === null ? meant : meant.filter(({ sessions }) => sessions.some(({ runId }) => runId === run));
  if (holding.length === 0) throw new BenchError(EXIT.usage, `no session "${run}" in the baselines of ${scenario}`, { hint: `bench baseline show ${scenario} lists them` });
  if (run !== null) for (const baseline of holding) refuseApproved(baseline, run);
  const gone: string[] = [];
  for (const baseline of holding) {
    const runs = run === null ? baseline.sessions.map(({ runId }) => runId) : [run];
    await addDecision(dir, scenario, baseline.hash, { version: BASELINE_VERSION, date: now.toISOString(), reason: reason.trim(), kind: 'remove', runs, everything: run === null });
    for (const runId of runs) {
      const file = join(baseline.dir, 'sessions', `${runId}.json`);
      await rm(file, { force: true });
      gone.push(file);
    }
  }
  return gone;
}

function refuseApproved({ scenario, decided }: MachineBaseline, run: string): void {
  const uses = [...Object.values(decided.approved).filter(({ metricsFrom, metrics }) => metricsFrom?.runId === run || Object.values(metrics).some(({ runId }) => runId === run)), ...Object.values(decided.anchors).filter(({ runId }) => runId === run)];
  if (uses.length === 0) return;
  throw new BenchError(EXIT.usage, `session ${run} of ${scenario} is approved: ${plural(uses.length, 'approval')} would hang in the air`, { hint: 'approve another run first, or remove the whole baseline of this machine' });
}
