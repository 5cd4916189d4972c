import { describe, expect, it } from 'vitest';
import type { CapacityRecord } from '../../../src/record/capacity.ts';
import type { ScalingRecord } from '../../../src/record/scaling.ts';
import type { EncodeDetail, WorkloadRecord } from '../../../src/record/schema.ts';
import { planView } from '../../../src/report/capacity/plan-view.ts';
import { viewMarkdown } from '../../../src/report/capacity/markdown.ts';
import { scalingRecord } from '../../support/capacity-records.ts';
import { bothEncoders, CAPACITY, jobSearch, jobsWorkload, ofScenario, project } from '../../support/plan-records.ts';
import { encodeWorkload, passRecord, recordOf, slaResult } from '../../support/records.ts';

const RUN = { 'a/result.json': passRecord() };
const planned = async (search: CapacityRecord, run: object = RUN['a/result.json']) => (await (await project({ 'a/result.json': run, 's/capacity.json': search }))()).record;

describe('what a search says', () => {
  it('plans with the lower of its low end and of the rate that was held, and scales out at what was seen at the highest rate that was kept', async () => {
    const record = await planned(jobSearch(), recordOf([jobsWorkload()]));
    expect(record.server).toMatchObject({ basis: 'search', perSecond: 303, measuredPerSecond: 337, limit: { metric: 'completion.p95', ms: 100 }, processingMs: 4_000, concurrency: null, cautions: [] });
    expect(record.thresholds.queue).toEqual({ basis: 'measured', underWay: 4, lostAt: 60 });
    expect(record.thresholds.cpu).toEqual({ share: expect.closeTo((334.1 / 380) * 0.7) as number, basis: 'measured' });
    expect(viewMarkdown(planView(record))).toContain('a server has more than 4 videos under way, waiting or at work: so many it had at the highest rate that kept the SLA, and 60 at the lowest that did not (seen)');
  });

  it('plans with less where 90 % were not held, and says so', async () => {
    const verification = { ratePerSecond: 303, durationMs: 50_000, kept: false, figures: [] };
    const record = await planned(jobSearch({ verification }));
    expect(record.server.perSecond).toBe(160);
    // What was under way at a rate so far below is no threshold, and how long one video takes nobody measured.
    expect(record.thresholds.queue).toBeNull();
    expect(record.cautions.join()).toContain('303/s, 90 % of what the search 20260203-150000-srch found, were NOT held for longer: planned with 160/s');
    await expect(planned(jobSearch({ verification: { ...verification, ratePerSecond: 30 } }))).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('no lower rate was kept') as string });
  });

  it('is an answer of its own where no rate keeps the SLA, whatever else is stored', async () => {
    const hopeless = jobSearch({ outcome: { type: 'failed-at-lowest', ratePerSecond: 40 }, estimate: null, verification: null });
    await expect(planned(hopeless, recordOf([jobsWorkload()]))).rejects.toMatchObject({ exitCode: 2, message: 'the search 20260203-150000-srch over make-video found nothing to plan with: a limit is not kept even at 40/s' });
    await expect(planned({ ...hopeless, outOfTime: true })).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('a limit is not kept at 40/s, and its time was over before a lower rate was decided') as string });
    const generator = jobSearch({ outcome: { type: 'generator-limited', keptPerSecond: null, generatorPerSecond: 40 }, estimate: null, verification: null });
    await expect(planned(generator)).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('the load generator gave way') as string });
    await expect(planned(jobSearch({ outcome: null, estimate: null, verification: null }))).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('not at its end') as string });
  });

  it('is a bound where the generator gave way or the highest rate was kept', async () => {
    const bound = await planned(jobSearch({ outcome: { type: 'generator-limited', keptPerSecond: 320, generatorPerSecond: 640 }, verification: null }));
    expect(bound.server.perSecond).toBe(320);
    expect(bound.cautions.join()).toContain('where the load generator gave way: a server makes at least this');
    expect((await planned(jobSearch({ outcome: { type: 'kept-at-highest', ratePerSecond: 320 }, estimate: null }))).cautions.join()).toContain('at the highest rate tried, 320/s');
  });

  it('is no more than what was made, where trials were too short for the limit', async () => {
    const search = jobSearch();
    const levels = search.levels.map((level) => ({ ...level, trials: level.trials.map((trial) => ({ ...trial, completedPerSecond: Math.min(trial.completedPerSecond ?? 0, 120) })) }));
    const record = await planned({ ...search, levels });
    expect(record.server.perSecond).toBe(120);
    expect(record.cautions.join()).toContain('only 120/s were made: the trials were too short for the queue to grow past the limit. Planned with what was made.');
  });

  it('asks for the time of one video where the deployment says how many come at once', async () => {
    const { record } = await (await project({ 's/capacity.json': jobSearch() }))();
    expect(record.deployments[0]?.bursts).toEqual([]);
    expect(record.asks.join()).toContain('When videos are done that are submitted at once (concurrent of production): no stored run says how long one video takes');
    expect((await planned(jobSearch(), recordOf([jobsWorkload()]))).asks.join()).not.toContain('submitted at once');
    const { record: alone } = await (await project({ 's/capacity.json': jobSearch() }, { capacity: CAPACITY.replace('concurrent: [1, 20], ', '') }))();
    expect(alone.asks.join()).not.toContain('submitted at once');
  });

  it('says nothing of the processors of a service elsewhere', async () => {
    const target = 'http://videos.example:8000';
    const run = recordOf([jobsWorkload()]);
    const record = await planned(jobSearch({ target }), { ...run, scenarios: run.scenarios.map((each) => ({ ...each, target })) });
    expect(record.thresholds.cpu).toBeNull();
    expect(record.asks.join()).toContain(`the service runs on another machine (${target})`);
    await expect(planned(jobSearch({ target }))).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('two services') as string });
  });
});

