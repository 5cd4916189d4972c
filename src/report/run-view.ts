import type { ComparisonResult, ComparisonVerdict, Finding, HostRecord, Labels, NotMeasured, Reason, RunRecord, SlaResult, WorkloadRecord } from '../record/schema.ts';
import { formatLabels, metricPhrase, metricTitle, observedPhrase, parseMetricKey, plural } from './values.ts';

/** The same record, arranged the way every report reads it. Pure selections: nothing is judged here. */

export interface WorkloadView {
  scenario: string;
  /** `health`, or `scenario / health` where the run has several scenarios. */
  title: string;
  workload: WorkloadRecord;
}

export function workloadViews(record: RunRecord): WorkloadView[] {
  const several = record.scenarios.length > 1;
  return record.scenarios.flatMap((scenario) =>
    scenario.workloads.map((workload) => ({
      scenario: scenario.name,
      title: several ? `${scenario.name} / ${workload.name}` : workload.name,
      workload,
    })),
  );
}

/** Rows that share labels, in the order in which the labels first appear: one block per encoder and concurrency. What was read from the service needs no block of its own. */
export function byLabels<Row extends { metric: string }>(rows: readonly Row[]): { labels: Labels; heading: string; rows: (Row & { id: string; title: string })[] }[] {
  const groups = new Map<string, { labels: Labels; heading: string; rows: (Row & { id: string; title: string })[] }>();
  for (const row of rows) {
    const { id, labels: own } = parseMetricKey(row.metric);
    const read = observedPhrase({ id, labels: own });
    const labels = read === null ? own : {};
    const heading = formatLabels(labels);
    const group = groups.get(heading) ?? { labels, heading, rows: [] };
    group.rows.push({ ...row, id, title: read ?? metricTitle(id) });
    groups.set(heading, group);
  }
  return [...groups.values()];
}

/** This machine, for each scenario that watched it. */
export function hostViews(record: RunRecord): { title: string; host: HostRecord }[] {
  const several = record.scenarios.length > 1;
  return record.scenarios.flatMap(({ name, host }) => (host === undefined ? [] : [{ title: several ? `${name} / this machine` : 'this machine', host }]));
}

export interface PlacedSla extends SlaResult {
  title: string;
  /** The metric in words, with the severity where it matters. */
  phrase: string;
}

/** Says how severe a limit is, unless it is critical and no limit on the same metric beside it is anything else: `host memory (warning)`. */
export function withSeverity(phrase: string, { metric, severity }: SlaResult, beside: readonly SlaResult[]): string {
  const plain = severity === 'critical' && beside.every((other) => other.metric !== metric || other.severity === severity);
  return plain ? phrase : `${phrase} (${severity})`;
}

export function allSla(record: RunRecord): PlacedSla[] {
  const placed = (title: string, sla: readonly SlaResult[]): PlacedSla[] => sla.map((result) => ({ ...result, title, phrase: withSeverity(metricPhrase(result.metric), result, sla) }));
  return [...workloadViews(record).flatMap(({ title, workload }) => placed(title, workload.sla)), ...hostViews(record).flatMap(({ title, host }) => placed(title, host.sla))];
}

export interface PlacedComparison extends ComparisonResult {
  title: string;
}

/** Every comparison; one that cannot be told from noise and raises no suspicion reads as within noise. */
export function allComparisons(record: RunRecord): PlacedComparison[] {
  return workloadViews(record).flatMap(({ title, workload }) =>
    workload.comparison.map((result) => ({ ...result, title, verdict: result.verdict === 'inconclusive' && !result.suspected ? 'same' : result.verdict })),
  );
}

const NOTEWORTHY: readonly ComparisonVerdict[] = ['regression', 'inconclusive', 'improved'];

/** What a reader must see of the comparison, worst first and within that the largest change first; the rest as counts. */
export function noteworthyChanges(record: RunRecord): { shown: PlacedComparison[]; counts: Map<ComparisonVerdict, number> } {
  const all = allComparisons(record);
  const counts = new Map<ComparisonVerdict, number>();
  for (const { verdict } of all) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  const shown = all
    .filter(({ verdict }) => NOTEWORTHY.includes(verdict))
    .sort((a, b) => NOTEWORTHY.indexOf(a.verdict) - NOTEWORTHY.indexOf(b.verdict) || Math.abs(b.change ?? 0) - Math.abs(a.change ?? 0));
  return { shown, counts };
}

/** What was not compared and why, said once for all the metrics and workloads it holds for: `health, submit: not compared: the measurement is invalid (14 metrics)`. */
export function notComparedSentences(record: RunRecord): string[] {
  const reasons = new Map<string, { titles: Set<string>; metrics: number }>();
  for (const { title, verdict, sentence } of allComparisons(record)) {
    if (verdict !== 'not-comparable') continue;
    const known = reasons.get(sentence) ?? { titles: new Set(), metrics: 0 };
    reasons.set(sentence, { titles: known.titles.add(title), metrics: known.metrics + 1 });
  }
  return [...reasons].map(([sentence, { titles, metrics }]) => `${[...titles].join(', ')}: ${sentence} (${plural(metrics, 'metric')})`);
}

