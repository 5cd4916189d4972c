import { metric } from '../../record/metrics.ts';
import type { EncodeJob, EncodeSeries, Finding, Metric } from '../../record/schema.ts';
import { subjectOf, titleOf, type EncodeCase } from './cases.ts';
import type { FramePoint } from './encode-once.ts';
import type { Quality } from './quality.ts';

/** One case as it was measured in one round. Jobs that an interrupt ended are not in it. */
export interface CaseResult {
  case: EncodeCase;
  round: number;
  jobs: EncodeJob[];
  /** Null where the batch was interrupted. */
  makespanMs: number | null;
  /** Frames over time of a single encode; empty for batches. */
  points: FramePoint[];
  /** Of one of its outputs; null where it was not measured. */
  quality: Quality | null;
  /** When it ran, on the clock of `performance.now()`. */
  span: { startedAt: number; endedAt: number };
}

interface ClipFigures {
  durationMs: number;
}

type Done = EncodeJob & { failure: null };
type Figure = (result: CaseResult, done: Done[], clip: ClipFigures) => number | null;

/** Of each encode: the median where there are several. A failed encode has no time. */
const OF_AN_ENCODE: Readonly<Record<string, Figure>> = {
  'encode.wall': (_, done) => median(done.map((job) => job.wallMs)),
  'encode.fps': (_, done) => median(done.map((job) => ((job.frames ?? 0) / job.wallMs) * 1_000)),
  'encode.speed': (_, done, clip) => median(done.map((job) => clip.durationMs / job.wallMs)),
  'encode.memory': (_, done) => median(done.flatMap((job) => job.peakMemoryBytes ?? [])),
  'encode.firstOutput': (_, done) => median(done.flatMap((job) => job.firstOutputMs ?? [])),
  'output.bytes': (_, done) => median(done.flatMap((job) => job.outputBytes ?? [])),
  'output.bitrate': (_, done, clip) => median(done.flatMap((job) => (job.outputBytes === null ? [] : (job.outputBytes * 8_000) / clip.durationMs))),
  'quality.psnr': ({ quality }) => quality?.psnr ?? null,
  'quality.ssim': ({ quality }) => quality?.ssim ?? null,
  'quality.vmaf': ({ quality }) => quality?.vmaf ?? null,
};

const OF_A_SINGLE: Readonly<Record<string, Figure>> = {
  ...OF_AN_ENCODE,
  'encode.cpu': (_, done) => median(done.flatMap((job) => job.cpuMs ?? [])),
};

const OF_A_BATCH: Readonly<Record<string, Figure>> = {
  // A batch that lost jobs was done sooner for it: that is no time of a batch.
  'batch.makespan': (result, done) => (done.length === result.case.jobs ? result.makespanMs : null),
  'batch.cpu': (result, done) => {
    const cpuMs = done.flatMap((job) => job.cpuMs ?? []);
    return cpuMs.length === result.case.jobs ? sum(cpuMs) : null;
  },
  'batch.videosPerHour': (result, done) => (result.makespanMs === null || result.makespanMs === 0 ? null : (done.length / result.makespanMs) * 3_600_000),
  ...OF_AN_ENCODE,
};

const OF_A_DECODE: Readonly<Record<string, Figure>> = {
  'decode.wall': (_, done) => median(done.map((job) => job.wallMs)),
  'decode.fps': (_, done) => median(done.map((job) => ((job.frames ?? 0) / job.wallMs) * 1_000)),
};

const figuresOf = (each: EncodeCase): Readonly<Record<string, Figure>> => (each.work === 'decode' ? OF_A_DECODE : each.jobs === 1 ? OF_A_SINGLE : OF_A_BATCH);

/**
 * The metrics of each case. `value` is the median of the rounds; for the success rate it is the share over all encodes,
 * because a median would hide a failure. `n` is the number of encodes behind it. A metric without a figure is left out.
 */
export function metricsOf(cases: readonly EncodeCase[], results: readonly CaseResult[], rounds: number, clip: ClipFigures): Metric[] {
  return cases.flatMap((each) => {
    const own = results.filter((result) => result.case === each);
    const { labels } = each;
    const byRound = (figure: Figure): (number | null)[] =>
      Array.from({ length: rounds }, (_, round) => {
        const result = own.find((one) => one.round === round);
        return result === undefined ? null : figure(result, doneOf(result), clip);
      });
    const timed = Object.entries(figuresOf(each)).flatMap(([id, figure]) => {
      const values = byRound(figure);
      const value = median(values.flatMap((one) => one ?? []));
      const n = sum(own.filter((result) => values[result.round] !== null).map((result) => doneOf(result).length));
      return value === null ? [] : [metric(id, labels, value, values, n)];
    });
    const attempted = sum(own.map((result) => result.jobs.length));
    if (attempted === 0 || each.work === 'decode') return timed;
    const succeeded = sum(own.map((result) => doneOf(result).length));
    const shares = byRound((result, done) => (result.jobs.length === 0 ? null : done.length / result.jobs.length));
    return [...timed, metric('success.rate', labels, succeeded / attempted, shares, attempted)];
  });
}

/** Failed encodes by case and cause: they are results, and a reader should not have to search for them. */
export function findingsOf(results: readonly CaseResult[]): Finding[] {
  const groups = new Map<string, { title: string; cause: string; message: string; remedy: string; count: number; of: number }>();
  for (const result of results) {
    const title = titleOf(result.case);
    const of = sum(results.filter((other) => other.case === result.case).map((other) => other.jobs.length));
    for (const { failure } of result.jobs) {
      if (failure === null) continue;
      const key = `${title}/${failure.cause}`;
      const group = groups.get(key) ?? { title, ...failure, count: 0, of };
      groups.set(key, { ...group, count: group.count + 1 });
    }
  }
  return [...groups.values()].map(({ title, cause, message, remedy, count, of }) => ({
    severity: 'warning',
    code: `encode-failed-${cause}`,
    message: `${title}: ${count} of ${of} encodes failed: ${message}`,
    remedy,
  }));
}

/** Jobs as a timeline, and the frame rate over time of single encodes. */
export function seriesOf(results: readonly CaseResult[]): EncodeSeries {
  return {
    kind: 'encode',
    jobs: results.flatMap((result) => result.jobs),
    progress: results.flatMap(({ round, case: each, points }) => (points.length === 0 ? [] : [{ round, encoder: subjectOf(each), points: frameRates(points) }])),
  };
}

const MOST_POINTS = 200;

/** [ms since the start, frames a second since the point before], at most 200 of them. */
export function frameRates(points: readonly FramePoint[]): [number, number][] {
  const step = Math.max(1, Math.ceil(points.length / MOST_POINTS));
  // Counted from the end, so that the last point is always there.
  const kept = points.filter((_, index) => (points.length - 1 - index) % step === 0);
  let [beforeMs, beforeFrames]: FramePoint = [0, 0];
  return kept.flatMap(([ms, frames]): [number, number][] => {
    if (ms <= beforeMs) return [];
    const rate = ((frames - beforeFrames) / (ms - beforeMs)) * 1_000;
    [beforeMs, beforeFrames] = [ms, frames];
    return [[ms, rate]];
  });
}

const doneOf = (result: CaseResult): Done[] => result.jobs.filter((job): job is Done => job.failure === null);
export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.ceil((sorted.length - 1) / 2)]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}
