import { describe, expect, it } from 'vitest';
import { TRIAL_SPECS } from '../../../src/capacity/duration.ts';
import { BenchError } from '../../../src/errors.ts';
import { RateHolder } from '../../../src/pipeline/hold-rate.ts';
import type { BoundWorkload } from '../../../src/workloads/registry.ts';
import { boundDouble, chosenDouble, needsDouble, SATURATED, type Round } from '../../support/capacity-doubles.ts';

async function holder(bound: BoundWorkload, signal?: AbortSignal): Promise<RateHolder> {
  const chosen = chosenDouble(bound);
  return new RateHolder(chosen, { name: 'double', bound }, null, await needsDouble(signal), TRIAL_SPECS.quick);
}

const held = async (...rounds: Round[]) => (await holder(boundDouble((_, round) => rounds[round] ?? { p95: 1 }))).hold(50, 'short', 1);

describe('a rate that is held', () => {
  it('in at least three trials, kept or not', async () => {
    expect(await held({ p95: 40 }, { p95: 50 }, { p95: 60 }, { p95: 50 }, { p95: 50 })).toMatchObject({ trials: [{ kept: true }, { kept: true }, { kept: true }, {}, {}], why: null });
    expect(await held({ p95: 400 }, { p95: 500 }, { p95: 600 }, { p95: 400 }, { p95: 400 })).toMatchObject({ trials: Array.from({ length: 5 }, () => ({ kept: false, why: null })) });
  });

  it('says nothing of the service where the generator was saturated, in whichever trial', async () => {
    expect(await held({ p95: 40 }, { p95: 900, findings: [SATURATED] })).toMatchObject({ together: 'generator', trials: [{ kept: true }], why: SATURATED.message });
  });

  it('nor where a limit was missed while the generator itself was late by more than a quarter of it', async () => {
    expect(await held({ p95: 130, lateMs: 30 })).toMatchObject({ together: 'generator', trials: [], why: expect.stringContaining('more than a quarter of the 100 ms allowed for latency.p95') as string });
    expect(await held({ p95: 130, lateMs: 20 }, { p95: 130 }, { p95: 130 })).toMatchObject({ trials: [{ kept: false }, {}, {}, {}, {}] });
    // Late, and kept all the same.
    expect(await held({ p95: 90, lateMs: 60 }, { p95: 90 }, { p95: 90 })).toMatchObject({ trials: [{ kept: true, generatorLateMs: 60 }, { generatorLateMs: 0 }, {}, {}, {}] });
  });

  it('a set-up that failed is a trial that was not kept, and says why', async () => {
    const failed: Round = { p95: null, findings: [{ severity: 'invalid', code: 'set-up-failed', message: 'Set-up step login failed: 401', remedy: '' }] };
    expect(await held(failed, failed, failed)).toMatchObject({ together: 'failed', trials: Array.from({ length: 3 }, () => ({ kept: false, why: 'Set-up step login failed: 401' })) });
  });
});

describe('a time that is over while a rate is made ready', () => {
  const ended = (exitCode: 130 | 5): BoundWorkload => {
    const bound = boundDouble(() => ({ p95: 1 }));
    return { ...bound, atRate: () => ({ ...bound, prepare: () => Promise.reject(new BenchError(exitCode, 'interrupted while the target was tried')) }) };
  };

  it('leaves no level and no verification, and is no failure', async () => {
    const over = await holder(ended(130), AbortSignal.abort());
    expect(await Promise.all([over.hold(50, 'short', 1), over.verify(45)])).toEqual([null, null]);
  });

  it('hides nothing else', async () => {
    await expect((await holder(ended(5), AbortSignal.abort())).hold(50, 'short', 1)).rejects.toMatchObject({ exitCode: 5 });
    await expect((await holder(ended(130))).verify(45)).rejects.toMatchObject({ exitCode: 130 });
  });
});

describe('a rate held for longer at the end', () => {
  const verified = async (round: Round) => (await holder(boundDouble(() => round))).verify(45);

  it('keeps its limits or does not', async () => {
    expect(await verified({ p95: 40 })).toMatchObject({ kept: true, why: null });
    expect(await verified({ p95: 140 })).toMatchObject({ kept: false, why: null, figures: [{ value: 140, kept: false }] });
  });

  it('could not be verified where the generator was at fault: that is no failure of the service', async () => {
    expect(await verified({ p95: 900, findings: [SATURATED] })).toMatchObject({ kept: null, why: SATURATED.message });
    expect(await verified({ p95: 130, lateMs: 30 })).toMatchObject({ kept: null });
  });
});
