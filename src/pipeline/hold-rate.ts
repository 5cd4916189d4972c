import { trialDuration, type TrialSpec } from '../capacity/duration.ts';
import { capacityLimits, completedOf, figuresOf, inFlightOf, together } from '../capacity/figures.ts';
import { TRIALS, type TrialLength } from '../capacity/search.ts';
import { watchCpu } from '../host/cpu-share.ts';
import { judgeSla } from '../judge/sla.ts';
import type { CapacityLevel, CapacityRecord, CapacityTrial } from '../record/capacity.ts';
import type { Target } from '../target/target.ts';
import { formatNumber } from '../units.ts';
import type { BoundWorkload } from '../workloads/registry.ts';
import type { ChosenScenario, ChosenWorkload } from './choose.ts';
import { contextOf, type PreflightBase } from './preflight.ts';

/** The rate that is held for longer at the end, as a share of what was found, and how much longer than a trial. */
export const VERIFICATION = { share: 0.9, trials: 5 } as const;
/** The generator's start and its own warm-up, for time left alone. */
const START_MS = 700;

/** Holds the load at a rate and says what came of it. */
export class RateHolder {
  readonly #scenario: ChosenScenario;
  readonly #workload: ChosenWorkload;
  readonly #target: Target | null;
  readonly #needs: PreflightBase;

  constructor(scenario: ChosenScenario, workload: ChosenWorkload, target: Target | null, needs: PreflightBase) {
    this.#scenario = scenario;
    this.#workload = workload;
    this.#target = target;
    this.#needs = needs;
  }

  /** All trials of a level; null after an interrupt. One in which the generator was disturbed is made again once. */
  async hold(ratePerSecond: number, length: TrialLength, spec: TrialSpec, seed: number): Promise<CapacityLevel | null> {
    const level = await this.#trials(ratePerSecond, length, spec, seed);
    return level?.together === 'generator' && !this.#needs.signal.aborted ? this.#trials(ratePerSecond, length, spec, seed + 1) : level;
  }

  async verify(ratePerSecond: number, spec: TrialSpec): Promise<CapacityRecord['verification']> {
    const { durationMs: trialMs } = trialDuration(ratePerSecond, 'long', spec);
    const durationMs = VERIFICATION.trials * trialMs;
    const bound = this.#at(ratePerSecond, 'long', { ...spec, leastMs: durationMs, mostMs: { short: durationMs, long: durationMs } });
    const limits = capacityLimits(bound.limits);
    const prepared = await bound.prepare(await this.#context());
    try {
      this.#started(ratePerSecond, 0, 1, verificationMs(ratePerSecond, spec), 'held for longer');
      await prepared.runRound(0);
      if (this.#needs.signal.aborted) return null;
      const { metrics } = prepared.measurement();
      const figures = figuresOf(limits, metrics, 0);
      const kept = figures.every((figure) => figure.kept);
      this.#finished(ratePerSecond, 0, kept, durationMs, 'held for longer');
      return { ratePerSecond, durationMs, kept, figures };
    } finally {
      await prepared.close();
    }
  }

  async #trials(ratePerSecond: number, length: TrialLength, spec: TrialSpec, seed: number): Promise<CapacityLevel | null> {
    const bound = this.#at(ratePerSecond, length, spec);
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
        const { metrics, validity, series, histograms, notMeasured } = prepared.measurement();
        const generator = validity.findings.find(({ severity, code }) => severity === 'invalid' && code.startsWith('generator-'));
        if (generator !== undefined) return level('generator', generator.message);
        const figures = figuresOf(limits, metrics, trial);
        const kept = figures.every((figure) => figure.kept);
        trials.push({ kept, figures, completedPerSecond: completedOf(metrics, trial), ...inFlightOf(series, trial), machineBusy: busy() });
        this.#finished(ratePerSecond, trial, kept, performance.now() - startedAt, '');
        if (trial + 1 < TRIALS.least) continue;
        const all = together(judgeSla(limits, { metrics, histograms, notMeasured }));
        if (all !== 'open' || trial + 1 === TRIALS.most) return level(all);
      }
      return level('open');
    } finally {
      await prepared.close();
    }
  }

  #at(ratePerSecond: number, length: TrialLength, spec: TrialSpec): BoundWorkload {
    const bound = this.#workload.bound.atRate({ ratePerSecond, ...trialDuration(ratePerSecond, length, spec) });
    if (bound === null) throw new Error('a workload with a rate can be run at another');
    return bound;
  }

  #context(): ReturnType<typeof contextOf> {
    return contextOf(this.#scenario, this.#workload.name, { target: this.#target, tools: this.#needs.tools, folder: this.#workload.name }, this.#needs);
  }

  #started(ratePerSecond: number, trial: number, trials: number, estimateMs: number, what: string): void {
    this.#needs.observe({ type: 'workload-started', scenario: this.#scenario.name, workload: titleOf(ratePerSecond, what), round: trial, rounds: Math.max(trials, trial + 1), fresh: false, estimateMs });
  }

  #finished(ratePerSecond: number, trial: number, kept: boolean, durationMs: number, what: string): void {
    this.#needs.observe({ type: 'workload-finished', scenario: this.#scenario.name, workload: titleOf(ratePerSecond, what), round: trial, fresh: false, headline: kept ? 'every limit kept' : 'a limit not kept', durationMs });
  }
}

const titleOf = (ratePerSecond: number, what: string): string => `${formatNumber(ratePerSecond)}/s${what === '' ? '' : `, ${what}`}`;

/** What a level takes, for time left. */
export function levelMs(ratePerSecond: number, length: TrialLength, spec: TrialSpec): number {
  const { durationMs, warmupMs } = trialDuration(ratePerSecond, length, spec);
  return TRIALS.least * (START_MS + warmupMs + durationMs);
}

/** What the longer hold at the end takes. */
export function verificationMs(ratePerSecond: number, spec: TrialSpec): number {
  const { durationMs, warmupMs } = trialDuration(ratePerSecond, 'long', spec);
  return START_MS + warmupMs + VERIFICATION.trials * durationMs;
}
