import { median } from 'simple-statistics';
import { metricKey, metricKind } from '../record/metrics.ts';
import type { CalibrationRecord, Metric, ScenarioRecord } from '../record/schema.ts';
import { SPREAD, type Calibration, type CalibratedMetric } from './calibration-file.ts';
import { errorBetween } from './log-ratio.ts';
import { isMirror } from './mirror.ts';
import { CALIBRATED_POWER, GATE_ALPHA, PAIRED_ALPHA, priorSpread, ruleFor, smallestThatCounts, weightOf, type GateOptions } from './options.ts';
import { smallestSeen } from './paired-power.ts';
import { autocorrelation } from './stats/autocorrelation.ts';
import { normalQuantile } from './stats/normal.ts';
import { smallestDetectable } from './stats/prediction.ts';
import { madSpread, medianVariance, variance } from './stats/spread.ts';
import { tooFewInTail } from './tail-samples.ts';
import { tailDf } from './tails.ts';

const MOST_ROUNDS = 1_000;
/** A day's luck is not seen in one sitting: what is seen is doubled, and the usual prior halved at most. */
const LUCK = 2;

/** What the runs are that a calibration speaks of. */
export interface CalibratedRuns {
  /** Rounds of a run that is compared with stored sessions. */
  planned: number;
  /** Rounds of a paired run. */
  pairs: number;
  /** The machine was disturbed meanwhile: how its sessions vary is not taken from here. */
  disturbed: boolean;
}

/** The level at which one metric is tested: of all that are gated with it, shares of failures too. */
interface Levels {
  paired: number;
  history: number;
}

/** What rounds in which nothing changed say of one scenario on this machine: noise per metric and what can be seen through it. Pure. */
export function calibrationOf(scenario: ScenarioRecord, runs: CalibratedRuns, options: GateOptions): Calibration['metrics'] {
  const own = scenario.workloads
    .filter(({ validity }) => validity.status !== 'invalid')
    .flatMap((workload) => workload.metrics.filter((metric) => !isMirror(metric, workload.metrics) && ruleFor(metric, options).gated).map((metric) => ({ key: `${workload.name}/${metricKey(metric)}`, metric })));
  const family = own.filter(({ metric }) => decides(metric, runs.pairs)).length;
  const weight = own.filter(({ metric }) => decides(metric, runs.planned)).reduce((sum, { metric }) => sum + weightOf(metricKind(metric.id)), 0);
  return Object.fromEntries(own.filter(({ metric }) => metric.unit !== 'share').flatMap(({ key, metric }) => {
    const levels = { paired: PAIRED_ALPHA / Math.max(1, family), history: (GATE_ALPHA * weightOf(metricKind(metric.id))) / Math.max(weightOf(metricKind(metric.id)), weight) };
    const found = ofMetric(metric, runs, levels, options);
    return found === null ? [] : [[key, found]];
  }));
}

/** Whether so many rounds have the samples that a tail needs to decide. */
function decides(metric: Metric, rounds: number): boolean {
  const measured = Math.max(1, metric.rounds.length);
  return tooFewInTail({ ...metric, n: (metric.n * rounds) / measured, rounds: Array.from({ length: rounds }, () => metric.value) }, metricKind(metric.id).quantile) === null;
}

function ofMetric(metric: Metric, { planned, pairs, disturbed }: CalibratedRuns, levels: Levels, options: GateOptions): CalibratedMetric | null {
  const figures = metric.rounds.filter((each) => each !== null).filter((each) => each > 0);
  if (figures.length < 6) return null;
  const values = figures.map(Math.log);
  const noise = Math.max(Math.sqrt(variance(values)), madSpread(values));
  const usual = priorSpread(metricKind(metric.id));
  const groups = Array.from({ length: Math.floor(values.length / planned) }, (_, index) => median(values.slice(index * planned, (index + 1) * planned)));
  const seen = LUCK * Math.max(Math.sqrt(variance(groups)), noise * Math.sqrt(medianVariance(planned)));
  const spread = disturbed ? usual : Math.min(SPREAD.most * usual, Math.max(SPREAD.least * usual, seen));
  const sign = metricKind(metric.id).better === 'lower' ? 1 : -1;
  const counts = (comparison: 'history' | 'paired'): number => smallestThatCounts(ruleFor(metric, options, comparison), median(figures), sign);
  const share = (d: number): number | null => finite(Math.abs(Math.expm1(sign * d)));
  const inPairs = (n: number): number | null => share(seenWith(n, noise, levels.paired, counts('paired')));
  const { minEffect } = ruleFor(metric, options, 'paired');
  return {
    rounds: values.length,
    noise,
    autocorrelation: autocorrelation(values, 1),
    smallestSeen: inPairs(planned),
    seenInPairs: inPairs(pairs),
    seenInHistory: share(smallestDetectable({ center: 0, error: errorBetween({ pooled: spread ** 2, scatter: noise ** 2, own: planned, theirs: planned, sessions: 1 }), df: tailDf(1, false) }, levels.history, CALIBRATED_POWER, counts('history'))),
    roundsFor5: roundsFor(0.05, noise, levels.paired, minEffect),
    roundsFor10: roundsFor(0.1, noise, levels.paired, minEffect),
    spread,
  };
}

/** Smallest change, as a difference of logarithms, that `n` pairs of this noise of each side find in 95 of 100 runs. */
function seenWith(n: number, noise: number, alpha: number, threshold: number): number {
  return smallestSeen(n, Math.SQRT2 * noise, { threshold, alpha, power: CALIBRATED_POWER });
}

/** Pairs with which a change of this share is seen; null where a thousand would not do. */
function roundsFor(share: number, noise: number, alpha: number, minEffect: number): number | null {
  // No test needs fewer pairs than one of known spread would.
  const least = Math.floor((2 * noise ** 2 * (normalQuantile(1 - alpha) + normalQuantile(CALIBRATED_POWER)) ** 2) / Math.log1p(share) ** 2);
  for (let n = Math.max(3, least); n <= MOST_ROUNDS; n += 1) if (seenWith(n, noise, alpha, Math.log1p(minEffect)) <= Math.log1p(share)) return n;
  return null;
}

/** What the record of a later run tells of a calibration. Pure. */
export function recorded({ date, planned, pairs, metrics }: Calibration): CalibrationRecord {
  const rows = Object.entries(metrics).map(([metric, { rounds: _, spread: __, ...found }]) => ({ metric, ...found }));
  const needed = rows.flatMap(({ roundsFor10 }) => roundsFor10 ?? []);
  return { date, rounds: planned, ...(pairs === undefined ? {} : { pairs }), recommended: needed.length === 0 || needed.length < rows.length ? null : Math.max(...needed), metrics: rows };
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
