/**
 * What the regression gate promises, measured: false alarms and power by simulation, the same data through other tools' rules,
 * and the time a large comparison takes. Prints and writes docs/gate.md.
 *
 *   npm run perf:gate                 (RUNS=2000)
 */
import { calibrationOf } from '../../src/compare/calibrate.ts';
import { DEFAULT_GATE } from '../../src/compare/options.ts';
import { seededRandom } from '../../src/random.ts';
import type { ComparisonResult, Metric } from '../../src/record/schema.ts';
import { gate } from '../../src/compare/gate.ts';
import { normalQuantile } from '../../src/compare/stats/normal.ts';
import { variance } from '../../src/compare/stats/spread.ts';
import { metricKey } from '../../src/record/metrics.ts';
import { encodeWorkload, rounds as metricOf, scenario } from '../unit/record/fixture.ts';
import { FAMILY_SIZE, heavy, metricsOf, normal, Session, type Noise } from './gate/family.ts';
import { RIVALS } from './gate/rivals.ts';
import { history, pairs } from './gate/simulate.ts';
import { table, writeSection } from './performance-doc.ts';
import { PAIRED_ROUNDS } from '../../src/pipeline/against.ts';

const RUNS = Number(process.env['RUNS'] ?? 2_000);
const DOC = 'gate';
const startedAt = performance.now();

const percent = (share: number, digits = 2): string => `${(100 * share).toFixed(digits)} %`;
const isRegression = ({ verdict }: ComparisonResult): boolean => verdict === 'regression';
const TAILS = { normal, heavy } as const;
type Tail = keyof typeof TAILS;
const noiseOf = (round: number, session: number, roundTail: Tail, sessionTail: Tail): Noise => ({ round, session, roundDraw: TAILS[roundTail], sessionDraw: TAILS[sessionTail] });

function share(results: Iterable<ComparisonResult[]>, counts: (run: ComparisonResult[]) => boolean): number {
  let [all, hits] = [0, 0];
  for (const run of results) {
    all += 1;
    if (counts(run)) hits += 1;
  }
  return hits / all;
}

/** Nothing changed; how often does a run fail. */
function falseAlarms(): { rows: string[][]; worst: number } {
  let worst = 0;
  const rows = ([['normal', 'normal'], ['heavy', 'normal'], ['heavy', 'heavy']] as const).flatMap(([roundTail, sessionTail]) =>
    ([[0.01, 0.005], [0.03, 0.02], [0.05, 0.03], [0.1, 0.05]] as const).map(([round, session]) => {
      const noise = noiseOf(round, session, roundTail, sessionTail);
      const rates = [1, 5, 20].map((sessions) => share(history(seededRandom(11), { runs: RUNS, sessions, rounds: 3, noise }), (run) => run.some(isRegression)));
      worst = Math.max(worst, ...rates);
      return [percent(round, 0), roundTail, percent(session, 1), sessionTail, ...rates.map((rate) => percent(rate))];
    }),
  );
  // One share over all four noises: in each the same exact test is at work, and a share of few runs would be mostly chance.
  const quarter = Math.ceil(RUNS / 4);
  const shares = ([0.01, 0.03, 0.05, 0.1] as const).map((round) => share(pairs(seededRandom(12), { runs: quarter, rounds: PAIRED_ROUNDS, noise: noiseOf(round, 0, 'heavy', 'normal') }, DEFAULT_GATE), (run) => run.some(isRegression)));
  const paired = shares.reduce((sum, each) => sum + each, 0) / shares.length;
  rows.push(['1-10 %', 'heavy', 'paired', '', percent(paired), `(${PAIRED_ROUNDS} pairs)`, '']);
  return { rows, worst: Math.max(worst, paired) };
}

