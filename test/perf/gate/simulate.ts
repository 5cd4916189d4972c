import { gate, type GateInput } from '../../../src/compare/gate.ts';
import { DEFAULT_GATE, type GateOptions } from '../../../src/compare/options.ts';
import { pairedGate } from '../../../src/compare/paired.ts';
import { freshRoundsOf } from '../../../src/pipeline/rounds.ts';
import type { Random } from '../../../src/random.ts';
import type { ComparisonResult, Metric } from '../../../src/record/schema.ts';
import { metricsOf, Session, type Noise, type Shift } from './family.ts';

/** One run through the whole decision, as the pipeline makes it: planned rounds, screen, fresh rounds where something was flagged, gate. */
export function decide(stored: readonly (readonly Metric[])[], session: Session, rounds: number, options: GateOptions = DEFAULT_GATE): ComparisonResult[] {
  const planned = session.rounds(rounds);
  const screened = gate(inputs(metricsOf(planned), stored, null, options));
  if (!screened.some(({ suspected }) => suspected)) return screened;
  const fresh = session.rounds(freshRoundsOf(rounds));
  const all = planned.map((values, index) => (screened[index]?.suspected === true ? [...values, ...(fresh[index] ?? [])] : values));
  return gate(metricsOf(all).map((metric, index) => inputs([metric], stored.map((each) => each.slice(index, index + 1)), screened[index]?.suspected === true ? rounds : null, options)[0]).filter((input) => input !== undefined));
}

function inputs(metrics: readonly Metric[], stored: readonly (readonly Metric[])[], confirmedFrom: number | null, options: GateOptions): GateInput[] {
  return metrics.map((metric, index) => ({ metric, reference: { kind: 'sessions', figures: stored.flatMap((each) => each[index] ?? []) }, options, confirmedFrom }));
}

export interface Series {
  runs: number;
  /** Stored sessions each run is compared with. */
  sessions: number;
  rounds: number;
  noise: Noise;
  /** What the runs have that the stored sessions had not. */
  shift?: Shift;
}

/**
 * A series of runs, each against the sessions before it as a nightly job has them: what passed joins the window. With one
 * session every run is compared with a new approved one. Yields every run's results.
 */
export function* history(random: Random, { runs, sessions, rounds, noise, shift }: Series): Generator<ComparisonResult[]> {
  const measured = (): Metric[] => metricsOf(new Session(random, noise).rounds(rounds));
  let window = Array.from({ length: sessions }, measured);
  for (let run = 0; run < runs; run += 1) {
    yield decide(window, new Session(random, noise, shift), rounds);
    // What is judged does not join where it was made slower on purpose; a window of one is drawn anew.
    window = [...window.slice(1), measured()];
  }
}

/** Paired runs: both sides in the same rounds of the same session. */
export function* pairs(random: Random, { runs, rounds, noise, shift }: Omit<Series, 'sessions'>, options: GateOptions): Generator<ComparisonResult[]> {
  for (let run = 0; run < runs; run += 1) {
    // Luck of the session is common to both sides: it cancels, and is left out.
    const [now, other] = [new Session(random, { ...noise, session: 0 }, shift), new Session(random, { ...noise, session: 0 })].map((session) => metricsOf(session.rounds(rounds)));
    yield pairedGate((now ?? []).flatMap((metric, index) => (other?.[index] === undefined ? [] : [{ metric, against: other[index], options }])));
  }
}