/** Tools and system that changed since the baseline, each once: `ffmpeg: 5.1 then, 6.0 now`. */
export function changedSince(record: RunRecord): string[] {
  return [...new Set(record.scenarios.flatMap(({ notes = [] }) => notes.filter(({ kind }) => kind === 'changed').map(({ sentence }) => sentence)))];
}

export function allNotMeasured(record: RunRecord): (NotMeasured & { title: string })[] {
  return workloadViews(record).flatMap(({ title, workload }) => workload.notMeasured.map((each) => ({ ...each, title })));
}

/** Workloads that have fewer rounds than asked for, or none, and say no more about it: an interrupt, mostly. */
export function incompleteWorkloads(record: RunRecord): { title: string; sentence: string }[] {
  return workloadViews(record)
    .filter(({ workload }) => workload.status === 'interrupted' || (workload.status === 'not-measured' && workload.notMeasured.length === 0))
    .map(({ title, workload }) => {
      const done = measuredRounds(workload);
      return { title, sentence: done === 0 ? 'no round was measured' : `interrupted, ${plural(done, 'complete round')} measured` };
    });
}

/** Rounds with at least one figure. */
export function measuredRounds(workload: WorkloadRecord): number {
  const rounds = Math.max(0, ...workload.metrics.map((metric) => metric.rounds.length));
  return Array.from({ length: rounds }, (_, round) => round).filter((round) => workload.metrics.some((metric) => (metric.rounds[round] ?? null) !== null)).length;
}

/** What weakens the run: findings of its workloads and warnings of the verdict, invalid ones first. */
export function allFindings(record: RunRecord): (Finding & { title: string })[] {
  return workloadViews(record)
    .flatMap(({ title, workload }) => workload.validity.findings.map((finding) => ({ ...finding, title })))
    .sort((a, b) => (a.severity === b.severity ? 0 : a.severity === 'invalid' ? -1 : 1));
}

/** Same finding in several rounds: said once, with the rounds. */
export function mergedFindings(record: RunRecord): { severity: Finding['severity']; title: string; message: string; remedy: string; rounds: number[] }[] {
  const merged = new Map<string, { severity: Finding['severity']; title: string; message: string; remedy: string; rounds: number[] }>();
  for (const { severity, code, title, message, remedy, round } of allFindings(record)) {
    const key = JSON.stringify([severity, code, title, remedy]);
    const known = merged.get(key) ?? { severity, title, message, remedy, rounds: [] };
    if (round !== undefined && !known.rounds.includes(round)) known.rounds.push(round);
    merged.set(key, known);
  }
  return [...merged.values()];
}

/** The reasons that the verdict's sentence does not say already. */
export function otherReasons({ verdict }: RunRecord): Reason[] {
  return verdict.reasons.filter(({ sentence }) => !verdict.sentence.startsWith(sentence.replace(/\.$/, '')));
}

/** Warnings that have no place of their own: findings, what was not measured and missing baselines are listed elsewhere. */
export function otherWarnings(record: RunRecord): Reason[] {
  const findings = new Set(record.scenarios.flatMap(({ workloads }) => workloads.flatMap(({ name, validity }) => validity.findings.map(({ message }) => `${name}: ${message}`))));
  return record.verdict.warnings.filter(({ kind, sentence }) => kind !== 'not-measured' && kind !== 'no-baseline' && !findings.has(sentence));
}

/** Counts for the banner. */
export function tally(record: RunRecord): { sla: { passed: number; total: number }; regressions: number; improved: number; same: number; notMeasured: number; baselined: boolean } {
  const sla = allSla(record);
  const changes = allComparisons(record);
  const count = (verdict: ComparisonVerdict): number => changes.filter((each) => each.verdict === verdict).length;
  return {
    sla: { passed: sla.filter(({ verdict }) => verdict === 'pass').length, total: sla.length },
    regressions: changes.filter(({ verdict, waived }) => verdict === 'regression' && waived === undefined).length,
    improved: count('improved'),
    same: count('same'),
    notMeasured: allNotMeasured(record).length,
    baselined: changes.some(({ verdict }) => verdict !== 'no-baseline' && verdict !== 'not-measured'),
  };
}

/** Whether the run lacks only a baseline: then approving one is the next step. A run that failed for anything else is not suggested. */
export function wantsBaseline(record: RunRecord): boolean {
  return record.run.status === 'complete' && failsOnlyBy(record, 'no-baseline') && allComparisons(record).some(({ verdict }) => verdict === 'no-baseline');
}

/** Whether the run passed, or failed for reasons of these kinds alone. */
export function failsOnlyBy({ verdict: { status, reasons } }: RunRecord, ...kinds: Reason['kind'][]): boolean {
  return status === 'pass' || (status === 'fail' && reasons.every(({ kind }) => kinds.includes(kind)));
}

/** What a paired run was compared with (`--against`); null where stored sessions were. */
export function otherSide(record: RunRecord): string | null {
  return record.scenarios.flatMap(({ workloads }) => workloads.flatMap(({ against }) => against?.label ?? [])).at(0) ?? null;
}
