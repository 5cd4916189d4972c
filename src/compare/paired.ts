import { median } from 'simple-statistics';
import { kindOf, metricKey, type MetricKind } from '../record/metrics.ts';
import type { ComparisonResult, ComparisonVerdict, Metric, ScenarioRecord, WorkloadRecord } from '../record/schema.ts';
import { detectablePhrase, headOf, notGatedSentence, type Detectable } from './compared-sentences.ts';
import { isEventRate, testEventRate } from './event-rate.ts';
import { CONFIDENCE, DEFAULT_GATE, GATE_ALPHA, POWER, ruleFor, smallestThatCounts, type GateOptions, type MetricRule } from './options.ts';
import { figuresOf, undecided } from './results.ts';
import { oneSampleShift } from './stats/hodges-lehmann.ts';
import { holm } from './stats/holm.ts';
import { signedRank } from './stats/signed-rank.ts';
import { neededShift } from './stats/signed-rank-power.ts';
import { variance } from './stats/spread.ts';
import { tooFewInTail } from './tail-samples.ts';
import type { Tested } from './tested.ts';
import { plural } from '../record/phrases.ts';

/** One metric of both sides, in the same rounds. */
export interface Pair {
  metric: Metric;
  against: Metric;
  options: GateOptions;
}

/**
 * Two sides measured in turns in one session: the strongest verdict there is, since luck of the machine hits both alike. Pure.
 * d = ±ln(now / other) of every round; exact one-sided signed-rank test over the rounds, Holm over all gated metrics (all rounds
 * were planned, so nothing was selected), estimate and interval by Hodges-Lehmann. `regression`: p <= 0.01 after Holm and the
 * estimate at least the smallest change that counts; `same`: the upper bound lies below it; `improved` likewise.
 */
export function pairedGate(pairs: readonly Pair[]): ComparisonResult[] {
  const steps = pairs.map(test);
  const gated = steps.filter((step) => step.tested !== null && step.why === null);
  const worse = holm(gated.map(({ tested }) => tested?.worseP ?? 1));
  const better = holm(gated.map(({ tested }) => tested?.betterP ?? 1));
  return steps.map((step) => {
    const { metric, tested, rounds, why } = step;
    if (tested === null) return undecided(metric, 'not-comparable', 'no round has a figure above 0 on both sides');
    if (why !== null) return { ...figuresOf(metric, tested), verdict: 'advisory', pValue: null, suspected: false, smallestDetectable: null, sessions: 0, pairs: rounds, sentence: notGatedSentence(metric, tested, why, 'against') };
    const at = gated.indexOf(step);
    const [worseP, betterP] = [worse[at] ?? 1, better[at] ?? 1];
    const detectable = tested.detectable(GATE_ALPHA / gated.length);
    const verdict = verdictOf(tested, worseP, betterP);
    const suspected = tested.effect === 'worse' && tested.worseP <= GATE_ALPHA * 10;
    return { ...figuresOf(metric, tested), verdict, pValue: worseP, suspected, smallestDetectable: detectable.share, sessions: 0, pairs: rounds, sentence: sentenceOf(metric, tested, verdict, { suspected, detectable, rounds }) };
  });
}

function test({ metric, against, options }: Pair): { metric: Metric; tested: Tested | null; rounds: number; why: string | null } {
  const kind = kindOf(metric);
  const rule = ruleFor(metric, options, 'paired');
  const both = metric.rounds.flatMap((now, round) => {
    const other = against.rounds[round];
    return now === null || other === null || other === undefined ? [] : [{ now, other }];
  });
  const tested = isEventRate(metric) ? testEventRate(metric, [against], kind, rule) : testPairs(both, kind, rule);
  return { metric, tested, rounds: both.length, why: rule.gated ? tooFewInTail(metric, kind.quantile) : 'for information' };
}

