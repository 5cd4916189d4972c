import { describe, expect, test } from 'vitest';
import { POWER } from '../../../src/compare/options.ts';
import { seededRandom } from '../../../src/random.ts';
import { AT } from '../../perf/gate/family.ts';
import { noiseOf } from '../../perf/gate/noises.ts';
import { declaredBy } from '../../perf/gate/simulate.ts';

/** Simulated, but long: not for the tests that are run at every change. */
const RUNS = 120;
/** Three standard errors of a share of so many runs. */
const LEAST = POWER - 3 * Math.sqrt((POWER * (1 - POWER)) / RUNS);

/** Seeded runs that are made worse by exactly what each says it would have seen: `perf:gate` has more of them. */
function found(at: number, series: Parameters<typeof declaredBy>[2]): number {
  const all = [...declaredBy(seededRandom(4), at, series)];
  expect(all).toHaveLength(RUNS);
  return all.filter((each) => each.found).length / RUNS;
}

describe('the smallest change that a run says it would have seen is found as often as it says', () => {
  test.each([
    { name: 'where the smallest change that counts is the hurdle', at: AT.time, round: 0.01 },
    { name: 'where noise is', at: AT.time, round: 0.05 },
    { name: 'of a share of failures', at: AT.share, round: 0.03 },
  ])('in pairs, $name', ({ at, round }) => {
    expect(found(at, { runs: RUNS, sessions: null, rounds: 30, noise: noiseOf(round, 0) })).toBeGreaterThanOrEqual(LEAST);
  });

  test.each([
    { name: 'one session', at: AT.cpu, sessions: 1 },
    { name: 'twenty sessions', at: AT.cpu, sessions: 20 },
    { name: 'one session, of a share of failures', at: AT.share, sessions: 1 },
  ])('against $name', ({ at, sessions }) => {
    expect(found(at, { runs: RUNS, sessions, rounds: 3, noise: noiseOf(0.03, 0.02, { bursts: false }) })).toBeGreaterThanOrEqual(LEAST);
  });
});
