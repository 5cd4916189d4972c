import { gate } from '../../../src/compare/gate.ts';
import { DEFAULT_GATE } from '../../../src/compare/options.ts';
import { seededRandom } from '../../../src/random.ts';
import { table } from '../performance-doc.ts';
import { percent } from './bounds.ts';
import { AT, FIGURE_COUNT, Machine, metricsOf, type Noise } from './family.ts';
import { noiseOf } from './noises.ts';
import { RIVALS } from './rivals.ts';
import { isRegression } from './simulate.ts';

const ROUNDS = 10;

/** The same simulated data through the rules of other tools; shares of failures are left out, which most of them cannot compare. */
export function beside(runs: number): string {
  const some = Math.min(runs, 500);
  const rules = Object.entries(RIVALS);
  const column = (by: number, noise: Noise): string[] => {
    const machine = new Machine(seededRandom(15), noise);
    const measured = (worse: number): ReturnType<typeof metricsOf> => metricsOf(machine.session(worse === 0 ? null : { at: AT.cpu, by: worse }).rounds(ROUNDS)).slice(0, FIGURE_COUNT);
    const hits = new Map<string, number>();
    const hit = (name: string): void => void hits.set(name, (hits.get(name) ?? 0) + 1);
    let window = Array.from({ length: 20 }, () => measured(0));
    const costs = ({ rounds, better }: ReturnType<typeof metricsOf>[number]): number[] => rounds.flatMap((value) => (value === null ? [] : [better === 'higher' ? 1 / value : value]));
    for (let run = 0; run < some; run += 1) {
      const now = measured(by);
      const before = (index: number) => window.flatMap((each) => each[index] ?? []);
      for (const [name, { fails }] of rules) {
        const failing = now.map((metric, index) => fails({ stored: before(index).map(costs), now: costs(metric) }));
        if (by === 0 ? failing.some(Boolean) : failing[AT.cpu] === true) hit(name);
      }
      const ours = gate(now.map((metric, index) => ({ metric, reference: { kind: 'sessions', figures: before(index) }, options: DEFAULT_GATE, confirmedFrom: null })));
      if (by === 0 ? ours.some(isRegression) : ours[AT.cpu]?.verdict === 'regression') hit('readybench');
      window = [...window.slice(1), measured(0)];
    }
    return ['readybench', ...rules.map(([name]) => name)].map((name) => percent((hits.get(name) ?? 0) / some, 1));
  };
  const quiet = noiseOf(0.03, 0.02);
  const noisy = noiseOf(0.05, 0.03, { round: 'heavy', session: 'heavy' });
  const columns = [column(0, quiet), column(0, noisy), column(0.15, quiet), column(0.3, quiet)];
  const rows = ['readybench', ...rules.map(([name]) => name)].map((name, row) => [name, RIVALS[name]?.rule ?? 'screen, gate, Holm over the run (history; without fresh rounds here)', ...columns.map((each) => each[row] ?? '')]);
  return `The same runs, ${ROUNDS} rounds, 20 stored sessions, through the rules that other tools document. The first two columns are runs in which
nothing changed (quiet: 3 % noise, 2 % between sessions; noisy: 5 % and 3 %, heavy tails): share of runs that fail. The last two: how often a change of one CPU
metric is named.

${table(['rule', 'fails when', 'false, quiet', 'false, noisy', '+15 % found', '+30 % found'], rows)}`;
}
