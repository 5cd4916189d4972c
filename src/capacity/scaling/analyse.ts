import { median } from 'simple-statistics';
import type { Random } from '../../random.ts';
import type { ScalingLevel, ScalingRound, ScalingSeries } from '../../record/scaling.ts';
import { formatShare } from '../../units.ts';
import { fitLaw } from './fit.ts';
import { lawIntervals } from './intervals.ts';
import { peakOf, throughputAt, type Observation } from './law.ts';
import { FEWEST_LEVELS, FEWEST_ROUNDS } from './levels.ts';
import { LITTLE_TOLERANCE, littleOff } from './little.ts';

/** What a round at a concurrency was seen to do; `unfit`: why it says nothing, as far as the workload knows. */
export interface SeenRound {
  concurrency: number;
  round: number;
  throughputPerSecond: number | null;
  residenceMs: number | null;
  p95Ms: number | null;
  /** Mean number under way, counted by itself; null where nobody counts it, and Little's law cannot be checked. */
  inFlight: number | null;
  /** What failed is in no throughput and no time; null or absent where nobody counts it. */
  failedShare?: number | null;
  machineBusy: number | null;
  /** Median size of a result that ended well; null or absent where nobody looked. */
  bytes?: number | null;
  unfit: string | null;
}

/** A step that gains less than this gains nothing worth its memory and its latency. */
const LEAST_GAIN = 0.05;
const CONFIDENCE = 0.95;

/**
 * One subject's rounds → levels, the law with its intervals, the knee. Pure but for `random`, which the bootstrap draws from.
 * @param unfinished rounds are still to come: nothing is fitted yet
 */
export function analyseScaling(subject: string, seen: readonly SeenRound[], random: Random, unfinished = false): ScalingSeries {
  const levels = levelsOf(seen);
  const measured = levels.flatMap(({ concurrency, throughputPerSecond }) => (throughputPerSecond === null ? [] : [{ concurrency, throughput: throughputPerSecond }]));
  return { subject, levels, fit: unfinished ? { type: 'refused', why: 'rounds are still to come' } : fitOf(levels, random), knee: kneeOf(measured), best: bestOf(measured) };
}

function levelsOf(seen: readonly SeenRound[]): ScalingLevel[] {
  const concurrencies = [...new Set(seen.map(({ concurrency }) => concurrency))].sort((a, b) => a - b);
  return concurrencies.map((concurrency) => levelOf(concurrency, seen.filter((each) => each.concurrency === concurrency)));
}

function levelOf(concurrency: number, seen: readonly SeenRound[]): ScalingLevel {
  const rounds = [...seen].sort((a, b) => a.round - b.round).map(judged);
  const valid = rounds.filter(({ invalid }) => invalid === null);
  const middle = (values: readonly (number | null)[]): number | null => {
    const known = values.filter((value) => value !== null);
    return known.length === 0 ? null : median(known);
  };
  return {
    concurrency,
    rounds,
    throughputPerSecond: middle(valid.map(({ throughputPerSecond }) => throughputPerSecond)),
    residenceMs: middle(valid.map(({ residenceMs }) => residenceMs)),
    p95Ms: middle(valid.map(({ p95Ms }) => p95Ms)),
  };
}

/** Little's law is looked at in every round; one that it does not hold in does not count. */
function judged({ concurrency: _, failedShare = null, bytes = null, ...seen }: SeenRound): ScalingRound {
  const { throughputPerSecond, residenceMs, inFlight, unfit } = seen;
  const off = throughputPerSecond === null || residenceMs === null || inFlight === null || inFlight === 0 ? null : littleOff({ throughputPerSecond, residenceMs, inFlight });
  const law = off !== null && Math.abs(off) > LITTLE_TOLERANCE ? `throughput × time does not come to what was under way: ${formatShare(Math.abs(off))} ${off < 0 ? 'too little' : 'too much'} (Little’s law)${failedShare === null || failedShare === 0 ? '' : `; ${formatShare(failedShare)} failed, which is not in it`}` : null;
  return { ...seen, failedShare, bytes, littleOff: off, invalid: unfit ?? (throughputPerSecond === null || throughputPerSecond === 0 ? 'nothing was completed' : law) };
}

