import { median } from 'simple-statistics';
import { METRICS } from '../record/metrics.ts';
import type { HistoryChange, HistoryPoint, HistorySeries } from '../record/history.ts';
import type { RunRecord } from '../record/schema.ts';
import { seededRandom, seedFor } from '../random.ts';
import type { MachineBaseline } from './baseline-files.ts';
import { roundsOf, type Figure } from './figure.ts';
import { sessionOf, unfit, type Session } from './session.ts';
import { changePoints } from './stats/e-divisive.ts';

/**
 * Change points are tested at this level, one series at a time: of 50 series without any change about one in four pages shows a mark too
 * many. They are drawn, never gated.
 */
const SIGNIFICANCE = 0.005;
const PERMUTATIONS = 999;
/** Runs on either side of a change. */
const LEAST = 4;

/**
 * The series of one machine from its stored sessions and from those of runs (`sessionsOf`); a run that is both counts once. Only the content that each
 * scenario has now (its newest, for each profile and target): another content measured something else. Pure.
 */
export function historyOf(baselines: readonly MachineBaseline[], runs: readonly Session[], machine: string, last: number): HistorySeries[] {
  const sessions = new Map<string, { session: Session; stored: boolean }>();
  const key = ({ scenario, runId }: Session): string => JSON.stringify([scenario, runId]);
  for (const session of runs) if (session.machine.hash === machine) sessions.set(key(session), { session, stored: false });
  for (const session of baselines.filter(({ hash }) => hash === machine).flatMap((baseline) => baseline.sessions)) sessions.set(key(session), { session, stored: true });
  const sorted = [...sessions.values()].sort((a, b) => (a.session.runId < b.session.runId ? -1 : 1));
  const newest = new Map(sorted.map(({ session }) => [placeOf(session), session.sha256]));
  const series = new Map<string, { first: Session; workload: string; metric: string; unit: Figure['unit']; points: HistoryPoint[] }>();
  for (const { session, stored } of sorted.filter((each) => newest.get(placeOf(each.session)) === each.session.sha256)) {
    for (const [workload, metrics] of Object.entries(session.workloads)) {
      for (const [metric, figure] of Object.entries(metrics)) {
        const id = JSON.stringify([placeOf(session), workload, metric]);
        const known = series.get(id) ?? { first: session, workload, metric, unit: figure.unit, points: [] };
        known.points.push(pointOf(session, figure, stored));
        series.set(id, known);
      }
    }
  }
  return [...series.values()].map(({ first: { scenario, sha256, profile, target }, workload, metric, unit, points }) => {
    const shown = points.slice(-last);
    return { scenario, sha256, profile, target, workload, metric, unit, better: METRICS[metric.split('{')[0] ?? '']?.better ?? 'lower', points: shown, changes: changesIn(shown, `${scenario}/${workload}/${metric}`) };
  });
}

/** What a run adds to the history: its scenarios as sessions, whatever their verdict; none that is invalid, interrupted or measured on a stand-in. */
export function sessionsOf(record: RunRecord): Session[] {
  return record.scenarios.filter((scenario) => unfit(record, scenario) === null).map((scenario) => sessionOf(record, scenario));
}

/** Whether a metric decides anything: those that do not are shown only when asked for. */
export function isGated(series: Pick<HistorySeries, 'metric'>): boolean {
  const kind = METRICS[series.metric.split('{')[0] ?? ''];
  return kind !== undefined && kind.nature !== 'advisory' && kind.observed !== true;
}

const placeOf = ({ scenario, profile, target }: Session): string => JSON.stringify([scenario, profile, target]);

function pointOf({ runId, startedAt, commit }: Session, figure: Figure, stored: boolean): HistoryPoint {
  const rounds = roundsOf(figure);
  return { runId, startedAt, value: figure.value, low: Math.min(figure.value, ...rounds), high: Math.max(figure.value, ...rounds), commit, stored };
}

/** On logarithms where there are any, so that a change is a ratio. */
function changesIn(points: readonly HistoryPoint[], name: string): HistoryChange[] {
  const values = points.map(({ value }) => value);
  const scaled = values.every((value) => value > 0) ? values.map(Math.log) : values;
  const found = changePoints(scaled, { minSize: LEAST, significance: SIGNIFICANCE, permutations: PERMUTATIONS, random: seededRandom(seedFor(1, name, values.length)) });
  const edges = [0, ...found.map(({ index }) => index), values.length];
  return found.map(({ index, pValue }, at) => ({ index, pValue, before: median(values.slice(edges[at], index)), after: median(values.slice(index, edges[at + 2])) }));
}
