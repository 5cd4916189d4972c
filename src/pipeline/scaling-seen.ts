import { mergedHistograms } from '../record/histograms.ts';
import type { EncodeJob, JobRun } from '../record/schema.ts';
import type { SeenRound } from '../capacity/scaling/analyse.ts';
import type { Measurement } from '../workloads/contract.ts';
import type { SeenLevel } from './scaling-rounds.ts';

type Place = Pick<SeenRound, 'concurrency' | 'round' | 'machineBusy'>;

/**
 * What one round came to, for each subject: throughput, time from start to end, and the number under way, each counted by itself. How many
 * encodes were under way is known from their own times alone; with those Little's law always holds, so it is not given. Pure.
 */
export function roundsSeen(measurement: Measurement, place: Place): SeenLevel[] {
  const { series } = measurement;
  switch (series.kind) {
    case 'http':
      return [{ subject: '', seen: requests(measurement, place) }];
    case 'job':
      return [{ subject: '', seen: { ...place, ...jobs(series.jobs.filter(({ round }) => round === place.round)), inFlight: series.underWay?.find(({ round }) => round === place.round)?.mean ?? null, unfit: unfitness(measurement, place.round) } }];
    case 'encode': {
      const own = series.jobs.filter(({ round }) => round === place.round);
      return [...new Set(own.map(({ encoder }) => encoder))].map((subject) => ({ subject, seen: { ...place, ...encodes(own.filter(({ encoder }) => encoder === subject)) } }));
    }
    case 'check':
      return [];
  }
}

/** Median size of what came out; null where nobody looked. */
export function bytesSeen({ series }: Measurement): number | null {
  const sizes = series.kind === 'job' ? series.jobs.flatMap(({ bytes }) => bytes ?? []) : series.kind === 'encode' ? series.jobs.flatMap(({ outputBytes }) => outputBytes ?? []) : [];
  return sizes.sort((a, b) => a - b)[Math.floor(sizes.length / 2)] ?? null;
}

type Figures = Pick<SeenRound, 'throughputPerSecond' | 'residenceMs' | 'p95Ms' | 'inFlight' | 'unfit'>;

function requests(measurement: Measurement, place: Place): SeenRound {
  const { metrics, histograms, series } = measurement;
  const rates = metrics.filter(({ id }) => id === 'throughput').map(({ rounds }) => rounds[place.round] ?? null);
  const own = histograms.filter(({ id, round }) => id === 'latency' && round === place.round);
  const samples = mergedHistograms(own);
  const windows = series.kind === 'http' ? (series.rounds.find(({ round }) => round === place.round)?.windows ?? []) : [];
  const loaded = windows.filter(({ offered }) => offered > 0).slice(0, -1);
  return {
    ...place,
    throughputPerSecond: rates.length === 0 ? null : rates.reduce<number>((sum, rate) => sum + (rate ?? 0), 0),
    residenceMs: samples === null ? null : samples.mean / 1_000,
    p95Ms: samples === null ? null : samples.at(Math.ceil(0.95 * samples.n)) / 1_000,
    // Every connection has a request under way but for the moment between two: what was counted, or their number in a short round.
    inFlight: loaded.length === 0 ? place.concurrency : loaded.reduce((sum, { inFlight }) => sum + inFlight, 0) / loaded.length,
    unfit: unfitness(measurement, place.round),
  };
}

/** Of a run it is a warning, for its throughput is a lower bound; a curve through it would take the generator's ceiling for contention. */
const CEILING = 'generator-is-the-limit';

/** What makes a round say nothing about the service: the generator, or its set-up. */
function unfitness({ validity }: Measurement, round: number): string | null {
  return validity.findings.find(({ severity, code, round: of }) => (severity === 'invalid' || code === CEILING) && (of ?? round) === round)?.message ?? null;
}

function jobs(runs: readonly JobRun[]): Omit<Figures, 'unfit' | 'inFlight'> {
  const done = runs.filter(({ outcome }) => outcome === 'done');
  return pieces(runs.map(({ submittedMs, endMs }) => ({ startMs: submittedMs, endMs })), done.map(({ submittedMs, endMs }) => endMs - submittedMs));
}

function encodes(all: readonly EncodeJob[]): Figures {
  const done = all.filter(({ failure }) => failure === null);
  const failed = all.find(({ failure }) => failure !== null);
  return { ...pieces(all, done.map(({ wallMs }) => wallMs)), inFlight: null, unfit: failed === undefined ? null : `${all.length - done.length} of ${all.length} encodes failed: ${failed.failure?.message ?? ''}` };
}

/** @param done how long each took that ended well */
function pieces(all: readonly { startMs: number; endMs: number }[], done: readonly number[]): Omit<Figures, 'unfit' | 'inFlight'> {
  const spanMs = Math.max(...all.map(({ endMs }) => endMs)) - Math.min(...all.map(({ startMs }) => startMs));
  if (all.length === 0 || done.length === 0 || !(spanMs > 0)) return { throughputPerSecond: null, residenceMs: null, p95Ms: null };
  const sorted = [...done].sort((a, b) => a - b);
  return {
    throughputPerSecond: (done.length * 1_000) / spanMs,
    residenceMs: done.reduce((sum, ms) => sum + ms, 0) / done.length,
    p95Ms: sorted[Math.ceil(0.95 * sorted.length) - 1] ?? null,
  };
}
