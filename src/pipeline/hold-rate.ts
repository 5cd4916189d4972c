import { trialDuration, type TrialSpec } from '../capacity/duration.ts';
import { capacityLimits, completedOf, figuresOf, inFlightOf, together } from '../capacity/figures.ts';
import { generatorFault, latenessOf } from '../capacity/generator.ts';
import { TRIALS, type TrialLength } from '../capacity/search.ts';
import { BenchError, EXIT } from '../errors.ts';
import { watchCpu } from '../host/cpu-share.ts';
import { judgeSla } from '../judge/sla.ts';
import type { CapacityLevel, CapacityTrial, CapacityVerification } from '../record/capacity.ts';
import type { SlaLimit } from '../record/limits.ts';
import type { Target } from '../target/target.ts';
import { formatNumber } from '../units.ts';
import type { Measurement } from '../workloads/contract.ts';
import type { BoundWorkload } from '../workloads/registry.ts';
import type { ChosenScenario, ChosenWorkload } from './choose.ts';
import { contextOf, type PreflightBase } from './preflight.ts';

/** The rate that is held for longer at the end, as a share of what was found, and how much longer than a trial. */
export const VERIFICATION = { share: 0.9, trials: 5 } as const;

/** Holds the load at a rate and says what came of it. */
export class RateHolder {
  readonly #scenario: ChosenScenario;
  readonly #workload: ChosenWorkload;
  readonly #target: Target | null;
  readonly #needs: PreflightBase;
  readonly #spec: TrialSpec;

  constructor(scenario: ChosenScenario, workload: ChosenWorkload, target: Target | null, needs: PreflightBase, spec: TrialSpec) {
    this.#scenario = scenario;
    this.#workload = workload;
    this.#target = target;
    this.#needs = needs;
    this.#spec = spec;
  }

  /** What one trial takes, by the workload's own estimate. */
  trialMs(ratePerSecond: number, length: TrialLength): number {
    return this.#at(ratePerSecond, length).estimateRoundMs;
  }

  /** What the longer hold at the end takes, by the workload's own estimate. */
  verificationMs(ratePerSecond: number): number {
    return this.#longerAt(ratePerSecond).bound.estimateRoundMs;
  }

  /** All trials of a level, up to the first in which the generator was at fault; null after an interrupt, or where the time was over. */
  hold(ratePerSecond: number, length: TrialLength, seed: number): Promise<CapacityLevel | null> {
    return this.#unlessEnded(() => this.#hold(ratePerSecond, length, seed));
  }

  /** A rate held for longer; null as above. A generator at fault leaves it open whether the limits are kept. */
  verify(ratePerSecond: number): Promise<CapacityVerification | null> {
    return this.#unlessEnded(() => this.#verify(ratePerSecond));
  }

