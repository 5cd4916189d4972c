import { calibrationOf } from '../../../src/compare/calibrate.ts';
import { DEFAULT_GATE, POWER } from '../../../src/compare/options.ts';
import { normalQuantile } from '../../../src/compare/stats/normal.ts';
import { variance } from '../../../src/compare/stats/spread.ts';
import { PAIRED_ROUNDS } from '../../../src/pipeline/against.ts';
import { seededRandom } from '../../../src/random.ts';
import { metricKey } from '../../../src/record/metrics.ts';
import type { ComparisonResult } from '../../../src/record/schema.ts';
import { encodeWorkload, scenario } from '../../unit/record/fixture.ts';
import { table } from '../performance-doc.ts';
import { percent, type Bounds } from './bounds.ts';
import { AT, FAMILY_SIZE, metricsOf, Session, type Shift } from './family.ts';
import { noiseOf } from './noises.ts';
import { declaredBy, history, pairs, share } from './simulate.ts';

const WANTED = 0.95;

/** How often the metric that was made worse is named. */
const found = (results: Iterable<ComparisonResult[]>, at: number): number => share(results, (run) => run[at]?.verdict === 'regression');
const inPairs = (runs: number, shift: Shift, noise: number, rounds = PAIRED_ROUNDS): number => found(pairs(seededRandom(13), { runs, rounds, noise: noiseOf(noise, 0), shift }), shift.at);
const inHistory = (runs: number, shift: Shift, noise: readonly [number, number], sessions: number, rounds: number, bursts = true): number => found(history(seededRandom(14), { runs, sessions, rounds, noise: noiseOf(noise[0], noise[1], { bursts }), shift }), shift.at);

/** One metric is made worse; how often is it named. */
export function power(runs: number, bounds: Bounds): string {
  const { time, cpu, share: failures } = AT;
  const some = Math.min(runs, 300);
  const paired = `paired, ${PAIRED_ROUNDS} pairs`;
  const bound = (rate: number): string[] => [percent(rate, 1), percent(WANTED, 0), bounds.check(rate >= WANTED)];
  const shown = (rate: number): string[] => [percent(rate, 1), '–', '–'];
  const rows = [
    ['10 % on a time, 5 % round noise', paired, ...bound(inPairs(runs, { at: time, by: 0.1 }, 0.05))],
    ['5 % on a time, 3 % round noise', paired, ...bound(inPairs(runs, { at: time, by: 0.05 }, 0.03))],
    ['5 % on CPU seconds, 1.8 % round noise', paired, ...bound(inPairs(runs, { at: cpu, by: 0.05 }, 0.03))],
    ['errors from 0.2 to 2.2 %, with bursts', paired, ...shown(inPairs(some, { at: failures, by: 0.02 }, 0.03))],
    ['50 % on CPU seconds, 3 % round noise, 1.8 % between sessions', '1 approved session, 3 rounds', ...shown(inHistory(some, { at: cpu, by: 0.5 }, [0.05, 0.03], 1, 3))],
    ['25 % on CPU seconds, the same', '20 sessions, 3 rounds', ...shown(inHistory(some, { at: cpu, by: 0.25 }, [0.05, 0.03], 20, 3))],
    ['15 % on CPU seconds, 1.8 % round noise, 1.2 % between sessions', '20 sessions, 10 rounds', ...shown(inHistory(some, { at: cpu, by: 0.15 }, [0.03, 0.02], 20, 10))],
    ['25 % on a time, 3 % round noise, 2 % between sessions', '20 sessions, 10 rounds', ...shown(inHistory(some, { at: time, by: 0.25 }, [0.03, 0.02], 20, 10))],
    ['10 % on a time, the same', '20 sessions, 10 rounds', ...shown(inHistory(some, { at: time, by: 0.1 }, [0.03, 0.02], 20, 10))],
    ['errors from 0 to 5 %', '1 approved session, 3 rounds', ...shown(inHistory(some, { at: failures - 1, by: 0.05 }, [0.03, 0.02], 1, 3, false))],
    ['errors from 0 to 5 %, with bursts', '1 approved session, 3 rounds', ...shown(inHistory(some, { at: failures - 1, by: 0.05 }, [0.03, 0.02], 1, 3))],
  ];
  return `One metric of ${FAMILY_SIZE} is made worse; share of runs (${runs.toLocaleString('en-US')} where there is a bound, ${some} elsewhere) in which that metric is called a regression.

${table(['change', 'compared by', 'found', 'bound', ''], rows)}`;
}

