import { describe, expect, it } from 'vitest';
import { analyseScaling } from '../../../src/capacity/scaling/analyse.ts';
import { Histogram } from '../../../src/load/histogram.ts';
import { roundsSeen } from '../../../src/pipeline/scaling-seen.ts';
import { seededRandom } from '../../../src/random.ts';
import { metric } from '../../../src/record/metrics.ts';
import type { EncodeJob, HostLoad, HttpDetail, HttpWindow, JobRun } from '../../../src/record/schema.ts';
import type { ScalingRound } from '../../../src/record/scaling.ts';
import type { Measurement } from '../../../src/workloads/contract.ts';
import { QUIET } from '../../support/capacity-doubles.ts';
import { encodeWorkload } from '../../support/records.ts';

const place = { concurrency: 2, round: 0, machineBusy: null };
const http: HttpDetail = { kind: 'http', model: 'closed', engine: 'readybench-closed', requests: [], iterations: [] };
const rest: Pick<Measurement, 'metrics' | 'histograms' | 'notMeasured' | 'detail'> = { metrics: [], histograms: [], notMeasured: [], detail: http };
const judged = (measurement: Measurement, concurrency = 2): ScalingRound | undefined => analyseScaling('', roundsSeen(measurement, { ...place, concurrency }).map(({ seen }) => seen), seededRandom(1)).levels[0]?.rounds[0];

const run = (job: number, lane: number, submittedMs: number, endMs: number, change: Partial<JobRun> = {}): JobRun => ({
  round: 0, job, lane, outcome: 'done', submittedMs, submitLateMs: null, acceptedMs: submittedMs, endMs, lateByMs: null, queueWaitMs: null, processingMs: null, polls: 1, bytes: 9, removed: 'yes', message: null, ...change,
});
const ofJobs = (jobs: JobRun[], underWay: { mean: number; spanMs: number } | null): Measurement => ({ ...rest, validity: { status: 'valid', findings: [] }, series: { kind: 'job', jobs, underWay: underWay === null ? [] : [{ round: 0, ...underWay }] } });

describe('a round of jobs', () => {
  /** Two at once, a second each, three one after the other. */
  const jobs = [0, 1, 2].flatMap((turn) => [0, 1].map((lane) => run(2 * turn + lane, lane, 1_000 * turn, 1_000 * (turn + 1))));

  it('is checked with the number under way as it was counted by itself', () => {
    expect(judged(ofJobs(jobs, { mean: 2, spanMs: 3_000 }))).toMatchObject({ throughputPerSecond: 2, residenceMs: 1_000, inFlight: 2, failedShare: 0, littleOff: 0, invalid: null });
  });

  it('does not count where that says otherwise', () => {
    const round = judged(ofJobs(jobs, { mean: 3, spanMs: 3_000 }));
    expect(round?.littleOff).toBeCloseTo(-1 / 3);
    expect(round?.invalid).toContain('Little’s law');
    expect(round?.unfit).toBeNull();
  });

  it('is not checked where nobody counted', () => {
    expect(judged(ofJobs(jobs, null))).toMatchObject({ inFlight: null, littleOff: null, invalid: null });
  });

  it('in which most were turned away at once does not count, though Little’s law holds of those that were not', () => {
    const taken = [0, 1, 2, 3].map((lane) => run(lane, lane, 0, 10_000));
    const refused = Array.from({ length: 92 }, (_, index) => run(4 + index, 4 + (index % 28), 2 * index, 2 * index + 2, { outcome: 'rejected', acceptedMs: null, bytes: null, message: 'the submit was not accepted: status 429' }));
    expect(judged(ofJobs([...taken, ...refused], { mean: 4, spanMs: 10_000 }), 32)).toMatchObject({
      throughputPerSecond: 0.4, littleOff: 0, failedShare: 92 / 96,
      invalid: '92 of 96 jobs did not end well. Job 5: rejected, the submit was not accepted: status 429',
    });
  });

  it('counts where very few failed', () => {
    const many = Array.from({ length: 50 }, (_, index) => run(index, index % 2, 500 * (index - (index % 2)), 500 * (index - (index % 2)) + 1_000, index === 7 ? { outcome: 'failed', message: 'no' } : {}));
    expect(judged(ofJobs(many, null))).toMatchObject({ failedShare: 1 - 49 / 50, invalid: null });
  });

  it('in which all but one had nothing left to do for most of it does not count', () => {
    const straggling = [0, 1, 2, 3].map((lane) => run(lane, lane, 0, lane === 3 ? 30_000 : 1_000));
    expect(judged(ofJobs(straggling, { mean: 1.1, spanMs: 30_000 }), 4)).toMatchObject({ littleOff: expect.closeTo(0, 10) as number, invalid: 'on average only 1.10 of 4 were at work: a few took much longer than the others' });
  });

  it('counts where between two jobs results were fetched and removed: that is work too', () => {
    const slowlyFetched = [0, 1, 2].flatMap((turn) => [0, 1].map((lane) => run(2 * turn + lane, lane, 1_000 * turn, 1_000 * turn + 200)));
    expect(judged(ofJobs(slowlyFetched, { mean: 0.545, spanMs: 2_200 }))?.invalid).toBeNull();
  });

  it('says how large a result is by those that are right', () => {
    expect(judged(ofJobs([run(0, 0, 0, 1_000, { bytes: 100 }), run(1, 1, 0, 1_000, { bytes: 300 }), run(2, 0, 1_000, 2_000, { bytes: 1, outcome: 'wrong-result', message: 'short' })], null))?.bytes).toBe(200);
  });
});