/** One metric of the twenty is made worse; how often is it named. */
function power(): string[][] {
  const runs = Math.min(RUNS, 300);
  const worse = (by: number, at: number) => (index: number): number => (index === at ? 1 + by : 1);
  const cpu = 10;
  const time = 0;
  const found = (results: Iterable<ComparisonResult[]>, at: number): string => percent(share(results, (run) => run[at]?.verdict === 'regression'), 1);
  const inPairs = (by: number, noise: number, rounds: number, at: number): string => found(pairs(seededRandom(13), { runs, rounds, noise: noiseOf(noise, 0, 'normal', 'normal'), shift: worse(by, at) }, DEFAULT_GATE), at);
  const inHistory = (by: number, noise: readonly [number, number], sessions: number, rounds: number, at: number): string => found(history(seededRandom(14), { runs, sessions, rounds, noise: noiseOf(...noise, 'normal', 'normal'), shift: worse(by, at) }), at);
  return [
    ['10 % on a time, 5 % round noise', `paired, ${PAIRED_ROUNDS} pairs`, inPairs(0.1, 0.05, PAIRED_ROUNDS, time)],
    ['5 % on a time, 3 % round noise', `paired, ${PAIRED_ROUNDS} pairs`, inPairs(0.05, 0.03, PAIRED_ROUNDS, time)],
    ['5 % on CPU seconds, 1.8 % round noise', `paired, ${PAIRED_ROUNDS} pairs`, inPairs(0.05, 0.03, PAIRED_ROUNDS, cpu)],
    ['50 % on CPU seconds, 3 % round noise, 1.8 % between sessions', '1 approved session, 3 rounds', inHistory(0.5, [0.05, 0.03], 1, 3, cpu)],
    ['25 % on CPU seconds, the same', '20 sessions, 3 rounds', inHistory(0.25, [0.05, 0.03], 20, 3, cpu)],
    ['15 % on CPU seconds, 1.8 % round noise, 1.2 % between sessions', '20 sessions, 10 rounds', inHistory(0.15, [0.03, 0.02], 20, 10, cpu)],
    ['25 % on a time, 3 % round noise, 2 % between sessions', '20 sessions, 10 rounds', inHistory(0.25, [0.03, 0.02], 20, 10, time)],
    ['10 % on a time, the same', '20 sessions, 10 rounds', inHistory(0.1, [0.03, 0.02], 20, 10, time)],
  ];
}

/** The rounds that `bench calibrate` asks for, and how often so many do find the change. */
function calibrated(): string[][] {
  const runs = Math.min(RUNS, 1_000);
  return ([[0.01, 0.05], [0.02, 0.05], [0.03, 0.05], [0.03, 0.1], [0.05, 0.1], [0.1, 0.1]] as const).map(([noise, change]) => {
    const seen = metricsOf(Array.from({ length: FAMILY_SIZE }, () => scores(60).map((score) => 1_000 * Math.exp(noise * score))));
    const found = calibrationOf(scenario([encodeWorkload({ metrics: seen })]), 3, DEFAULT_GATE)[`encode-30s/${metricKey(seen[0] ?? metricOf('throughput', [1]))}`];
    const needed = (change === 0.05 ? found?.roundsFor5 : found?.roundsFor10) ?? null;
    if (needed === null) throw new Error(`nothing is asked for at ${noise} noise`);
    const shift = (index: number): number => (index === 0 ? 1 + change : 1);
    const achieved = share(pairs(seededRandom(17), { runs, rounds: needed, noise: noiseOf(noise, 0, 'normal', 'normal'), shift }, DEFAULT_GATE), (run) => run[0]?.verdict === 'regression');
    return [percent(noise, 0), percent(change, 0), String(needed), percent(achieved, 1)];
  });
}

/** Values as evenly spread as a normal sample of standard deviation 1 can be: what is tested is the formula, not the luck of an estimate. */
function scores(count: number): number[] {
  const raw = Array.from({ length: count }, (_, index) => normalQuantile((index + 0.625) / (count + 0.25)));
  const spread = Math.sqrt(variance(raw));
  return raw.map((value) => value / spread);
}