function testPairs(all: readonly { now: number; other: number }[], kind: MetricKind, rule: MetricRule): Tested | null {
  const both = all.filter(({ now, other }) => now > 0 && other > 0);
  if (both.length === 0) return null;
  const sign = kind.better === 'lower' ? 1 : -1;
  const differences = both.map(({ now, other }) => sign * Math.log(now / other));
  const shift = oneSampleShift(differences, CONFIDENCE);
  const baseline = median(both.map(({ other }) => other));
  const threshold = smallestThatCounts(rule, baseline, sign);
  const share = (d: number): number => Number(Math.expm1(sign * d).toPrecision(9));
  const ends = shift.low === null || shift.high === null ? null : [share(shift.low), share(shift.high)];
  const worseP = signedRank(differences).pGreater;
  const spread = Math.sqrt(variance(differences));
  return {
    baseline,
    current: median(both.map(({ now }) => now)),
    change: share(shift.estimate),
    interval: ends === null ? null : { low: Math.min(...ends), high: Math.max(...ends) },
    screenP: worseP,
    worseP,
    betterP: signedRank(differences.map((difference) => -difference)).pGreater,
    effect: shift.estimate >= threshold ? 'worse' : -shift.estimate >= threshold ? 'better' : 'small',
    boundedBelowEffect: shift.high !== null && shift.high < threshold,
    detectable: (alpha) => ({ share: Math.abs(share(Math.max(threshold, smallestShift(both.length, spread, alpha, POWER)))), points: null }),
  };
}

/**
 * The smallest shift of paired differences with standard deviation `spread` that the signed-rank test finds with the given
 * power at level alpha: (z_alpha + z_power) · spread / √(n · 3/π) (Noether, JASA 82, 1987). Infinity where n pairs, all of one
 * sign, still have a p-value above alpha.
 */
export function smallestShift(n: number, spread: number, alpha: number, power: number): number {
  return spread * neededShift(n, alpha, power);
}

function verdictOf(tested: Tested, worseP: number, betterP: number): ComparisonVerdict {
  if (tested.effect === 'worse' && worseP <= GATE_ALPHA) return 'regression';
  if (tested.effect === 'better' && betterP <= GATE_ALPHA) return 'improved';
  return tested.boundedBelowEffect ? 'same' : 'inconclusive';
}

function sentenceOf(metric: Metric, tested: Tested, verdict: ComparisonVerdict, { suspected, detectable, rounds }: { suspected: boolean; detectable: Detectable; rounds: number }): string {
  const head = headOf(metric, tested, 'against');
  const pairs = plural(rounds, 'pair');
  if (verdict === 'regression') return `${head}, a regression (${pairs})`;
  if (verdict === 'improved') return `${head}, improved (${pairs})`;
  if (verdict === 'same') return `${head}, no change that counts (${pairs})`;
  const unseen = Number.isFinite(detectable.share ?? 0) ? `a change below ${detectablePhrase(detectable)} would not be seen` : `${pairs} can show no change: take more --rounds`;
  return `${head}, ${suspected ? 'suspicious but not certain' : 'within noise'}: ${unseen} (${pairs})`;
}

/** Every workload that was measured in turns with something else, compared with that; all scenarios together, as a run is. Pure. */
export function comparePaired(scenarios: readonly ScenarioRecord[], optionsOf: (scenario: string) => GateOptions | undefined): ScenarioRecord[] {
  const places = scenarios.flatMap((scenario) => scenario.workloads.flatMap((workload) => pairsOf(workload, optionsOf(scenario.name) ?? DEFAULT_GATE).map((pair) => ({ workload, pair }))));
  const results = pairedGate(places.map(({ pair }) => pair));
  return scenarios.map((scenario) => ({
    ...scenario,
    workloads: scenario.workloads.map((workload) => {
      const invalid = whyInvalid(workload);
      const comparison = invalid === null ? results.filter((_, index) => places[index]?.workload === workload) : workload.metrics.map((metric) => undecided(metric, 'not-comparable', invalid));
      return workload.against === undefined ? workload : { ...workload, comparison };
    }),
  }));
}

function pairsOf(workload: WorkloadRecord, options: GateOptions): Pair[] {
  const { metrics, against } = workload;
  if (against === undefined || whyInvalid(workload) !== null) return [];
  return metrics.flatMap((metric) => {
    const other = against.metrics.find((each) => metricKey(each) === metricKey(metric));
    // A success rate beside an error rate says the same thing twice.
    const mirrored = metric.id === 'success.rate' && metrics.some(({ id }) => id === 'errors.rate');
    return other === undefined || mirrored ? [] : [{ metric, against: other, options }];
  });
}

function whyInvalid({ validity, against }: WorkloadRecord): string | null {
  if (validity.status === 'invalid') return 'not compared: the measurement is invalid';
  return against?.validity.status === 'invalid' ? 'not compared: the measurement of the other side is invalid' : null;
}