describe('a round of encodes', () => {
  const encode = (job: number, change: Partial<EncodeJob> = {}): EncodeJob => ({ round: 0, encoder: 'libx264', concurrency: 2, job, worker: job % 2, startMs: 0, endMs: 1_000, wallMs: 1_000, cpuMs: 900, peakMemoryBytes: null, firstOutputMs: null, frames: 24, outputBytes: 9, failure: null, ...change });
  const ofEncodes = (jobs: EncodeJob[], load: HostLoad[] = []): Measurement => {
    const { detail } = encodeWorkload();
    return { ...rest, validity: { status: 'valid', findings: [] }, series: { kind: 'encode', jobs, progress: [] }, detail: detail.kind === 'encode' ? { ...detail, load } : detail };
  };

  it('is not checked: how many were under way is known from their own times alone', () => {
    const [seen] = roundsSeen(ofEncodes([encode(0), encode(1)]), place);
    expect(seen).toMatchObject({ subject: 'libx264', seen: { throughputPerSecond: 2, residenceMs: 1_000, inFlight: null, unfit: null, bytes: 9 } });
  });

  it('has the processors of each subject, seen while that one was encoded', () => {
    const load = (subject: string, cpuMean: number, change: Partial<HostLoad> = {}): HostLoad => ({ round: 0, subject, concurrency: 2, cpuMean, cpuMax: 1, memoryMaxBytes: null, diskReadBytes: null, diskWrittenBytes: null, cpuEnergyJ: null, gpu: null, ...change });
    const jobs = ['h264_nvenc', 'libx264', 'libx265'].flatMap((encoder) => [encode(0, { encoder }), encode(1, { encoder })]);
    const seen = roundsSeen(ofEncodes(jobs, [load('h264_nvenc', 0.1, { round: 1 }), load('h264_nvenc', 0.3), load('libx264', 0.5, { concurrency: 4 }), load('libx264', 1)]), { ...place, machineBusy: 0.65 });
    expect(seen.map(({ subject, seen: { machineBusy } }) => [subject, machineBusy])).toEqual([['h264_nvenc', 0.3], ['libx264', 1], ['libx265', null]]);
  });

  it('does not count where one failed, and not where one worker did most of it alone', () => {
    const failure = { cause: 'session-limit', message: 'no more sessions', remedy: '' };
    expect(judged(ofEncodes([encode(0), encode(1, { failure, outputBytes: null })]))?.invalid).toBe('1 of 2 encodes failed: no more sessions');
    const alone = [0, 1, 2].map((job) => encode(job, job === 0 ? { worker: 0, endMs: 9_000, wallMs: 9_000 } : { worker: job }));
    expect(judged(ofEncodes(alone), 3)?.invalid).toMatch(/^on average only 1\.22 of 3 were at work/);
  });
});

