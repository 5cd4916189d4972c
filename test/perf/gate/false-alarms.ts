import { PAIRED_ROUNDS } from '../../../src/pipeline/against.ts';
import { seededRandom } from '../../../src/random.ts';
import { table } from '../performance-doc.ts';
import { percent, type Bounds } from './bounds.ts';
import { FAMILY_SIZE, FIGURE_COUNT, type Drift } from './family.ts';
import { noiseOf, type Tail } from './noises.ts';
import { history, isRegression, pairs, share } from './simulate.ts';

const BOUND = 0.01;
const LEVELS = [[0.01, 0.005], [0.03, 0.02], [0.05, 0.03], [0.1, 0.05]] as const;
const TAILS: readonly (readonly [Tail, Tail])[] = [['normal', 'normal'], ['heavy', 'normal'], ['heavy', 'heavy']];
/** Sessions whose luck is not dealt anew to every metric each time. */
const DRIFTS: readonly { drift: Drift; common: boolean; tail: Tail }[] = [
  { drift: 'follows', common: false, tail: 'normal' },
  { drift: 'follows', common: false, tail: 'heavy' },
  { drift: 'wave', common: false, tail: 'normal' },
  { drift: 'wave', common: false, tail: 'heavy' },
  { drift: 'none', common: true, tail: 'normal' },
  { drift: 'none', common: true, tail: 'heavy' },
  { drift: 'follows', common: true, tail: 'heavy' },
  { drift: 'wave', common: true, tail: 'heavy' },
];
const WORDS: Readonly<Record<Drift, string>> = { none: 'dealt anew', follows: 'follows the last', wave: 'a slow wave' };

/** Nothing changed; how often does a run fail. */
export function falseAlarms(runs: number, bounds: Bounds): string {
  let worst = 0;
  const cells = (rates: number[]): string[] => {
    worst = Math.max(worst, ...rates);
    return rates.map((rate) => percent(rate));
  };
  const stored = (noise: ReturnType<typeof noiseOf>): string[] => cells([1, 5, 20].map((sessions) => share(history(seededRandom(11), { runs, sessions, rounds: 3, noise }), (run) => run.some(isRegression))));
  const dealt = TAILS.flatMap(([round, session]) => LEVELS.map((level) => [percent(level[0], 0), round, percent(level[1], 1), session, ...stored(noiseOf(level[0], level[1], { round, session }))]));
  const drifting = DRIFTS.map(({ drift, common, tail }) => ['5 %', tail, '3.0 %', tail, WORDS[drift], common ? 'one for all' : 'its own', ...stored(noiseOf(0.05, 0.03, { round: tail, session: tail, drift, common }))]);
  const paired = (['normal', 'heavy'] as const).map((tail) => [tail, ...LEVELS.map(([round]) => cells([share(pairs(seededRandom(12), { runs, rounds: PAIRED_ROUNDS, noise: noiseOf(round, 0, { round: tail }) }), (run) => run.some(isRegression))])[0] ?? '')]);
  return `Runs in which nothing changed, ${FIGURE_COUNT} gated metrics and ${FAMILY_SIZE - FIGURE_COUNT} shares of failures each, ${runs.toLocaleString('en-US')} runs for every figure, through the whole decision (3
rounds, fresh rounds where something was flagged). Noise is a standard deviation of logarithms; CPU seconds have 0.6 of it. Heavy tails are
Student's t with 3 degrees of freedom. Failures come in bursts: one begins in every twentieth round, adds 5 points on average and lasts into the next
round half the time; the rates (0, 0.2 and 1 %) vary by 30 % between sessions. The window rolls, as a nightly job's does. Share of runs with any
regression; the bound is ${percent(BOUND, 0)}: ${bounds.check(worst <= BOUND)}, the worst is ${percent(worst)}.

${table(['round noise', 'tails', 'between sessions', 'tails', '1 session', '5 sessions', '20 sessions'], dealt)}

Drift: the luck of a session follows that of the one before (correlation 0.9), or half of its variance is a wave of 60 sessions; every metric has
luck of its own, or one slow day is that of all of them.

${table(['round noise', 'tails', 'between sessions', 'tails', 'luck of a session', 'of a metric', '1 session', '5 sessions', '20 sessions'], drifting)}

Paired runs, ${PAIRED_ROUNDS} pairs, by round noise; bursts run on from one measurement to the next, whichever side that is of.

${table(['tails', ...LEVELS.map(([round]) => percent(round, 0))], paired)}`;
}