/** The same simulated data through the rules of other tools. */
function rivals(): string[][] {
  const runs = Math.min(RUNS, 500);
  const rules = Object.entries(RIVALS);
  const column = (by: number, noise: Noise): string[] => {
    const random = seededRandom(15);
    const hits = new Map<string, number>();
    const hit = (name: string): void => void hits.set(name, (hits.get(name) ?? 0) + 1);
    const rounds = 10;
    let window = Array.from({ length: 20 }, () => new Session(random, noise).rounds(rounds));
    const asCosts = (values: number[], index: number): number[] => (METRIC_IDS[index] === 'throughput' ? values.map((value) => 1 / value) : values);
    for (let run = 0; run < runs; run += 1) {
      const now = new Session(random, noise, (index) => (index === 10 ? 1 + by : 1)).rounds(rounds);
      for (const [name, { fails }] of rules) {
        const failing = now.map((values, index) => fails({ stored: window.map((each) => asCosts(each[index] ?? [], index)), now: asCosts(values, index) }));
        if (by === 0 ? failing.some(Boolean) : failing[10] === true) hit(name);
      }
      const stored = window.map((each) => metricsOf(each));
      const ours = gate(metricsOf(now).map((metric, index) => ({ metric, reference: { kind: 'sessions', figures: stored.flatMap((each) => each[index] ?? []) }, options: DEFAULT_GATE, confirmedFrom: null })));
      if (by === 0 ? ours.some(isRegression) : ours[10]?.verdict === 'regression') hit('readybench');
      window = [...window.slice(1), new Session(random, noise).rounds(rounds)];
    }
    return ['readybench', ...rules.map(([name]) => name)].map((name) => percent((hits.get(name) ?? 0) / runs, 1));
  };
  const quiet = noiseOf(0.03, 0.02, 'normal', 'normal');
  const noisy = noiseOf(0.05, 0.03, 'heavy', 'heavy');
  const columns = [column(0, quiet), column(0, noisy), column(0.15, quiet), column(0.3, quiet)];
  return ['readybench', ...rules.map(([name]) => name)].map((name, row) => [name, RIVALS[name]?.rule ?? 'screen, gate, Holm over the run (history; without fresh rounds here)', ...columns.map((each) => each[row] ?? '')]);
}

const METRIC_IDS = metricsOf(new Session(seededRandom(1), noiseOf(0, 0, 'normal', 'normal')).rounds(1)).map(({ id }) => id);

/** 200 metrics of 20 rounds against 20 stored sessions. */
function speed(): number {
  const random = seededRandom(16);
  const one = (): Metric => metricOf('encode.cpu', Array.from({ length: 20 }, () => 10_000 * Math.exp(0.03 * normal(random))));
  const inputs = Array.from({ length: 200 }, () => ({ metric: one(), reference: { kind: 'sessions' as const, figures: Array.from({ length: 20 }, one) }, options: DEFAULT_GATE, confirmedFrom: null }));
  const from = performance.now();
  gate(inputs);
  return performance.now() - from;
}

const comparisonMs = speed();
const alarms = falseAlarms();
const found = power();
const promised = calibrated();
const beside = rivals();
const bound = (met: boolean): string => (met ? 'held' : '**missed**');
const body = `
### False alarms

Runs in which nothing changed, ${FAMILY_SIZE} gated metrics each, ${RUNS.toLocaleString('en-US')} runs for every figure, through the whole decision (3 rounds, fresh rounds where
something was flagged). Noise is a standard deviation of logarithms; CPU seconds have 0.6 of it. Heavy tails are Student's t with 3
degrees of freedom. The window rolls, as a nightly job's does. Share of runs with any regression; the bound is 1 %: ${bound(alarms.worst <= 0.01)}, the worst is ${percent(alarms.worst)}.

${table(['round noise', 'tails', 'between sessions', 'tails', '1 session', '5 sessions', '20 sessions'], alarms.rows)}

### What is found

One metric of ${FAMILY_SIZE} is made worse; share of ${Math.min(RUNS, 300)} runs in which that metric is called a regression.

${table(['change', 'compared by', 'found'], found)}

### What calibration promises

The pairs that \`bench calibrate\` asks for, so that 95 of 100 runs find a change in one metric of ${FAMILY_SIZE}, and the share of ${Math.min(RUNS, 1_000).toLocaleString('en-US')} simulated paired runs of
so many rounds that did.

${table(['round noise', 'change', 'pairs asked for', 'found'], promised)}

### Beside other rules

The same runs, 10 rounds, 20 stored sessions, through the rules that other tools document. The first two columns are runs in which
nothing changed (quiet: 3 % noise, 2 % between sessions; noisy: 5 % and 3 %, heavy tails): share of runs that fail. The last two: how often a change of one CPU
metric is named.

${table(['rule', 'fails when', 'false, quiet', 'false, noisy', '+15 % found', '+30 % found'], beside)}

### Time

Comparing 200 metrics × 20 rounds with 20 stored sessions takes ${comparisonMs.toFixed(0)} ms (bound: 1 s, ${bound(comparisonMs < 1_000)}). This page took ${((performance.now() - startedAt) / 1_000).toFixed(0)} s.
`;
writeSection('simulation', 'Measured', body, { page: DOC });
process.stdout.write(`${body}\n`);
