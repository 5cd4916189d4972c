import { describe, expect, it } from 'vitest';
import { measureScaling, scalingEstimateMs, type ScalingMeasured, type ScalingOptions } from '../../../src/pipeline/scaling-rounds.ts';
import { metric } from '../../../src/record/metrics.ts';
import type { BoundWorkload } from '../../../src/workloads/registry.ts';
import { boundDouble, chosenDouble, needsDouble, QUIET } from '../../support/capacity-doubles.ts';

const NONE: ScalingMeasured = { seen: [], notMeasured: [] };
const LEVELS = [1, 2, 4, 8, 16, 32];

/** Requests at a concurrency; `busy` says in which rounds the generator was the limit. Writes down what was run. */
function scaling(busy: (concurrency: number, round: number) => boolean, run: string[], concurrency = 1): BoundWorkload {
  return {
    ...boundDouble(() => ({ p95: 1 })),
    estimateRoundMs: 1_000,
    atConcurrency: (level) => scaling(busy, run, level.concurrency),
    prepare: () => {
      const rounds: number[] = [];
      return Promise.resolve({
        runRound: (round: number) => {
          run.push(`${concurrency}/${round}`);
          rounds.push(round);
          return Promise.resolve();
        },
        measurement: () => ({
          validity: { status: 'valid', findings: rounds.filter((round) => busy(concurrency, round)).map((round) => ({ severity: 'warning', code: 'generator-is-the-limit', message: 'busy', remedy: '', round })) },
          // A round that is looked up by its number, whenever it began.
          metrics: [metric('throughput', {}, 10, Array.from({ length: Math.max(...rounds) + 1 }, (_, round) => (rounds.includes(round) ? 10 * concurrency : null)), 10)],
          histograms: [], notMeasured: [],
          series: { kind: 'http', spectrum: [], rounds: rounds.map((round) => ({ round, windows: [QUIET] })) },
          detail: { kind: 'http', model: 'closed', engine: 'readybench-closed', requests: [], iterations: [] },
        }),
        close: () => Promise.resolve(),
      });
    },
  };
}

async function measured(busy: (concurrency: number, round: number) => boolean, before = NONE): Promise<{ run: string[]; last: ScalingMeasured; estimateMs: number }> {
  const run: string[] = [];
  const bound = scaling(busy, run);
  const workload = { name: 'double', bound };
  const options: ScalingOptions = { levels: LEVELS, rounds: 3, size: { warmupMs: 0, durationMs: 1_000, pieces: 1 }, before };
  let last = before;
  await measureScaling(chosenDouble(bound), workload, null, options, await needsDouble(), (now) => {
    last = now;
    return Promise.resolve();
  });
  return { run, last, estimateMs: scalingEstimateMs(workload, options) };
}

/** Without how busy this machine really was in the moment that a double takes. */
const figuresIn = ({ seen, ...rest }: ScalingMeasured): unknown => ({ ...rest, seen: seen.map((each) => ({ ...each, seen: { ...each.seen, machineBusy: null } })) });

describe('rounds of a scaling', () => {
  it('measure every level once a round, in rotated order', async () => {
    const { run, last, estimateMs } = await measured(() => false);
    expect(run).toEqual(['1/0', '2/0', '4/0', '8/0', '16/0', '32/0', '2/1', '4/1', '8/1', '16/1', '32/1', '1/1', '4/2', '8/2', '16/2', '32/2', '1/2', '2/2']);
    expect(last.seen.every(({ seen }) => seen.throughputPerSecond === 10 * seen.concurrency)).toBe(true);
    expect(estimateMs).toBe(18_000);
  });

  it('are made again where one does not count, and not for ever', async () => {
    expect((await measured((concurrency, round) => concurrency === 8 && round === 1)).run.slice(18)).toEqual(['8/3']);
    expect((await measured((concurrency) => concurrency === 32)).run.slice(18)).toEqual(['32/3', '32/4']);
  });

  it('go on where they were interrupted', async () => {
    const whole = await measured(() => false);
    const { run, last, estimateMs } = await measured(() => false, { ...whole.last, seen: whole.last.seen.slice(0, 8) });
    expect(run).toEqual(whole.run.slice(8));
    expect(figuresIn(last)).toEqual(figuresIn(whole.last));
    expect(estimateMs).toBe(10_000);
    expect((await measured(() => false, whole.last)).run).toEqual([]);
  });
});
