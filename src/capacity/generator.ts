import { median } from 'simple-statistics';
import type { CapacityFigure } from '../record/capacity.ts';
import { metricKey } from '../record/metrics.ts';
import type { Finding, HttpWindow, Metric, WorkloadRecord } from '../record/schema.ts';
import { latenessBySecond } from '../record/submit-lateness.ts';
import { formatMs } from '../units.ts';

/** A load generator that is later than this share of a limit has a part in whether it is kept. */
const LATE_SHARE = 0.25;
/** What is further beyond its limit than this many times the lateness is slow by itself. */
const EXPLAINS = 10;
/** Timers of the event loop tick in whole milliseconds: so much of its delay is no delay. */
const TICK_MS = 1;

/** Lengths that the service tells by its own clock: no lateness of ours is in them. */
const BY_ITS_OWN_CLOCK = /^(queueWait|processing)\./;

/**
 * How late the load generator was in one trial, in ms: the 99th percentile of each second, sending (dispatch lag) or reading answers
 * (delay of its event loop), whichever is more; then the median of the seconds. Null where nobody measured it. Pure.
 */
export function latenessOf(series: WorkloadRecord['series'], trial: number): number | null {
  const seconds = series.kind === 'http' ? ofWindows(series.rounds.find(({ round }) => round === trial)?.windows ?? []) : series.kind === 'job' ? latenessBySecond(series.jobs.filter(({ round }) => round === trial)).map(({ lateP99Ms }) => lateP99Ms) : [];
  return seconds.length === 0 ? null : median(seconds);
}

function ofWindows(windows: readonly HttpWindow[]): number[] {
  return windows
    .filter(({ offered, dispatchLagP99Ms, loopDelayP99Ms }) => offered > 0 && (dispatchLagP99Ms !== null || loopDelayP99Ms !== null))
    .map(({ dispatchLagP99Ms, loopDelayP99Ms }) => Math.max(0, dispatchLagP99Ms ?? 0, (loopDelayP99Ms ?? 0) - TICK_MS));
}

/** What one trial came to, as far as it takes to tell the generator from the service. */
export interface JudgedTrial {
  trial: number;
  findings: readonly Finding[];
  figures: readonly CapacityFigure[];
  metrics: readonly Metric[];
  series: WorkloadRecord['series'];
}

/**
 * Why a trial says nothing about the service; null where it does. Pure. Either the generator was saturated, or its own limit of what is
 * under way dropped arrivals while what it sent kept every limit, or it was late by more than a quarter of every limit that was not kept,
 * each of them a time and none missed by more than ten times that lateness: a service that
 * is fast enough looks too slow then. Lateness never makes a slow service look fast, so a trial that kept its limits stands.
 */
export function generatorFault({ trial, findings, figures, metrics, series }: JudgedTrial): string | null {
  const saturated = findings.find(({ severity, code, round }) => severity === 'invalid' && code.startsWith('generator-') && (round ?? trial) === trial);
  if (saturated !== undefined) return saturated.message;
  const broken = figures.filter(({ kept }) => !kept);
  const [first] = broken;
  if (first === undefined) return null;
  const full = findings.find(({ code, round }) => code === 'in-flight-limit-reached' && (round ?? trial) === trial);
  if (full !== undefined && broken.every((figure) => onlyDropped(figure, { metrics, series, trial }))) {
    return `The load generator could not have more under way (maxInFlight): of ${first.metric}, what it sent kept its limit, and what it dropped did not.`;
  }
  const lateMs = latenessOf(series, trial);
  if (lateMs === null || !broken.every((figure) => explained(figure, lateMs))) return null;
  return `The load generator was ${formatMs(lateMs)} late itself (p99, median of the seconds), more than a quarter of the ${formatMs(first.limit)} allowed for ${first.metric}: what was measured is its own lateness too.`;
}

/** True where a figure would be within its limit but for the arrivals that the generator dropped. */
function onlyDropped({ metric, operator, value, limit }: CapacityFigure, { metrics, series, trial }: Pick<JudgedTrial, 'metrics' | 'series' | 'trial'>): boolean {
  if (value === null || series.kind !== 'http') return false;
  const windows = series.rounds.find(({ round }) => round === trial)?.windows ?? [];
  const offered = windows.reduce((sum, window) => sum + window.offered, 0);
  const share = offered === 0 ? 0 : windows.reduce((sum, window) => sum + window.dropped, 0) / offered;
  if (/^(?:iteration\.)?errors\.rate/.test(metric)) return value - share <= limit;
  if (/^success\.rate/.test(metric) && operator === '>=') return value + share >= limit;
  const sent = metrics.find((each) => metricKey(each) === metric.replace(/^latency\./, 'service.'))?.rounds[trial] ?? null;
  return metric.startsWith('latency.') && sent !== null && sent <= limit;
}

function explained({ metric, unit, operator, value, limit }: CapacityFigure, lateMs: number): boolean {
  return unit === 'ms' && operator === '<=' && !BY_ITS_OWN_CLOCK.test(metric) && value !== null && lateMs > LATE_SHARE * limit && value - limit <= EXPLAINS * lateMs;
}
