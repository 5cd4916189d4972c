import { median } from 'simple-statistics';
import type { Random } from '../../random.ts';
import type { ScalingLevel, ScalingRound, ScalingSeries } from '../../record/scaling.ts';
import { formatShare } from '../../units.ts';
import { fitLaw } from './fit.ts';
import { lawIntervals } from './intervals.ts';
import { peakOf, throughputAt, type Observation } from './law.ts';
import { FEWEST_LEVELS } from './levels.ts';
import { LITTLE_TOLERANCE, littleOff } from './little.ts';

/** What a round at a concurrency was seen to do; `unfit`: why it says nothing, as far as the workload knows. */
export interface SeenRound {
  concurrency: number;
  round: number;
  throughputPerSecond: number | null;
  residenceMs: number | null;
  p95Ms: number | null;
  inFlight: number | null;
  machineBusy: number | null;
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
  const concurrencies = [...new Set(seen.map(({ concurrency }) => concurrency))].sort((a, b) => a - b);
  const levels = concurrencies.map((concurrency) => levelOf(concurrency, seen.filter((each) => each.concurrency === concurrency)));
  const measured = levels.flatMap(({ concurrency, throughputPerSecond }) => (throughputPerSecond === null ? [] : [{ concurrency, throughput: throughputPerSecond }]));
  return { subject, levels, fit: unfinished ? { type: 'refused', why: 'rounds are still to come' } : fitOf(levels, random), knee: kneeOf(measured), best: bestOf(measured) };
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
function judged({ round, throughputPerSecond, residenceMs, p95Ms, inFlight, machineBusy, unfit }: SeenRound): ScalingRound {
  const off = throughputPerSecond === null || residenceMs === null || inFlight === null || inFlight === 0 ? null : littleOff({ throughputPerSecond, residenceMs, inFlight });
  const law = off !== null && Math.abs(off) > LITTLE_TOLERANCE ? `throughput × time does not come to what was under way: ${formatShare(Math.abs(off))} ${off < 0 ? 'too little' : 'too much'} (Little’s law)` : null;
  return { round, throughputPerSecond, residenceMs, p95Ms, inFlight, littleOff: off, machineBusy, invalid: unfit ?? (throughputPerSecond === null || throughputPerSecond === 0 ? 'nothing was completed' : law) };
}

function fitOf(levels: readonly ScalingLevel[], random: Random): ScalingSeries['fit'] {
  const observations = levels.flatMap(({ concurrency, rounds }) =>
    rounds.flatMap(({ throughputPerSecond, invalid }): Observation[] => (invalid === null && throughputPerSecond !== null ? [{ concurrency, throughput: throughputPerSecond }] : [])),
  );
  const counted = new Set(observations.map(({ concurrency }) => concurrency)).size;
  if (counted < FEWEST_LEVELS) return { type: 'refused', why: `the law needs at least ${FEWEST_LEVELS} levels that count; there are ${counted}` };
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

/** The level before the first step that gains less than 5 %; null where every step gains. */
export function kneeOf(rising: readonly Observation[]): number | null {
  return rising.find(({ throughput }, index) => (rising[index + 1]?.throughput ?? Infinity) < throughput * (1 + LEAST_GAIN))?.concurrency ?? null;
}

function bestOf(measured: readonly Observation[]): number | null {
  return measured.reduce<Observation | null>((most, each) => (most === null || each.throughput > most.throughput ? each : most), null)?.concurrency ?? null;
}
