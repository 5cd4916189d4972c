import { BenchError, EXIT } from '../errors.ts';
import type { RunRecord } from '../record/schema.ts';
import { addSession, readBaselines, storedScenarios, type MachineBaseline } from './baseline-files.ts';
import type { Approval, Waiver } from './decisions.ts';
import { choose } from './reference.ts';
import { notKept, sessionOf, withoutWaived } from './session.ts';

/** What became of one scenario of a run: stored for comparison, or why not. */
export type Kept = { scenario: string; kept: true; file: string } | { scenario: string; kept: false; why: string };

/** Adds a finished and judged run to the stored sessions, scenario by scenario; failing, invalid and interrupted ones are not kept. */
export async function keepSessions(dir: string, record: RunRecord): Promise<Kept[]> {
  const kept: Kept[] = [];
  for (const scenario of record.scenarios) {
    const why = notKept(record, scenario);
    if (why === null) kept.push({ scenario: scenario.name, kept: true, file: await addSession(dir, sessionOf(record, withoutWaived(scenario))) });
    else kept.push({ scenario: scenario.name, kept: false, why });
  }
  return kept;
}

/** One line of `bench baseline list`: a scenario as it was measured in one way (one profile) on one machine. */
export interface BaselineSummary {
  scenario: string;
  hash: string;
  machine: Readonly<Record<string, string | number | null>>;
  sha256: string;
  profile: string;
  sessions: number;
  newest: string;
  approval: Approval | null;
  /** Metrics approved by themselves. */
  metrics: Readonly<Record<string, Approval>>;
  /** The session that drift is measured from. */
  anchor: Approval | null;
  waivers: readonly Waiver[];
  /** Whether a run is compared with it, or why not. */
  gates: { state: 'yes'; sessions: number } | { state: 'no'; why: string };
}

/** Every stored baseline. */
export async function listBaselines(dir: string): Promise<BaselineSummary[]> {
  const summaries: BaselineSummary[] = [];
  for (const scenario of await storedScenarios(dir)) for (const baseline of await readBaselines(dir, scenario)) summaries.push(...summarise(baseline));
  return summaries;
}

function summarise(baseline: MachineBaseline): BaselineSummary[] {
  const shas = [...new Set(baseline.sessions.map(({ sha256 }) => sha256))];
  return shas.flatMap((sha256) => {
    const own = baseline.sessions.filter((session) => session.sha256 === sha256);
    const newest = own.at(-1);
    if (newest === undefined) return [];
    const approved = baseline.decided.approved[sha256];
    const chosen = choose(baseline, { runId: '', scenario: { name: baseline.scenario, sha256, target: newest.target } }, '');
    return [
      {
        scenario: baseline.scenario,
        hash: baseline.hash,
        machine: newest.machine.hard,
        sha256,
        profile: newest.profile,
        sessions: own.length,
        newest: newest.runId,
        approval: approved?.metricsFrom ?? null,
        metrics: approved?.metrics ?? {},
        anchor: baseline.decided.anchors[sha256] ?? null,
        waivers: baseline.decided.waivers.filter((waiver) => waiver.sha256 === sha256),
        gates: chosen.kind === 'sessions' ? { state: 'yes' as const, sessions: chosen.sessions.length } : { state: 'no' as const, why: chosen.sentence },
      },
    ];
  });
}

/** The baselines of one scenario, for `bench baseline show`. Throws a BenchError (2) where there are none. */
export async function showBaseline(dir: string, scenario: string): Promise<{ summaries: BaselineSummary[]; baselines: MachineBaseline[] }> {
  const all = await readBaselines(dir, scenario);
  const baselines = all.filter(({ sessions }) => sessions.length > 0);
  if (baselines.length > 0) return { summaries: baselines.flatMap(summarise), baselines };
  const removal = all.flatMap(({ decided }) => decided.removals).sort((a, b) => (a.date < b.date ? -1 : 1)).at(-1);
  const known = (await storedScenarios(dir)).filter((each) => each !== scenario);
  const others = known.length === 0 ? 'store one with bench run, then bench baseline approve' : `there are ${known.join(', ')}`;
  throw new BenchError(EXIT.usage, `no baseline of a scenario "${scenario}" in ${dir}`, { hint: removal === undefined ? others : `removed on ${removal.date.slice(0, 10)}: ${removal.reason}` });
}
