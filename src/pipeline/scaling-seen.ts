import { median } from 'simple-statistics';
import type { SeenRound } from '../capacity/scaling/analyse.ts';
import { mergedHistograms } from '../record/histograms.ts';
import type { EncodeJob, HttpSeries, JobSeries } from '../record/schema.ts';
import { formatNumber, formatShare } from '../units.ts';
import type { Measurement } from '../workloads/contract.ts';
import { piecesOf, whyIdle } from './scaling-pieces.ts';
import type { SeenLevel } from './scaling-rounds.ts';

type Place = Pick<SeenRound, 'concurrency' | 'round' | 'machineBusy'>;

/**
 * What one round came to, for each subject: throughput, time from start to end, and the number under way, each counted by itself. How many
 * encodes were under way is known from their own times alone; with those Little's law always holds, so it is not given. Pure.
 * @param place `machineBusy`: while the whole round was made. Of encodes it is not taken: each subject has its own.
 */
export function roundsSeen(measurement: Measurement, place: Place): SeenLevel[] {
  const { series } = measurement;
  switch (series.kind) {
    case 'http':
      return [{ subject: '', seen: requests(measurement, series, place) }];
    case 'job':
      return [{ subject: '', seen: jobs(measurement, series, place) }];
    case 'encode': {
      const own = series.jobs.filter(({ round }) => round === place.round);
      return [...new Set(own.map(({ encoder }) => encoder))].map((subject) => ({ subject, seen: encodes(own.filter(({ encoder }) => encoder === subject), { ...place, machineBusy: busyWith(subject, measurement, place) }) }));
    }
    case 'check':
      return [];
  }
}

function requests(measurement: Measurement, { rounds }: HttpSeries, place: Place): SeenRound {
  const { metrics, histograms } = measurement;
  const rates = metrics.filter(({ id }) => id === 'throughput').map((each) => each.rounds[place.round] ?? null);
  const samples = mergedHistograms(histograms.filter(({ id, round }) => id === 'latency' && round === place.round));
  const windows = rounds.find(({ round }) => round === place.round)?.windows ?? [];
  // The number under way is looked at when a second ends; when the last ends, no more are sent.
  const counted = windows.filter(({ offered }) => offered > 0).slice(0, -1);
  const sum = (of: 'completed' | 'failed'): number => windows.reduce((total, window) => total + window[of], 0);
  const all = sum('completed') + sum('failed');
  const failedShare = all === 0 ? null : sum('failed') / all;
  return {
    ...place,
    throughputPerSecond: rates.length === 0 ? null : rates.reduce<number>((total, rate) => total + (rate ?? 0), 0),
    residenceMs: samples === null ? null : samples.mean / 1_000,
    p95Ms: samples === null ? null : samples.at(Math.ceil(0.95 * samples.n)) / 1_000,
    inFlight: counted.length === 0 ? null : counted.reduce((total, { inFlight }) => total + inFlight, 0) / counted.length,
    failedShare,
    bytes: null,
    unfit: unfitness(measurement, place.round) ?? (tooMany(failedShare) ? `${formatShare(failedShare ?? 0)} of ${formatNumber(all)} requests failed${mostOften(measurement)}` : null),
  };
}

function jobs(measurement: Measurement, series: JobSeries, place: Place): SeenRound {
  const runs = series.jobs.filter(({ round }) => round === place.round);
  const done = runs.filter(({ outcome }) => outcome === 'done');
  const failed = runs.find(({ outcome }) => outcome !== 'done');
  const failedShare = runs.length === 0 ? null : 1 - done.length / runs.length;
  const all = runs.map(({ lane, submittedMs, endMs }) => ({ worker: lane, startMs: submittedMs, endMs }));
  return {
    ...place,
    ...piecesOf(all, done.map(({ submittedMs, endMs }) => endMs - submittedMs)),
    inFlight: series.underWay?.find(({ round }) => round === place.round)?.mean ?? null,
    failedShare,
    bytes: middle(done.flatMap(({ bytes }) => bytes ?? [])),
    unfit:
      unfitness(measurement, place.round) ??
      (failed !== undefined && tooMany(failedShare) ? `${runs.length - done.length} of ${runs.length} jobs did not end well. Job ${failed.job + 1}: ${failed.outcome}, ${failed.message ?? ''}` : null) ??
      whyIdle(all, place.concurrency),
  };
}

function encodes(all: readonly EncodeJob[], place: Place): SeenRound {
  const done = all.filter(({ failure }) => failure === null);
  const failed = all.find(({ failure }) => failure !== null);
  return {
    ...place,
    ...piecesOf(all, done.map(({ wallMs }) => wallMs)),
    inFlight: null,
    failedShare: all.length === 0 ? null : 1 - done.length / all.length,
    bytes: middle(done.flatMap(({ outputBytes }) => outputBytes ?? [])),
    unfit: failed === undefined ? whyIdle(all, place.concurrency) : `${all.length - done.length} of ${all.length} encodes failed: ${failed.failure?.message ?? ''}`,
  };
}

/** The processors while this subject was encoded, without the warm-up and the other subjects of the round. */
function busyWith(wanted: string, { detail }: Measurement, place: Place): number | null {
  const load = detail.kind === 'encode' ? (detail.load ?? []) : [];
  return load.find(({ subject, concurrency, round }) => subject === wanted && concurrency === place.concurrency && round === place.round)?.cpuMean ?? null;
}

/** Of a run it is a warning, for its throughput is a lower bound; a curve through it would take the generator's ceiling for contention. */
const CEILING = 'generator-is-the-limit';

/** What makes a round say nothing about the service: the generator, or its set-up. */
function unfitness({ validity }: Measurement, round: number): string | null {
  return validity.findings.find(({ severity, code, round: of }) => (severity === 'invalid' || code === CEILING) && (of ?? round) === round)?.message ?? null;
}

/**
 * Where more of the requests or jobs fail than a step of the curve must gain, the failures could make a knee or hide one: what is refused
 * at once leaves fewer under way than the level says. Of encodes, which nothing but this machine has a part in, one is too many.
 */
const MOST_FAILED = 0.05;
const tooMany = (failedShare: number | null): boolean => failedShare !== null && failedShare > MOST_FAILED;

/** The commonest way in which requests failed, in all rounds of this level. */
function mostOften({ detail }: Measurement): string {
  const [first] = detail.kind === 'http' ? detail.requests.flatMap(({ errors }) => errors).sort((a, b) => b.count - a.count) : [];
  return first === undefined ? '' : `, most often ${first.kind}: ${first.example}`;
}

const middle = (values: number[]): number | null => (values.length === 0 ? null : median(values));
