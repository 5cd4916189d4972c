/** One trial: the load held at a rate for a while. `failed`: at least one limit was not kept by its figures. */
export type Trial = 'kept' | 'failed';

/** How long a trial is: `short` ones find the neighbourhood, `long` ones decide (see duration.ts). */
export type TrialLength = 'short' | 'long';

/** A rate that was tried with trials of one length, in the order in which they were tried. */
export interface Level {
  ratePerSecond: number;
  length: TrialLength;
  trials: readonly Trial[];
  /**
   * What the trials say together: `kept` or `failed` with certainty by the intervals of their merged samples, `open` where the
   * interval still straddles a limit. `generator`: the load generator was the bottleneck, nothing is known about the service.
   */
  together: 'kept' | 'failed' | 'open' | 'generator';
}

export interface SearchOptions {
  /** The first rate tried. */
  fromPerSecond: number;
  /** Where the first rate fails already it is halved, down to this; without it the first rate is the lowest. */
  downToPerSecond?: number | undefined;
  /** No rate above it is tried. */
  upToPerSecond: number;
  /** The search ends when the lowest failing rate is at most this share above the highest kept one. */
  resolution: number;
}

/** Trials at every level; more while their merged interval straddles a limit. */
export const TRIALS = { least: 3, most: 5 } as const;

export type SearchStep =
  /** Hold this rate once more (or for the first time). */
  | { type: 'trial'; ratePerSecond: number; length: TrialLength }
  /** `kept` and `failed` are as close as asked for. */
  | { type: 'found'; keptPerSecond: number; failedPerSecond: number }
  | { type: 'failed-at-lowest'; ratePerSecond: number }
  /** Every limit is kept at the highest rate allowed. */
  | { type: 'kept-at-highest'; ratePerSecond: number }
  /** Above `keptPerSecond` (null: at every rate) the generator gave way before the service did. */
  | { type: 'generator-limited'; keptPerSecond: number | null; generatorPerSecond: number };

/** A level's verdict; null while it needs another trial. Intervals decide; where they cannot after the last trial, the majority does. */
export function verdictOf({ trials, together }: Level): 'kept' | 'failed' | 'generator' | null {
  if (together === 'generator') return 'generator';
  if (trials.length < TRIALS.least) return null;
  if (together !== 'open') return together;
  if (trials.length < TRIALS.most) return null;
  return trials.filter((trial) => trial === 'kept').length * 2 > trials.length ? 'kept' : 'failed';
}

/** Levels that still count: short trials at a rate give way to long ones. */
export function standing<L extends Pick<Level, 'ratePerSecond' | 'length'>>(levels: readonly L[]): L[] {
  return levels.filter((level) => level.length === 'long' || !levels.some((other) => other.length === 'long' && other.ratePerSecond === level.ratePerSecond));
}

/**
 * What to do next, from everything tried so far: double with short trials until a level fails, then halve the gap on the logarithm
 * with long ones until it is as small as asked for; an end of it that rests on short trials is tried again with long ones. Pure: an
 * interrupted search goes on from its stored levels. After Nighthawk's adaptive load controller (exponential search, then bisection).
 */
export function nextStep(levels: readonly Level[], options: SearchOptions): SearchStep {
  const { fromPerSecond, upToPerSecond, resolution } = options;
  const unfinished = levels.find((level) => verdictOf(level) === null);
  if (unfinished !== undefined) return { type: 'trial', ratePerSecond: unfinished.ratePerSecond, length: unfinished.length };
  if (levels.length === 0) return { type: 'trial', ratePerSecond: fromPerSecond, length: 'short' };
  const { kept, above } = bracket(levels);
  const longer = (...ends: (Level | null)[]): SearchStep | null => {
    const short = ends.find((end) => end?.length === 'short' && verdictOf(end) !== 'generator');
    return short === null || short === undefined ? null : { type: 'trial', ratePerSecond: short.ratePerSecond, length: 'long' };
  };
  if (above === null) {
    const highest = kept?.ratePerSecond ?? fromPerSecond;
    if (highest < upToPerSecond) return { type: 'trial', ratePerSecond: Math.min(2 * highest, upToPerSecond), length: 'short' };
    return longer(kept) ?? { type: 'kept-at-highest', ratePerSecond: highest };
  }
  const byGenerator = verdictOf(above) === 'generator';
  if (kept === null) {
    if (byGenerator) return { type: 'generator-limited', keptPerSecond: null, generatorPerSecond: above.ratePerSecond };
    if (above.ratePerSecond / 2 >= (options.downToPerSecond ?? Infinity)) return { type: 'trial', ratePerSecond: above.ratePerSecond / 2, length: 'short' };
    return longer(above) ?? { type: 'failed-at-lowest', ratePerSecond: above.ratePerSecond };
  }
  if (above.ratePerSecond / kept.ratePerSecond > 1 + resolution) return { type: 'trial', ratePerSecond: Math.sqrt(kept.ratePerSecond * above.ratePerSecond), length: 'long' };
  const again = longer(kept, above);
  if (again !== null) return again;
  return byGenerator
    ? { type: 'generator-limited', keptPerSecond: kept.ratePerSecond, generatorPerSecond: above.ratePerSecond }
    : { type: 'found', keptPerSecond: kept.ratePerSecond, failedPerSecond: above.ratePerSecond };
}

/** What to do next, or, where no time is left for another trial, what is known by now; still a trial where no level was finished. */
export function stepBy(levels: readonly Level[], options: SearchOptions, outOfTime: boolean): SearchStep {
  const step = nextStep(levels, options);
  return outOfTime && step.type === 'trial' ? (endNow(levels) ?? step) : step;
}

/** What is known where no time is left for another level; null where no level was finished. */
export function endNow(levels: readonly Level[]): Exclude<SearchStep, { type: 'trial' }> | null {
  const { kept, above } = bracket(levels.filter((level) => verdictOf(level) !== null));
  if (above === null) return kept === null ? null : { type: 'kept-at-highest', ratePerSecond: kept.ratePerSecond };
  if (verdictOf(above) === 'generator') return { type: 'generator-limited', keptPerSecond: kept?.ratePerSecond ?? null, generatorPerSecond: above.ratePerSecond };
  return kept === null ? { type: 'failed-at-lowest', ratePerSecond: above.ratePerSecond } : { type: 'found', keptPerSecond: kept.ratePerSecond, failedPerSecond: above.ratePerSecond };
}

/** The lowest level that was not kept, and the highest kept one below it. */
export function bracket(levels: readonly Level[]): { kept: Level | null; above: Level | null } {
  const rising = standing(levels).sort((a, b) => a.ratePerSecond - b.ratePerSecond);
  const above = rising.find((level) => verdictOf(level) !== 'kept') ?? null;
  const kept = rising.findLast((level) => verdictOf(level) === 'kept' && level.ratePerSecond < (above?.ratePerSecond ?? Infinity)) ?? null;
  return { kept, above };
}

/** Levels still to come, the one under way included: exact once one failed, before that the doublings that `expectedDoublings` guesses. */
export function levelsLeft(levels: readonly Level[], { resolution }: SearchOptions, expectedDoublings = 4): number {
  const bisections = (gap: number): number => Math.max(0, Math.ceil(Math.log2(Math.log(gap) / Math.log1p(resolution))));
  const finished = levels.filter((level) => verdictOf(level) !== null);
  const { kept, above } = bracket(finished);
  if (above === null) return Math.max(1, expectedDoublings - finished.length) + bisections(2);
  return kept === null ? 1 : bisections(above.ratePerSecond / kept.ratePerSecond);
}
