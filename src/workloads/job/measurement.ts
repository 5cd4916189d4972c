import { median } from 'simple-statistics';
import { Histogram } from '../../load/histogram.ts';
import { metric } from '../../record/metrics.ts';
import type { Finding, HistogramRecord, JobDetail, JobRun, Labels, Metric, NotMeasured } from '../../record/schema.ts';
import type { Measurement } from '../contract.ts';
import { submitFindings } from './health.ts';
import type { JobSla, JobSpec } from './schema.ts';

/** Lengths of answered exchanges in ms, by step. */
export type Exchanges = Record<'submit' | 'poll' | 'fetch', number[]>;

/** What became of a round. */
export type Round = { type: 'set-up-failed'; round: number; step: string; message: string } | { type: 'measured'; round: number; runs: readonly JobRun[]; exchanges: Exchanges; underWay: { mean: number; spanMs: number } | null };

type Measured = Extract<Round, { type: 'measured' }>;

const PERCENTILES = [['p50', 0.5], ['p90', 0.9], ['p95', 0.95], ['p99', 0.99]] as const;

/**
 * The rounds so far as metrics. Completion is from the intended submit to the answer that says done; a job that timed out is in it at
 * the timeout, for nobody knows better, and jobs that ended otherwise count in the success rate alone. Pure.
 */
export function measurementOf(rounds: readonly Round[], spec: JobSpec, sla: JobSla, leftovers: JobDetail['leftovers']): Measurement {
  const measured = rounds.filter((each) => each.type === 'measured');
  const count = Math.max(-1, ...rounds.map(({ round }) => round)) + 1;
  const runs = measured.flatMap((each) => each.runs);
  const families = familiesOf(measured, spec);
  const late = measured.flatMap((each) => submitFindings(each.runs).map((finding) => ({ ...finding, round: each.round })));
  const findings = [...rounds.flatMap(setUpFindings), ...late, ...jobFindings(runs, sla), ...leftoverFindings(leftovers)];
  return {
    validity: { status: findings.some(({ severity }) => severity === 'invalid') ? 'invalid' : findings.length > 0 ? 'suspect' : 'valid', findings },
    metrics: [...families.flatMap((family) => percentilesOf(family, count)), ...batchMetrics(measured, count), ...shares(measured, count)],
    notMeasured: withoutTimes(runs, spec),
    histograms: families.flatMap(({ id, labels, rounds: each }) => each.flatMap(({ round, histogram }): HistogramRecord[] => (histogram.count === 0 ? [] : [{ id, labels, round, unit: 'us', encoded: histogram.encode() }]))),
    series: { kind: 'job', jobs: [...runs], underWay: measured.flatMap(({ round, underWay }) => (underWay === null ? [] : [{ round, ...underWay }])) },
    detail: detailOf(runs, spec, leftovers),
  };
}

/** Interrupted jobs have no outcome of their own. */
const counted = (runs: readonly JobRun[]): JobRun[] => runs.filter(({ outcome }) => outcome !== 'interrupted');

interface Family {
  id: string;
  labels: Labels;
  rounds: { round: number; histogram: Histogram }[];
}

function familiesOf(measured: readonly Measured[], spec: JobSpec): Family[] {
  const family = (id: string, labels: Labels, values: (each: Measured) => readonly number[]): Family => ({ id, labels, rounds: measured.map((each) => ({ round: each.round, histogram: histogramOf(values(each)) })) });
  const lengths = (key: 'queueWaitMs' | 'processingMs') => ({ runs }: Measured) => counted(runs).flatMap((run) => run[key] ?? []);
  return [
    family('completion', {}, ({ runs }) => runs.flatMap((run) => (run.outcome === 'done' ? [run.endMs - run.submittedMs] : run.outcome === 'timeout' ? [spec.timeout] : []))),
    family('queueWait', {}, lengths('queueWaitMs')),
    family('processing', {}, lengths('processingMs')),
    ...(['submit', 'poll', 'fetch'] as const).map((step) => family('latency', { step }, ({ exchanges }) => exchanges[step])),
  ].filter((each) => each.rounds.some(({ histogram }) => histogram.count > 0));
}

function histogramOf(valuesMs: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const ms of valuesMs) histogram.record(ms * 1_000);
  return histogram;
}

function percentilesOf({ id, labels, rounds }: Family, count: number): Metric[] {
  const all = new Histogram();
  for (const { histogram } of rounds) all.add(histogram);
  const ms = (histogram: Histogram, q: number): number | null => {
    const us = histogram.quantile(q);
    return us === undefined ? null : us / 1_000;
  };
  return PERCENTILES.flatMap(([label, q]) => {
    const value = ms(all, q);
    return value === null ? [] : [metric(`${id}.${label}`, labels, value, byRound(rounds, count, ({ histogram }) => ms(histogram, q)), all.count)];
  });
}

function byRound<R extends { round: number }>(rounds: readonly R[], count: number, value: (round: R) => number | null): (number | null)[] {
  const values = Array.from<number | null>({ length: count }).fill(null);
  for (const each of rounds) values[each.round] = value(each);
  return values;
}

