import { kindOf } from '../record/metrics.ts';
import { plural } from '../record/phrases.ts';
import type { ComparisonResult, ComparisonVerdict, Metric } from '../record/schema.ts';
import { detectablePhrase, headOf, notGatedSentence, type Detectable } from './compared-sentences.ts';
import { failuresOf, isEventRate } from './failures.ts';
import { PAIRED_ALPHA, ruleFor, SCREEN_ALPHA, type GateOptions } from './options.ts';
import { testPairs } from './paired-ratios.ts';
import { testSharePairs } from './paired-shares.ts';
import { figuresOf, seenFrom, undecided } from './results.ts';
import { holm } from './stats/holm.ts';
import { tooFewInTail } from './tail-samples.ts';
import type { Tested } from './tested.ts';

/** One metric of both sides, in the same rounds. */
export interface Pair {
  metric: Metric;
  against: Metric;
  options: GateOptions;
}

interface Step {
  metric: Metric;
  tested: Tested | null;
  rounds: number;
  /** Why it decides nothing. */
  why: string | null;
}

/**
 * Two sides measured in turns in one session: the strongest verdict there is, since luck of the machine hits both alike. Pure.
 * The round is the replicate, for shares too: one-sided signed-rank test over the rounds, exact up to 50, Holm over all gated metrics
 * (all rounds were planned, so nothing was selected), estimate and interval by Hodges-Lehmann. `regression`: p <= 0.005 after Holm
 * and the estimate at least the smallest change that counts; `same`: the upper bound lies below it; `improved` likewise.
 */
export function pairedGate(pairs: readonly Pair[]): ComparisonResult[] {
  const steps = pairs.map(test);
  const gated = steps.flatMap(({ tested, why }) => (tested !== null && why === null ? [tested] : []));
  const worse = holm(gated.map(({ worseP }) => worseP));
  const better = holm(gated.map(({ betterP }) => betterP));
  return steps.map(({ metric, tested, rounds, why }) => {
    if (tested === null) return why === null ? undecided(metric, 'not-comparable', 'no round has a figure above 0 on either side') : undecided(metric, 'advisory', why);
    if (why !== null) return { ...figuresOf(metric, tested), verdict: 'advisory', pValue: null, suspected: false, smallestDetectable: null, sessions: 0, pairs: rounds, sentence: notGatedSentence(metric, tested, why, 'against') };
    const at = gated.indexOf(tested);
    const [worseP, betterP] = [worse[at] ?? 1, better[at] ?? 1];
    const detectable = tested.detectable(PAIRED_ALPHA / gated.length);
    const verdict = verdictOf(tested, worseP, betterP);
    const suspected = tested.effect === 'worse' && tested.worseP <= SCREEN_ALPHA;
    return { ...figuresOf(metric, tested), verdict, pValue: worseP, suspected, smallestDetectable: seenFrom(detectable), sessions: 0, pairs: rounds, sentence: sentenceOf(metric, tested, verdict, { suspected, detectable, rounds }) };
  });
}

function test({ metric, against, options }: Pair): Step {
  const kind = kindOf(metric);
  const rule = ruleFor(metric, options, 'paired');
  const both = metric.rounds.flatMap((now, round) => {
    const other = against.rounds[round];
    return now === null || other === null || other === undefined ? [] : [{ now, other }];
  });
  const why = rule.gated ? (tooFewInTail(metric, kind.quantile) ?? tooFewInTail(against, kind.quantile)) : 'for information';
  if (both.length === 0) return { metric, tested: null, rounds: 0, why };
  const tested = isEventRate(metric) ? testSharePairs(both, { now: failuresOf(metric, kind), other: failuresOf(against, kind) }, kind, rule) : testPairs(both, kind, rule);
  return { metric, tested, rounds: both.length, why };
}

function verdictOf(tested: Tested, worseP: number, betterP: number): ComparisonVerdict {
  if (tested.effect === 'worse' && worseP <= PAIRED_ALPHA) return 'regression';
  if (tested.effect === 'better' && betterP <= PAIRED_ALPHA) return 'improved';
  return tested.boundedBelowEffect ? 'same' : 'inconclusive';
}

function sentenceOf(metric: Metric, tested: Tested, verdict: ComparisonVerdict, { suspected, detectable, rounds }: { suspected: boolean; detectable: Detectable; rounds: number }): string {
  const head = headOf(metric, tested, 'against');
  const pairs = plural(rounds, 'pair');
  if (verdict === 'regression') return `${head}, a regression (${pairs})`;
  if (verdict === 'improved') return `${head}, improved (${pairs})`;
  if (verdict === 'same') return `${head}, no change that counts (${pairs})`;
  const unseen = seenFrom(detectable) === null ? `${pairs} can show no change: take more --rounds` : `a change below ${detectablePhrase(detectable)} would not be seen`;
  return `${head}, ${suspected ? 'suspicious but not certain' : 'within noise'}: ${unseen} (${pairs})`;
}