/** What runs say they would have seen: each is made worse by exactly that much, and as many as they say must find it. */
export function declared(runs: number, bounds: Bounds): string {
  const some = Math.min(runs, 500);
  const least = POWER - 3 * Math.sqrt((POWER * (1 - POWER)) / some);
  const judged = (name: string, at: number, noise: readonly [number, number], sessions: number | null, { bursts = true, bound = true } = {}): string[] => {
    const all = [...declaredBy(seededRandom(18), at, { runs: some, sessions, rounds: sessions === null ? PAIRED_ROUNDS : 3, noise: noiseOf(noise[0], noise[1], { bursts }) })];
    const seen = all.map((each) => each.seen).sort((a, b) => a - b);
    const rate = all.filter((each) => each.found).length / all.length;
    return [name, sessions === null ? `paired, ${PAIRED_ROUNDS} pairs` : `${sessions === 1 ? '1 session' : `${sessions} sessions`}, 3 rounds`, percent(seen[Math.floor(seen.length / 2)] ?? Number.NaN, 1), percent(rate, 1), bound ? bounds.check(rate >= least) : '–'];
  };
  const rows = [
    judged('a time, 1 % round noise', AT.time, [0.01, 0], null),
    judged('a time, 5 % round noise', AT.time, [0.05, 0], null),
    judged('errors, 0.2 % and bursts', AT.share, [0.03, 0], null),
    judged('CPU seconds, 1.8 % round noise, 1.2 % between sessions', AT.cpu, [0.03, 0.02], 1),
    judged('CPU seconds, the same', AT.cpu, [0.03, 0.02], 5),
    judged('CPU seconds, the same', AT.cpu, [0.03, 0.02], 20),
    judged('errors, 0.2 %', AT.share, [0.03, 0.02], 1, { bursts: false }),
    judged('errors, 0.2 % and bursts', AT.share, [0.03, 0.02], 1, { bound: false }),
    judged('errors, 0.2 % and bursts', AT.share, [0.03, 0.02], 20),
  ];
  return `Every run names the smallest change of a metric that it would have seen in ${percent(POWER, 0)} of cases. Here ${some} runs are made worse by exactly what each of them names
(the middle one is shown; points for errors), with the same luck and noise, and at least ${percent(POWER, 0)} must find it, less three standard errors (${percent(least, 1)}). Without much history the
spread between sessions is taken to be wide, so that more is found than is promised; three rounds without a burst of failures cannot know that there will be one,
so that there is no bound on that row.

${table(['metric', 'compared by', 'smallest seen', 'found', ''], rows)}`;
}

/** The rounds that `bench calibrate` asks for, and how often so many do find the change. */
export function calibrated(runs: number, bounds: Bounds): string {
  const some = Math.min(runs, 1_000);
  const rows = ([[0.01, 0.05], [0.02, 0.05], [0.03, 0.05], [0.03, 0.1], [0.05, 0.1], [0.1, 0.1]] as const).map(([noise, change]) => {
    const even = metricsOf(new Session(seededRandom(1), noiseOf(0, 0), []).rounds(60));
    const seen = even.map((metric) => ({ ...metric, rounds: scores(60).map((score) => metric.value * Math.exp(noise * score)) }));
    const found = calibrationOf(scenario([encodeWorkload({ metrics: seen })]), { planned: 3, pairs: PAIRED_ROUNDS, disturbed: false }, DEFAULT_GATE)[`encode-30s/${metricKey(seen[AT.time] ?? even[0] ?? { id: '', labels: {} })}`];
    const needed = (change === 0.05 ? found?.roundsFor5 : found?.roundsFor10) ?? null;
    if (needed === null) throw new Error(`nothing is asked for at ${noise} noise`);
    const achieved = inPairs(some, { at: AT.time, by: change }, noise, needed);
    return [percent(noise, 0), percent(change, 0), String(needed), percent(achieved, 1), bounds.check(achieved >= WANTED - 3 * Math.sqrt((WANTED * (1 - WANTED)) / some))];
  });
  return `The pairs that \`bench calibrate\` asks for, so that 95 of 100 runs find a change in one metric of ${FAMILY_SIZE}, and the share of ${some.toLocaleString('en-US')} simulated paired runs of
so many rounds that did (bound: 95 %, less three standard errors).

${table(['round noise', 'change', 'pairs asked for', 'found', ''], rows)}`;
}

/** Values as evenly spread as a normal sample of standard deviation 1 can be: what is tested is the formula, not the luck of an estimate. */
function scores(count: number): number[] {
  const raw = Array.from({ length: count }, (_, index) => normalQuantile((index + 0.625) / (count + 0.25)));
  const spread = Math.sqrt(variance(raw));
  return raw.map((value) => value / spread);
}