describe('a round of requests', () => {
  interface Given {
    perSecond?: number;
    windows?: HttpWindow[];
    findings?: { severity: 'warning' | 'invalid'; code: string; round?: number }[];
    detail?: HttpDetail;
    meanMs?: number;
  }
  const requests = ({ perSecond = 900, windows = [QUIET, QUIET], findings = [], detail = http, meanMs }: Given): Measurement => {
    const latency = new Histogram();
    if (meanMs !== undefined) latency.record(1_000 * meanMs);
    return {
      ...rest, detail, metrics: [metric('throughput', {}, perSecond, [perSecond], 900)],
      histograms: meanMs === undefined ? [] : [{ id: 'latency', labels: {}, round: 0, unit: 'us', encoded: latency.encode() }],
      validity: { status: 'suspect', findings: findings.map((finding) => ({ message: 'The generator was busy all the time.', remedy: '', ...finding })) },
      series: { kind: 'http', spectrum: [], rounds: [{ round: 0, windows }] },
    };
  };
  const unfit = (finding: { severity: 'warning' | 'invalid'; code: string; round?: number }): string | null | undefined => judged(requests({ findings: [finding] }))?.unfit;

  it('in which the generator was the limit says nothing of the service: its ceiling is no contention', () => {
    expect(unfit({ severity: 'warning', code: 'generator-is-the-limit', round: 0 })).toBe('The generator was busy all the time.');
    expect(unfit({ severity: 'warning', code: 'generator-is-the-limit', round: 1 })).toBeNull();
  });

  it('counts with any other warning, and not where it is invalid', () => {
    expect(unfit({ severity: 'warning', code: 'in-flight-limit-reached', round: 0 })).toBeNull();
    expect(unfit({ severity: 'invalid', code: 'no-answers', round: 0 })).not.toBeNull();
  });

  it('is checked with the number under way at the end of each second but the last', () => {
    const windows = [30, 32, 31, 4].map((inFlight, second) => ({ ...QUIET, second, inFlight }));
    expect(judged(requests({ windows: [...windows, { ...QUIET, second: 4, offered: 0, inFlight: 0 }], perSecond: 310, meanMs: 100 }), 32)).toMatchObject({ inFlight: 31, littleOff: expect.closeTo(0, 2) as number, invalid: null });
  });

  it('is not checked where it was too short for that: nothing is taken for a count', () => {
    for (const windows of [[], [QUIET]]) expect(judged(requests({ windows, perSecond: 10, meanMs: 100 }), 32)).toMatchObject({ inFlight: null, littleOff: null, invalid: null });
  });

  it('in which most requests were refused does not count, and says that and not that Little’s law does not hold', () => {
    const limited = { ...QUIET, offered: 5_000, sent: 5_000, completed: 100, failed: 4_900, inFlight: 32 };
    const detail: HttpDetail = { ...http, requests: [{ labels: {}, sent: 15_000, completed: 300, failed: 14_700, statuses: {}, errors: [{ kind: 'reset', count: 3, example: 'GET /: socket hang up' }, { kind: '4xx', count: 14_697, example: 'GET /: status 429' }] }] };
    const round = judged(requests({ windows: [limited, limited, limited], perSecond: 100, meanMs: 5, detail }), 32);
    expect(round?.invalid).toBe('98 % of 15,000 requests failed, most often 4xx: GET /: status 429');
    expect(round?.failedShare).toBeCloseTo(0.98);
  });

  it('counts where very few failed', () => {
    expect(judged(requests({ windows: [{ ...QUIET, completed: 97, failed: 3 }], perSecond: 97 }))).toMatchObject({ failedShare: 0.03, unfit: null, invalid: null });
  });
});
