import { gate, type GateInput } from '../../../src/compare/gate.ts';
import { DEFAULT_GATE, type GateOptions } from '../../../src/compare/options.ts';
import { pairedGate } from '../../../src/compare/paired.ts';
import { againstFirst } from '../../../src/pipeline/against.ts';
import { freshRoundsOf } from '../../../src/pipeline/rounds.ts';
import { seededRandom, type Random } from '../../../src/random.ts';
import type { ComparisonResult, Metric } from '../../../src/record/schema.ts';
import { burstsOf, Machine, metricsOf, Session, type Noise, type Shift } from './family.ts';

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
  shift?: Shift | null;
}

/**
 * A series of runs, each against the sessions before it as a nightly job has them: what passed joins the window. With one
 * session every run is compared with a new approved one. Yields every run's results.
 */
export function* history(random: Random, { runs, sessions, rounds, noise, shift = null }: Series): Generator<ComparisonResult[]> {
  const machine = new Machine(random, noise);
  const measured = (): Metric[] => metricsOf(machine.session().rounds(rounds));
  let window = Array.from({ length: sessions }, measured);
  for (let run = 0; run < runs; run += 1) {
    yield decide(window, machine.session(shift), rounds);
    // What is judged does not join where it was made slower on purpose; a window of one is drawn anew.
    window = [...window.slice(1), measured()];
  }
}

/**
 * Paired runs: both sides in turns (ABBA) in the same session, whose luck is common to both and so is left out. Bursts run on from one
 * measurement to the next, whichever side that is of.
 */
export function* pairs(random: Random, { runs, rounds, noise, shift = null }: Omit<Series, 'sessions'>): Generator<ComparisonResult[]> {
  for (let run = 0; run < runs; run += 1) yield inTurns(random, { rounds, noise, shift });
}

function inTurns(random: Random, { rounds, noise, shift = null }: Pick<Series, 'rounds' | 'noise' | 'shift'>): ComparisonResult[] {
  const bursts = burstsOf(random);
  const [ours, theirs] = [shift, null].map((by) => new Session(random, { ...noise, session: 0 }, [], by, bursts));
  const measured: { ours: number[][][]; theirs: number[][][] } = { ours: [], theirs: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const side of againstFirst(round) ? (['theirs', 'ours'] as const) : (['ours', 'theirs'] as const)) measured[side].push((side === 'ours' ? ours : theirs)?.rounds(1) ?? []);
  }
  const [now = [], other = []] = [measured.ours, measured.theirs].map((all) => metricsOf((all[0] ?? []).map((_, index) => all.flatMap((values) => values[index] ?? []))));
  return pairedGate(now.flatMap((metric, index) => (other[index] === undefined ? [] : [{ metric, against: other[index], options: DEFAULT_GATE }])));
}

/** What a run says it would have seen of one metric, and whether the same run (the same luck and noise) finds exactly that. */
export interface Declared {
  seen: number;
  found: boolean;
}

/** Runs in which one metric is worse by just what each of them says it would have seen. `sessions` null: paired. */
export function* declaredBy(random: Random, at: number, { runs, sessions, rounds, noise }: Omit<Series, 'shift' | 'sessions'> & { sessions: number | null }): Generator<Declared> {
  const machine = new Machine(random, noise);
  let window = Array.from({ length: sessions ?? 0 }, () => metricsOf(machine.session().rounds(rounds)));
  for (let run = 0; run < runs; run += 1) {
    const luck = machine.luck();
    const judged = (shift: Shift | null): ComparisonResult | undefined => (sessions === null ? inTurns(seededRandom(run), { rounds, noise, shift }) : decide(window, new Session(seededRandom(run), noise, luck, shift), rounds))[at];
    const seen = judged(null)?.smallestDetectable ?? null;
    if (seen !== null) yield { seen, found: judged({ at, by: seen })?.verdict === 'regression' };
    window = [...window.slice(1), ...(sessions === null ? [] : [metricsOf(machine.session().rounds(rounds))])];
  }
}

/** Share of runs that count. */
export function share(results: Iterable<ComparisonResult[]>, counts: (run: ComparisonResult[]) => boolean): number {
  let [all, hits] = [0, 0];
  for (const run of results) {
    all += 1;
    if (counts(run)) hits += 1;
  }
  return hits / all;
}

export const isRegression = ({ verdict }: ComparisonResult): boolean => verdict === 'regression';
