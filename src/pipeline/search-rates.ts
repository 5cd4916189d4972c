import { fits, trialCostMs, type LevelCost } from '../capacity/budget.ts';
import { asLevel } from '../capacity/decided.ts';
import { estimateCapacity } from '../capacity/estimate.ts';
import { bracket, levelsLeft, nextStep, stepBy, TRIALS, type SearchOptions, type SearchStep } from '../capacity/search.ts';
import type { CapacityLevel, CapacityVerification } from '../record/capacity.ts';
import { formatNumber } from '../units.ts';
import type { Observer } from './events.ts';
import { VERIFICATION, type RateHolder } from './hold-rate.ts';

/** A failed level leaves a queue behind: time for the service to be itself again, on top of the answers that the load waits for. */
const COOLDOWN_MS = { kept: 300, failed: 2_000 } as const;

export interface RateSearch {
  /** Those of an interrupted search; finished ones are added. */
  levels: CapacityLevel[];
  options: SearchOptions;
  seed: number;
}

export interface SearchSurroundings {
  holder: Pick<RateHolder, 'trialMs' | 'verificationMs' | 'hold' | 'verify'>;
  /** Of the user. */
  interrupt: AbortSignal;
  /** The search ends by then, with whatever is known; infinite where it takes what it takes. On the clock of `now`. */
  untilMs: number;
  now: () => number;
  /** Ends early with an interrupt. */
  pause: (ms: number) => Promise<void>;
  observe: Observer;
  /** After every level. */
  keep: () => Promise<void>;
}

export interface Searched {
  outOfTime: boolean;
  verification: CapacityVerification | null;
}

/** Holds one rate after the other until the capacity is known or the time is over, then a little less than it for longer. */
export async function searchRates({ levels, options, seed }: RateSearch, around: SearchSurroundings): Promise<Searched> {
  const { holder, interrupt, untilMs, now, observe } = around;
  const costs: LevelCost[] = [];
  const leftMs = (): number => untilMs - now();
  const endMs = (ratePerSecond: number): number => trialCostMs(holder.verificationMs(ratePerSecond), costs);
  let outOfTime = false;
  let passedMs = 0;
  for (;;) {
    const step = nextStep(levels.map(asLevel), options);
    if (step.type !== 'trial' || interrupt.aborted) break;
    const trialMs = trialCostMs(holder.trialMs(step.ratePerSecond, step.length), costs);
    // The lower the rate that is held at the end, the longer that takes: nothing above this may be kept.
    const lowest = VERIFICATION.share * Math.min(step.ratePerSecond, bracket(levels.map(asLevel)).kept?.ratePerSecond ?? Infinity);
    const room = (): boolean => fits({ leftMs: leftMs(), trialMs, endMs: endMs(lowest) });
    // The first level is tried in any case: without it nothing would be known.
    outOfTime = levels.length > 0 && !room();
    if (outOfTime) break;
    const levelMs = TRIALS.least * trialMs;
    observe({ type: 'planned', estimateMs: passedMs + Math.min(leftMs(), levelsLeft(levels.map(asLevel), options) * levelMs + endMs(lowest)), withinMs: leftMs() });
    const startedMs = now();
    const held = await levelOf(step, seed, room, around);
    if (held === null) {
      outOfTime = !interrupt.aborted;
      break;
    }
    const { level, made } = held;
    // A level is measured as one: an unfinished one of an interrupted search begins again.
    const index = levels.findIndex(({ ratePerSecond, length }) => ratePerSecond === level.ratePerSecond && length === level.length);
    if (index === -1) levels.push(level);
    else levels[index] = level;
    passedMs += levelMs;
    await around.keep();
    await around.pause(COOLDOWN_MS[level.together === 'kept' ? 'kept' : 'failed']);
    costs.push({ trials: made, plannedMs: holder.trialMs(step.ratePerSecond, step.length), wallMs: now() - startedMs });
  }
  const found = holdable(stepBy(levels.map(asLevel), options, outOfTime), estimateCapacity(levels.map(asLevel))?.ratePerSecond ?? null);
  if (found === null || interrupt.aborted) return { outOfTime, verification: null };
  observe({ type: 'planned', estimateMs: passedMs + endMs(found), withinMs: leftMs() });
  return { outOfTime, verification: await verified(VERIFICATION.share * found, () => leftMs() >= holder.verificationMs(VERIFICATION.share * found), around) };
}

/** A level and the trials made for it; one in which the generator was at fault is made again once, where there is time. Null: interrupted, or the time was over within it. */
async function levelOf({ ratePerSecond, length }: Extract<SearchStep, { type: 'trial' }>, seed: number, room: () => boolean, { holder, interrupt, pause, observe }: SearchSurroundings): Promise<{ level: CapacityLevel; made: number } | null> {
  const first = await holder.hold(ratePerSecond, length, seed);
  if (first === null) return null;
  if (first.together !== 'generator') return { level: first, made: first.trials.length };
  await pause(COOLDOWN_MS.failed);
  const again = room();
  observe({ type: 'note', text: `${formatNumber(ratePerSecond)}/s: the load generator gave way${again ? '; made again' : ''}. ${first.why ?? ''}` });
  const second = again ? await holder.hold(ratePerSecond, length, seed + 1) : null;
  if (interrupt.aborted) return null;
  const begun = ({ trials, together }: CapacityLevel): number => trials.length + (together === 'generator' ? 1 : 0);
  return { level: second ?? first, made: begun(first) + (second === null ? 0 : begun(second)) };
}

/** The longer hold at the end, where there is time for it; a generator at fault gets a second chance. */
async function verified(ratePerSecond: number, room: () => boolean, { holder, interrupt }: SearchSurroundings): Promise<CapacityVerification | null> {
  const unverified: CapacityVerification = { ratePerSecond, durationMs: 0, kept: null, figures: [], why: 'The time of the profile was over.' };
  const first = room() ? await holder.verify(ratePerSecond) : unverified;
  if (interrupt.aborted) return null;
  if (first?.kept !== null || !room()) return first ?? unverified;
  const second = await holder.verify(ratePerSecond);
  return interrupt.aborted ? null : (second ?? first);
}

/** The rate to hold for longer; null where no rate is known to be kept. */
function holdable(step: SearchStep, estimatePerSecond: number | null): number | null {
  switch (step.type) {
    case 'found':
      return estimatePerSecond ?? step.keptPerSecond;
    case 'kept-at-highest':
      return step.ratePerSecond;
    case 'generator-limited':
      return step.keptPerSecond;
    case 'failed-at-lowest':
    case 'trial':
      return null;
  }
}