describe('what a run says', () => {
  it.each([0, -1])('is refused where videos cannot be divided by it: %d', async (wrong) => {
    const all = ({ id }: { id: string }): boolean => id === 'batch.videosPerHour' || id === 'output.bytes';
    const spoilt = (workload: WorkloadRecord): WorkloadRecord => ({ ...workload, metrics: workload.metrics.map((each) => (all(each) ? { ...each, value: wrong, rounds: each.rounds.map(() => wrong) } : each)) });
    for (const [workload, name] of [[jobsWorkload(), 'make-video'], [bothEncoders(), 'encode-batch-10']] as const) {
      const refusal = { exitCode: 2, message: `${name} of the run ${recordOf([workload]).run.id} says that a server makes ${wrong === 0 ? '0' : '-1'} videos an hour: nothing can be planned with that` };
      await expect((await project({ 'a/result.json': recordOf([spoilt(workload)]) }))()).rejects.toMatchObject(refusal);
    }
    const batch = bothEncoders();
    const ofGpu = { ...batch, metrics: batch.metrics.map((each) => (each.labels['encoder'] === 'h264_nvenc' ? (spoilt({ ...batch, metrics: [each] }).metrics[0] ?? each) : each)) };
    await expect((await project({ 'a/result.json': recordOf([ofGpu]) }))()).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('videos an hour') as string });
  });

  it('is refused where a video has less than no bytes, or so little is made that servers cannot be counted', async () => {
    const of = (id: string, value: number): WorkloadRecord => ({ ...bothEncoders(), metrics: bothEncoders().metrics.map((each) => (each.id === id ? { ...each, value, rounds: each.rounds.map(() => value) } : each)) });
    await expect((await project({ 'a/result.json': recordOf([of('output.bytes', -1)]) }))()).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('says that a video has -1 bytes') as string });
    await expect((await project({ 'a/result.json': recordOf([of('output.bytes', 1e308)]) }))()).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('can be counted') as string });
    await expect((await project({ 'a/result.json': recordOf([of('batch.videosPerHour', 1e-300)]) }))()).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('can be counted') as string });
  });

  it('jobs: the limit on the highest percentile, with the time of that percentile', async () => {
    const { record } = await (await project({ 'a/result.json': recordOf([jobsWorkload()]) }))();
    expect(record.server).toMatchObject({ basis: 'jobs', perSecond: 1.9, limit: { metric: 'completion.p95', ms: 420_000 }, processingMs: 4_000 });
    // (420 s − 4 s) × 1.9 a second
    expect(record.thresholds.queue).toEqual({ basis: 'computed', waiting: 790 });
    expect(record.thresholds.cpu).toBeNull();
    expect(record.asks.join()).toContain('nobody looked at them while these videos were made. bench capacity scale');
  });

  it('jobs: the processors as a scaling of the same workload saw them, and that its knee may be the service’s present cap', async () => {
    const scaling = scalingRecord();
    const { record } = await (await project({ 'a/result.json': recordOf([jobsWorkload()]), 'b/scaling.json': { ...scaling, workload: 'make-video', workloadKind: 'job', target: 'embedded', series: scaling.series.slice(1).map((each) => ({ ...each, subject: '' })) } }))();
    expect(record.thresholds.cpu).toEqual({ share: expect.closeTo(0.99 * 0.7) as number, basis: 'computed' });
    expect(record.thresholds.maxConcurrentJobs).toMatchObject({ value: 3, of: 'jobs' });
    expect(viewMarkdown(planView(record))).toContain('where that is its present MAX_CONCURRENT_JOBS, raise it and measure again');
  });

  it('encodes: what a scaling saw of the CPU’s own encoder and thread policy, not of the GPU’s', async () => {
    const { load: _, ...detail } = bothEncoders().detail as EncodeDetail;
    const scaling = scalingRecord();
    const [auto, split] = scaling.series;
    if (auto === undefined || split === undefined) throw new Error('two thread policies were measured');
    const nvenc = { ...auto, subject: 'h264_nvenc, threads auto', knee: 8, best: 8, levels: auto.levels.map((level) => ({ ...level, throughputPerSecond: 1_000, rounds: level.rounds.map((round) => ({ ...round, machineBusy: 0.3 })) })) };
    const plan = async (series: ScalingRecord['series'], more: Partial<ScalingRecord> = {}) => (await (await project({ 'a/result.json': recordOf([{ ...bothEncoders(), detail }]), 'b/scaling.json': { ...scaling, series, ...more } }))()).record;
    const record = await plan([nvenc, auto]);
    expect(record.server.subject).toBe('libx264');
    expect(record.thresholds.maxConcurrentJobs).toMatchObject({ subject: 'libx264, threads auto', workload: 'encode-batch-10', basis: auto.knee === null ? 'best' : 'knee' });
    // At 0.99 and 0.95, not their median with the GPU's 0.3.
    expect(record.thresholds.cpu).toEqual((await plan([auto])).thresholds.cpu);
    // Of two policies the one that makes more, as the policy of the run is not named.
    expect((await plan([auto, split])).thresholds.cpu).toEqual((await plan([split])).thresholds.cpu);
    expect((await plan([nvenc])).thresholds).toMatchObject({ cpu: null, maxConcurrentJobs: null });
    expect(record.cautions).toEqual([]);
  });

  it('takes MAX_CONCURRENT_JOBS from the workload that is planned with, and warns where it is of other videos', async () => {
    const encodes = scalingRecord();
    const jobs = { ...encodes, run: { ...encodes.run, id: 'jobs' }, workload: 'make-video', workloadKind: 'job' as const, target: 'embedded', series: encodes.series.slice(0, 1).map((each) => ({ ...each, subject: '' })) };
    const stored = { 'a/result.json': ofScenario(recordOf([jobsWorkload(), bothEncoders()])), 'b/scaling.json': ofScenario(encodes), 'c/scaling.json': ofScenario(jobs) };
    const of = async (workload: string) => (await (await project(stored))({ workload })).record;
    expect((await of('make-video')).thresholds.maxConcurrentJobs).toMatchObject({ of: 'jobs', runId: 'jobs' });
    expect((await of('encode-batch-10')).thresholds.maxConcurrentJobs).toMatchObject({ of: 'encodes', runId: encodes.run.id });
    const { 'c/scaling.json': _, ...without } = stored;
    const { record } = await (await project(without))({ workload: 'make-video' });
    expect(record.thresholds.maxConcurrentJobs?.of).toBe('encodes');
    expect(record.cautions).toContain('MAX_CONCURRENT_JOBS is of other videos than servers, as far as is known: encode-batch-10 (30 s of 360 lines), make-video (200 ms of 90 lines).');
  });

  it('jobs at a rate are a bound, and speak only where nothing measured what a server makes', async () => {
    const batch = passRecord().scenarios[0]?.workloads.find(({ name }) => name === 'encode-batch-10');
    const rated = jobsWorkload({ ratePerSecond: 2 });
    expect((await (await project({ 'a/result.json': recordOf(batch === undefined ? [] : [rated, batch]) }))()).record.server.basis).toBe('encodes');
    const { record } = await (await project({ 'a/result.json': recordOf([rated]) }))();
    expect(record.server.basis).toBe('jobs');
    expect(record.cautions.join()).toContain('it makes at least that');
  });

  it('only broken critical limits of the case itself refuse it; those that are open are named', async () => {
    const batch = encodeWorkload({ name: 'encode-batch-10', jobs: 10, concurrency: [1, 2], encoders: ['libx264', 'h264_nvenc'] });
    const of = (encoder: string, concurrency: string) => ({ metric: `encode.wall{concurrency=${concurrency},encoder=${encoder}}` });
    const kept = slaResult(batch, 'encode.wall', '<=', 420_000, of('libx264', '1'));
    const plan = async (...sla: (typeof kept)[]) => (await (await project({ 'a/result.json': recordOf([{ ...batch, sla }]) }))()).record;
    const slow = { ...kept, verdict: 'breach' as const };
    expect((await plan(kept, { ...slow, severity: 'warning' }, { ...slow, ...of('h264_nvenc', '1') }, { ...slow, ...of('h264_nvenc', '2') })).server).toMatchObject({ subject: 'libx264', cautions: [] });
    // Two at once were too slow: what one at a time makes counts.
    expect((await plan(kept, { ...slow, ...of('libx264', '2') })).server.concurrency).toBe(1);
    await expect(plan({ ...slow, metric: 'encode.wall{encoder=libx264}' })).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('broke its SLA') as string });
    await expect(plan({ ...kept, severity: 'info' })).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('has no limit in its SLA') as string });
    const open = await plan({ ...kept, ...of('libx264', '2'), verdict: 'too-few-samples' }, kept);
    expect(open.cautions).toEqual([expect.stringMatching(/^Not shown to be within the SLA of encode-batch-10 .*encode\.wall\{concurrency=2,encoder=libx264\} \(too few samples\)/) as string]);
  });
});
