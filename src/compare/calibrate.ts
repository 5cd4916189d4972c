import { median } from 'simple-statistics';
import { metricKey, metricKind } from '../record/metrics.ts';
import type { CalibrationRecord, Metric, ScenarioRecord } from '../record/schema.ts';
import { SPREAD, type Calibration, type CalibratedMetric } from './calibration-file.ts';
import { GATE_ALPHA, priorSpread, ruleFor, type GateOptions } from './options.ts';
import { smallestShift } from './paired.ts';
import { autocorrelation } from './stats/autocorrelation.ts';
import { normalQuantile } from './stats/normal.ts';
import { madSpread, medianVariance, variance } from './stats/spread.ts';

const POWER = 0.95;
const MOST_ROUNDS = 1_000;
/** A day's luck is not seen in one sitting: what is seen is doubled, and the usual prior halved at most. */
const LUCK = 2;

/**
 * What rounds in which nothing changed say of one scenario on this machine: noise per metric and what can be seen through it.
 * `planned` is the number of rounds its runs have. Pure.
 */
export function calibrationOf(scenario: ScenarioRecord, planned: number, options: GateOptions): Calibration['metrics'] {
  const own = scenario.workloads.filter(({ validity }) => validity.status !== 'invalid').flatMap((workload) => workload.metrics.map((metric) => ({ key: `${workload.name}/${metricKey(metric)}`, metric })));
  const gated = own.filter(({ metric }) => metric.unit !== 'share' && ruleFor(metric, options).gated);
  return Object.fromEntries(gated.flatMap(({ key, metric }) => {
    const found = ofMetric(metric, planned, { family: gated.length, options });
    return found === null ? [] : [[key, found]];
  }));
}

function ofMetric(metric: Metric, planned: number, { family, options }: { family: number; options: GateOptions }): CalibratedMetric | null {
  const values = metric.rounds.filter((each) => each !== null).filter((each) => each > 0).map(Math.log);
  if (values.length < 6) return null;
  const noise = Math.max(Math.sqrt(variance(values)), madSpread(values));
  const alpha = GATE_ALPHA / family;
  const { minEffect } = ruleFor(metric, options, 'paired');
  const usual = priorSpread(metricKind(metric.id));
  const groups = Array.from({ length: Math.floor(values.length / planned) }, (_, index) => median(values.slice(index * planned, (index + 1) * planned)));
  const seen = LUCK * Math.max(Math.sqrt(variance(groups)), noise * Math.sqrt(medianVariance(planned)));
  return {
    rounds: values.length,
    noise,
    autocorrelation: autocorrelation(values, 1),
    smallestSeen: finite(Math.expm1(seenWith(planned, noise, alpha, minEffect))),
    roundsFor5: roundsFor(0.05, noise, alpha, minEffect),
    roundsFor10: roundsFor(0.1, noise, alpha, minEffect),
    spread: Math.min(SPREAD.most * usual, Math.max(SPREAD.least * usual, seen)),
  };
}

/** Smallest change, as a difference of logarithms, that `n` pairs find in 95 of 100 runs: the test must see it, and its estimate reach the smallest change that counts. */
function seenWith(n: number, noise: number, alpha: number, minEffect: number): number {
  const spread = Math.SQRT2 * noise;
  return Math.max(smallestShift(n, spread, alpha, POWER), Math.log1p(minEffect) + (normalQuantile(POWER) * spread) / Math.sqrt(n * (3 / Math.PI)));
}

/** Pairs with which a change of this share is seen; null where a thousand would not do. */
function roundsFor(share: number, noise: number, alpha: number, minEffect: number): number | null {
  // No test needs fewer pairs than one of known spread would.
  const least = Math.floor((2 * noise ** 2 * (normalQuantile(1 - alpha) + normalQuantile(POWER)) ** 2) / Math.log1p(share) ** 2);
  for (let n = Math.max(3, least); n <= MOST_ROUNDS; n += 1) if (seenWith(n, noise, alpha, minEffect) <= Math.log1p(share)) return n;
  return null;
}

/** What the record of a later run tells of a calibration. Pure. */
export function recorded({ date, planned, metrics }: Calibration): CalibrationRecord {
  const rows = Object.entries(metrics).map(([metric, { noise, autocorrelation, smallestSeen, roundsFor5, roundsFor10 }]) => ({ metric, noise, autocorrelation, smallestSeen, roundsFor5, roundsFor10 }));
  const needed = rows.flatMap(({ roundsFor10 }) => roundsFor10 ?? []);
  return { date, rounds: planned, recommended: needed.length === 0 || needed.length < rows.length ? null : Math.max(...needed), metrics: rows };
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