function fitOf(levels: readonly ScalingLevel[], random: Random): ScalingSeries['fit'] {
  const enough = levels.filter((level) => countedOf(level) >= FEWEST_ROUNDS);
  if (enough.length < FEWEST_LEVELS) return { type: 'refused', why: whyRefused(levels) };
  const observations = enough.flatMap(({ concurrency, rounds }) =>
    rounds.flatMap(({ throughputPerSecond, invalid }): Observation[] => (invalid === null && throughputPerSecond !== null ? [{ concurrency, throughput: throughputPerSecond }] : [])),
  );
  const law = fitLaw(observations);
  if (law === null) return { type: 'refused', why: 'no curve of the law goes through these figures' };
  const highest = Math.max(...observations.map(({ concurrency }) => concurrency));
  const intervals = lawIntervals(observations, law, { confidence: CONFIDENCE, random });
  const peak = peakOf(law, highest);
  const squares = observations.reduce((sum, { concurrency, throughput }) => sum + (throughput / throughputAt(law, concurrency) - 1) ** 2, 0);
  return {
    type: 'fitted',
    sigma: { value: law.sigma, ...intervals.sigma },
    kappa: { value: law.kappa, ...intervals.kappa },
    lambda: { value: law.lambda, ...intervals.lambda },
    confidence: CONFIDENCE,
    residual: Math.sqrt(squares / observations.length),
    peak: peak.type === 'none' ? peak : { ...peak, low: intervals.peak?.low ?? null, high: intervals.peak?.high ?? null },
    band: intervals.band.map(([at, low, high]) => [at, throughputAt(law, at), low, high]),
  };
}

const countedOf = ({ rounds }: ScalingLevel): number => rounds.filter(({ invalid }) => invalid === null).length;

function whyRefused(levels: readonly ScalingLevel[]): string {
  const needed = `the law needs at least ${FEWEST_LEVELS} levels with ${FEWEST_ROUNDS} rounds that count`;
  const fewest = levels.filter((level) => countedOf(level) < FEWEST_ROUNDS);
  const [first] = fewest;
  if (first === undefined) return `${needed}; there are ${levels.length} (--levels)`;
  const made = Math.max(...levels.map(({ rounds }) => rounds.length));
  if (made < FEWEST_ROUNDS) return `${needed}; ${made === 1 ? 'one round was' : `${made} rounds were`} made (--rounds ${FEWEST_ROUNDS})`;
  return `${needed}; at ${fewest.map(({ concurrency }) => concurrency).join(', ')} at once fewer do (${countedOf(first)} of ${first.rounds.length} at ${first.concurrency}): see why below, and measure again`;
}

/** The concurrencies of which fewer rounds count than were asked for and than a fit needs: what is worth another round. */
export function lackingRounds(seen: readonly SeenRound[], asked: number): number[] {
  return levelsOf(seen).filter((level) => countedOf(level) < Math.min(asked, FEWEST_ROUNDS)).map(({ concurrency }) => concurrency);
}

/** What a stored series was seen to do: what an interrupted measurement goes on from. */
export function seenOf({ levels }: ScalingSeries): SeenRound[] {
  return levels.flatMap(({ concurrency, rounds }) =>
    rounds.map(({ littleOff: _, invalid: __, failedShare = null, bytes = null, unfit = null, ...seen }) => ({ concurrency, ...seen, failedShare, bytes, unfit })),
  );
}

/** The level before the first step that gains less than 5 %, and less than half of what it could; null where every step gains. */
export function kneeOf(rising: readonly Observation[]): number | null {
  const flat = rising.find((here, index) => {
    const next = rising[index + 1];
    return next !== undefined && next.throughput < here.throughput * (1 + leastGain(here, next));
  });
  return flat?.concurrency ?? null;
}

/** From 24 to 25 at once even linear growth gains 4 %: a step counts for half of what it could gain where that is less than 5 %. */
const leastGain = (here: Observation, next: Observation): number => Math.min(LEAST_GAIN, (next.concurrency / here.concurrency - 1) / 2);

function bestOf(measured: readonly Observation[]): number | null {
  return measured.reduce<Observation | null>((most, each) => (most === null || each.throughput > most.throughput ? each : most), null)?.concurrency ?? null;
}