/** Makespan and throughput, of rounds in which at least one job ended well. */
function batchMetrics(measured: readonly Measured[], count: number): Metric[] {
  const whole = measured.flatMap(({ round, runs }) => {
    const done = runs.filter(({ outcome }) => outcome === 'done');
    if (done.length === 0 || runs.some(({ outcome }) => outcome === 'interrupted')) return [];
    return [{ round, done: done.length, makespanMs: Math.max(...done.map(({ endMs }) => endMs)) - Math.min(...runs.map(({ submittedMs }) => submittedMs)) }];
  });
  if (whole.length === 0) return [];
  const perHour = ({ done, makespanMs }: (typeof whole)[number]): number => (done * 3_600_000) / makespanMs;
  const jobs = whole.reduce((sum, { done }) => sum + done, 0);
  return [
    metric('batch.makespan', {}, median(whole.map(({ makespanMs }) => makespanMs)), byRound(whole, count, ({ makespanMs }) => makespanMs), jobs),
    metric('batch.videosPerHour', {}, median(whole.map(perHour)), byRound(whole, count, perHour), jobs),
  ];
}

function shares(measured: readonly Measured[], count: number): Metric[] {
  const all = counted(measured.flatMap(({ runs }) => runs));
  if (all.length === 0) return [];
  const share = (id: string, wanted: JobRun['outcome']): Metric => {
    const of = (runs: readonly JobRun[]): number | null => (runs.length === 0 ? null : runs.filter(({ outcome }) => outcome === wanted).length / runs.length);
    return metric(id, {}, of(all) ?? 0, byRound(measured, count, ({ runs }) => of(counted(runs))), all.length);
  };
  return [share('success.rate', 'done'), share('timeouts.rate', 'timeout')];
}

function setUpFindings(each: Round): Finding[] {
  if (each.type !== 'set-up-failed') return [];
  return [{ severity: 'invalid', code: 'set-up-failed', message: `Set-up step ${each.step} failed, so no job was submitted: ${each.message}`, remedy: 'Correct the step or the target, and run again.', round: each.round }];
}

function jobFindings(runs: readonly JobRun[], sla: JobSla): Finding[] {
  const all = counted(runs);
  const bad = all.filter(({ outcome }) => outcome !== 'done');
  const [first] = bad;
  if (first === undefined) return [];
  const none = bad.length === all.length && sla.successRate === undefined;
  return [
    {
      severity: none ? 'invalid' : 'warning',
      code: none ? 'no-job-completed' : 'jobs-failed',
      message: `${bad.length} of ${all.length} jobs did not end well. Job ${first.job + 1} of round ${first.round + 1}: ${first.outcome}, ${first.message ?? ''}`,
      remedy: none ? 'Correct the requests and job.until, or the target.' : 'See the table of jobs for what came back; sla.successRate turns it into a verdict.',
    },
  ];
}

function leftoverFindings(leftovers: JobDetail['leftovers']): Finding[] {
  if (leftovers === null) return [];
  return [{ severity: 'warning', code: 'not-removed', message: `${leftovers.count} jobs are left on the target: the delete step failed with ${leftovers.example}`, remedy: 'Remove them by hand, and correct job.delete.' }];
}

/** Times that the scenario asks for and the answers lack. */
function withoutTimes(runs: readonly JobRun[], { times }: JobSpec): NotMeasured[] {
  const done = runs.filter(({ outcome }) => outcome === 'done');
  const lacking = (what: string, key: 'queueWaitMs' | 'processingMs', asked: readonly (string | undefined)[]): NotMeasured[] =>
    done.length > 0 && asked.every((each) => each !== undefined) && done.every((run) => run[key] === null)
      ? [{ what, cause: 'no-times', reason: `no answer held both times at ${asked.join(' and ')}`, remedy: 'Correct job.times: pointers to ISO 8601 or Unix times in the state of a job.' }]
      : [];
  return [...lacking('queueWait', 'queueWaitMs', [times.queued, times.started]), ...lacking('processing', 'processingMs', [times.started, times.finished])];
}

function detailOf(runs: readonly JobRun[], spec: JobSpec, leftovers: JobDetail['leftovers']): JobDetail {
  const groups = new Map<string, JobRun[]>();
  for (const run of runs) groups.set(run.outcome, [...(groups.get(run.outcome) ?? []), run]);
  const late = runs.flatMap(({ lateByMs }) => lateByMs ?? []);
  const webhook = spec.poll === undefined;
  return {
    kind: 'job',
    jobs: spec.jobs,
    concurrency: spec.rate === undefined ? (spec.concurrency ?? 1) : null,
    ratePerSecond: spec.rate ?? null,
    timeoutMs: spec.timeout,
    seenBy: webhook ? 'webhook' : 'poll',
    pollIntervalMs: webhook ? null : spec.pollInterval,
    lateBy: webhook || late.length === 0 ? null : { medianMs: median(late), maxMs: Math.max(...late) },
    outcomes: Object.fromEntries([...groups].map(([outcome, each]) => [outcome, each.length])),
    failures: [...groups].flatMap(([outcome, each]) => (outcome === 'done' || outcome === 'interrupted' ? [] : [{ outcome, count: each.length, example: each[0]?.message ?? '' }])),
    leftovers,
  };
}
