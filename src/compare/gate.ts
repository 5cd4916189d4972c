import { median } from 'simple-statistics';
import { kindOf, metricKind } from '../record/metrics.ts';
import type { ComparisonResult, ComparisonVerdict, Metric } from '../record/schema.ts';
import { comparedSentence, notGatedSentence, type Detectable } from './compared-sentences.ts';
import { testEventRate } from './event-rate.ts';
import { isEventRate } from './failures.ts';
import { ofRounds, roundsOf, sessionValue, type Figure } from './figure.ts';
import { testLogRatio } from './log-ratio.ts';
import { GATE_ALPHA, priorSpread, ruleFor, SCREEN_ALPHA, weightOf, type GateOptions } from './options.ts';
import { figuresOf, seenFrom, undecided } from './results.ts';
import { holm } from './stats/holm.ts';
import { tooFewInTail } from './tail-samples.ts';
import { hasLightTails } from './tails.ts';
import type { Tested } from './tested.ts';

/** What one metric is compared with. */
export type Reference =
  | { kind: 'sessions'; figures: readonly Figure[] }
  | { kind: 'none'; verdict: 'no-baseline' | 'not-comparable'; sentence: string };

export interface GateInput {
  metric: Metric;
  reference: Reference;
  options: GateOptions;
  /** The first of the rounds that were measured afresh because something was flagged in those before it; null where none were. */
  confirmedFrom: number | null;
  /** Spread between sessions to begin with (standard deviation of logarithms), where it was calibrated; otherwise that of the metric's nature. */
  prior?: number | undefined;
}

/** What became of the rounds that were to decide on a flag. */
type Fresh = { asked: false } | { asked: true; rounds: number };

type Step =
  | { state: 'tested'; input: GateInput; tested: Tested; flagged: boolean; fresh: Fresh; sessions: number }
  | { state: 'advisory'; input: GateInput; tested: Pick<Tested, 'baseline' | 'current' | 'change' | 'interval'>; sessions: number; why: string }
  | { state: 'none'; input: GateInput; verdict: 'no-baseline' | 'not-comparable'; sentence: string };

/**
 * All metrics of a run against their stored sessions; one result each, in their order. Pure.
 *
 * Screen (robust prediction limit, one-sided α = 0.10, and the smallest change that counts) → fresh rounds for what was flagged
 * → gate (prediction limit with the pooled spread, on the fresh rounds alone) → Holm → verdict. Fresh rounds rule out a burst;
 * they share the luck of their session with the rounds that flagged them, so the session stays the replicate, and Holm's
 * correction runs over every gated metric of the run: over the flagged ones alone it would not hold the chance of any false
 * regression in a run under 1 %.
 * `regression`: flagged, p <= 0.01 after Holm, and at least the smallest change that counts, relative and absolute.
 * `improved` likewise. `same`: the data exclude a change that counts. Otherwise `inconclusive`, with the smallest change that
 * would have been found.
 */
export function gate(inputs: readonly GateInput[]): ComparisonResult[] {
  const lightTails = hasLightTails(inputs.flatMap(({ metric, reference }) => (reference.kind === 'sessions' ? [{ metric, figures: reference.figures }] : [])));
  const steps = inputs.map((input) => test(input, lightTails));
  const gated = steps.filter((step) => step.state === 'tested');
  const weights = gated.map(({ input }) => weightOf(metricKind(input.metric.id)));
  const weight = weights.reduce((sum, each) => sum + each, 0);
  const worse = holm(gated.map(({ tested }) => tested.worseP), weights);
  const better = holm(gated.map(({ tested }) => tested.betterP), weights);
  return steps.map((step) => {
    if (step.state === 'none') return undecided(step.input.metric, step.verdict, step.sentence);
    if (step.state === 'advisory') return notGated(step);
    const at = gated.indexOf(step);
    return decided(step, { worse: worse[at] ?? 1, better: better[at] ?? 1 }, step.tested.detectable((GATE_ALPHA * (weights[at] ?? 1)) / weight));
  });
}

function test(input: GateInput, lightTails: boolean): Step {
  const { metric, reference, options, confirmedFrom } = input;
  if (reference.kind === 'none') return { state: 'none', input, verdict: reference.verdict, sentence: reference.sentence };
  const kind = kindOf(metric);
  const rule = ruleFor(metric, options);
  const between = { prior: input.prior ?? priorSpread(kind), lightTails };
  const on = (figure: Figure): Tested | null => (isEventRate(metric) ? testEventRate(figure, reference.figures, kind, rule, between) : testLogRatio(figure, reference.figures, kind, rule, between));
  const [screened, fresh] = confirmedFrom === null ? [metric, null] : [ofRounds(metric, 0, confirmedFrom) ?? metric, ofRounds(metric, confirmedFrom, metric.rounds.length)];
  const screen = on(screened);
  const flagged = screen !== null && isFlagged(screen);
  const tested = flagged ? (fresh === null ? screen : on(fresh)) : on(metric);
  const sessions = reference.figures.length;
  // A queue that is empty, or checks none of which failed, is no figure that could not be compared.
  if (tested === null && (kind.observed === true || !rule.gated)) return { state: 'advisory', input, tested: { baseline: median(reference.figures.map(sessionValue)), current: sessionValue(metric), change: null, interval: null }, sessions, why: 'for information' };
  if (tested === null) return { state: 'none', input, verdict: 'not-comparable', sentence: 'a figure of 0 or less has no ratio' };
  const why = rule.gated ? tooFewInTail(metric, kind.quantile) : 'for information';
  return why === null ? { state: 'tested', input, tested, flagged, fresh: confirmedFrom === null ? { asked: false } : { asked: true, rounds: fresh === null ? 0 : roundsOf(fresh).length }, sessions } : { state: 'advisory', input, tested, sessions, why };
}

const isFlagged = ({ effect, screenP }: Tested): boolean => effect === 'worse' && screenP <= SCREEN_ALPHA;

function decided(step: Extract<Step, { state: 'tested' }>, p: { worse: number; better: number }, detectable: Detectable): ComparisonResult {
  const { tested, sessions } = step;
  const suspected = step.flagged && isFlagged(tested);
  const freshRounds = step.flagged && step.fresh.asked ? step.fresh.rounds : null;
  const verdict = verdictOf(tested, suspected && freshRounds !== 0, p);
  return {
    ...figuresOf(step.input.metric, tested),
    verdict,
    pValue: p.worse,
    suspected,
    smallestDetectable: seenFrom(detectable),
    sessions,
    sentence: comparedSentence(step.input.metric, tested, verdict, { suspected, freshRounds, detectable, sessions }),
  };
}

function verdictOf(tested: Tested, convicted: boolean, p: { worse: number; better: number }): ComparisonVerdict {
  if (convicted && p.worse <= GATE_ALPHA) return 'regression';
  if (tested.effect === 'better' && p.better <= GATE_ALPHA) return 'improved';
  return tested.boundedBelowEffect ? 'same' : 'inconclusive';
}

function notGated({ input, tested, sessions, why }: Extract<Step, { state: 'advisory' }>): ComparisonResult {
  return {
    ...figuresOf(input.metric, tested),
    verdict: 'advisory',
    pValue: null,
    suspected: false,
    smallestDetectable: null,
    sessions,
    sentence: notGatedSentence(input.metric, tested, why),
  };
}
