import { describe, expect, it } from 'vitest';
import { analyseScaling } from '../../../src/capacity/scaling/analyse.ts';
import { roundsSeen } from '../../../src/pipeline/scaling-seen.ts';
import { seededRandom } from '../../../src/random.ts';
import { metric } from '../../../src/record/metrics.ts';
import type { EncodeJob, JobRun } from '../../../src/record/schema.ts';
import type { Measurement } from '../../../src/workloads/contract.ts';
import { QUIET } from '../../support/capacity-doubles.ts';

const place = { concurrency: 2, round: 0, machineBusy: null };
const rest: Pick<Measurement, 'metrics' | 'histograms' | 'notMeasured' | 'detail'> = { metrics: [], histograms: [], notMeasured: [], detail: { kind: 'http', model: 'closed', engine: 'readybench-closed', requests: [], iterations: [] } };

/** Two at once, a second each, three one after the other. */
const jobs = [0, 1, 2].flatMap((turn) =>
  [0, 1].map((lane): JobRun => ({
    round: 0, job: 2 * turn + lane, lane, outcome: 'done', submittedMs: 1_000 * turn, submitLateMs: null, acceptedMs: 1_000 * turn, endMs: 1_000 * (turn + 1), lateByMs: null, queueWaitMs: null, processingMs: null, polls: 1, bytes: 9, removed: 'yes', message: null,
  })),
);
const ofJobs = (underWay: { mean: number; spanMs: number } | null): Measurement => ({ ...rest, validity: { status: 'valid', findings: [] }, series: { kind: 'job', jobs, underWay: underWay === null ? [] : [{ round: 0, ...underWay }] } });
const judged = (measurement: Measurement) => analyseScaling('', roundsSeen(measurement, place).map(({ seen }) => seen), seededRandom(1)).levels[0]?.rounds[0];

describe('a round of jobs', () => {
  it('is checked with the number under way as it was counted by itself', () => {
    expect(judged(ofJobs({ mean: 2, spanMs: 3_000 }))).toMatchObject({ throughputPerSecond: 2, residenceMs: 1_000, inFlight: 2, littleOff: 0, invalid: null });
  });

  it('does not count where that says otherwise', () => {
    const round = judged(ofJobs({ mean: 3, spanMs: 3_000 }));
    expect(round?.littleOff).toBeCloseTo(-1 / 3);
    expect(round?.invalid).toContain('Little’s law');
    expect(round?.unfit).toBeNull();
  });

  it('is not checked where nobody counted', () => {
    expect(judged(ofJobs(null))).toMatchObject({ inFlight: null, littleOff: null, invalid: null });
  });
});

describe('a round of encodes', () => {
  it('is not checked: how many were under way is known from their own times alone', () => {
    const encode = (job: number): EncodeJob => ({ round: 0, encoder: 'libx264', concurrency: 2, job, worker: job, startMs: 0, endMs: 1_000, wallMs: 1_000, cpuMs: 900, peakMemoryBytes: null, firstOutputMs: null, frames: 24, outputBytes: 9, failure: null });
    const [seen] = roundsSeen({ ...rest, validity: { status: 'valid', findings: [] }, series: { kind: 'encode', jobs: [encode(0), encode(1)], progress: [] } }, place);
    expect(seen).toMatchObject({ subject: 'libx264', seen: { throughputPerSecond: 2, residenceMs: 1_000, inFlight: null, unfit: null } });
  });
});

describe('a round of requests', () => {
  const requests = (finding: { severity: 'warning' | 'invalid'; code: string; round?: number }): string | null | undefined =>
    roundsSeen(
      {
        ...rest, metrics: [metric('throughput', {}, 900, [900], 900)],
        validity: { status: 'suspect', findings: [{ message: 'The generator was busy all the time.', remedy: '', ...finding }] },
        series: { kind: 'http', spectrum: [], rounds: [{ round: 0, windows: [QUIET, QUIET] }] },
      },
      place,
    )[0]?.seen.unfit;

  it('in which the generator was the limit says nothing of the service: its ceiling is no contention', () => {
    expect(requests({ severity: 'warning', code: 'generator-is-the-limit', round: 0 })).toBe('The generator was busy all the time.');
    expect(requests({ severity: 'warning', code: 'generator-is-the-limit', round: 1 })).toBeNull();
  });

  it('counts with any other warning, and not where it is invalid', () => {
    expect(requests({ severity: 'warning', code: 'in-flight-limit-reached', round: 0 })).toBeNull();
    expect(requests({ severity: 'invalid', code: 'no-answers', round: 0 })).not.toBeNull();
  });
});