  /** What a workload throws because its signal ended it (130) is no failure: whoever set the signal knows why. */
  async #unlessEnded<T>(work: () => Promise<T | null>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      if (this.#needs.signal.aborted && error instanceof BenchError && error.exitCode === EXIT.interrupted) return null;
      throw error;
    }
  }

  async #hold(ratePerSecond: number, length: TrialLength, seed: number): Promise<CapacityLevel | null> {
    const bound = this.#at(ratePerSecond, length);
    const limits = capacityLimits(bound.limits);
    const prepared = await bound.prepare({ ...(await this.#context()), seed });
    const trials: CapacityTrial[] = [];
    const level = (all: CapacityLevel['together'], why: string | null = null): CapacityLevel => ({ ratePerSecond, length, together: all, trials, why });
    try {
      for (let trial = 0; trial < TRIALS.most; trial += 1) {
        this.#started(ratePerSecond, trial, TRIALS.least, bound.estimateRoundMs, '');
        const startedAt = performance.now();
        const busy = watchCpu();
        await prepared.runRound(trial);
        if (this.#needs.signal.aborted) return null;
        const measurement = prepared.measurement();
        const { fault, ...seen } = trialOf(measurement, limits, trial);
        if (fault !== null) return level('generator', fault);
        trials.push({ ...seen, machineBusy: busy() });
        this.#finished(ratePerSecond, trial, seen.kept, performance.now() - startedAt, '');
        if (trial + 1 < TRIALS.least) continue;
        const all = together(judgeSla(limits, measurement));
        if (all !== 'open' || trial + 1 === TRIALS.most) return level(all);
      }
      return level('open');
    } finally {
      await prepared.close();
    }
  }

  async #verify(ratePerSecond: number): Promise<CapacityVerification | null> {
    const { bound, durationMs } = this.#longerAt(ratePerSecond);
    const limits = capacityLimits(bound.limits);
    const prepared = await bound.prepare(await this.#context());
    try {
      this.#started(ratePerSecond, 0, 1, bound.estimateRoundMs, 'held for longer');
      const startedAt = performance.now();
      await prepared.runRound(0);
      if (this.#needs.signal.aborted) return null;
      const { fault, kept, figures } = trialOf(prepared.measurement(), limits, 0);
      this.#finished(ratePerSecond, 0, fault === null ? kept : null, performance.now() - startedAt, 'held for longer');
      return { ratePerSecond, durationMs, kept: fault === null ? kept : null, figures, why: fault };
    } finally {
      await prepared.close();
    }
  }

  #at(ratePerSecond: number, length: TrialLength, spec = this.#spec): BoundWorkload {
    const bound = this.#workload.bound.atRate({ ratePerSecond, ...trialDuration(ratePerSecond, length, spec) });
    if (bound === null) throw new Error('a workload with a rate can be run at another');
    return bound;
  }

  #longerAt(ratePerSecond: number): { bound: BoundWorkload; durationMs: number } {
    const durationMs = VERIFICATION.trials * trialDuration(ratePerSecond, 'long', this.#spec).durationMs;
    return { durationMs, bound: this.#at(ratePerSecond, 'long', { ...this.#spec, leastMs: durationMs, mostMs: { short: durationMs, long: durationMs } }) };
  }

  #context(): ReturnType<typeof contextOf> {
    return contextOf(this.#scenario, this.#workload.name, { target: this.#target, tools: this.#needs.tools, folder: this.#workload.name }, this.#needs);
  }

  #started(ratePerSecond: number, trial: number, trials: number, estimateMs: number, what: string): void {
    this.#needs.observe({ type: 'workload-started', scenario: this.#scenario.name, workload: titleOf(ratePerSecond, what), round: trial, rounds: Math.max(trials, trial + 1), fresh: false, estimateMs });
  }

  #finished(ratePerSecond: number, trial: number, kept: boolean | null, durationMs: number, what: string): void {
    const headline = kept === null ? 'the load generator gave way' : kept ? 'every limit kept' : 'a limit not kept';
    this.#needs.observe({ type: 'workload-finished', scenario: this.#scenario.name, workload: titleOf(ratePerSecond, what), round: trial, fresh: false, headline, durationMs });
  }
}

const titleOf = (ratePerSecond: number, what: string): string => `${formatNumber(ratePerSecond)}/s${what === '' ? '' : `, ${what}`}`;

/** One round against its limits; `fault`: why it says nothing about the service. */
function trialOf({ metrics, validity: { findings }, series }: Measurement, limits: readonly SlaLimit[], trial: number): Omit<CapacityTrial, 'machineBusy'> & { fault: string | null } {
  const figures = figuresOf(limits, metrics, trial);
  const setUp = findings.find(({ code, round }) => code === 'set-up-failed' && round === trial);
  return {
    fault: generatorFault({ trial, findings, figures, metrics, series }),
    kept: figures.every(({ kept }) => kept),
    figures,
    completedPerSecond: completedOf({ metrics, series }, trial),
    ...inFlightOf(series, trial),
    generatorLateMs: latenessOf(series, trial),
    why: setUp?.message ?? null,
  };
}
