import { describe, expect, it } from 'vitest';
import type { CapacityRecord } from '../../../src/record/capacity.ts';
import type { RunRecord } from '../../../src/record/schema.ts';
import { scalingRecord, searchRecord } from '../../support/capacity-records.ts';
import { bothEncoders, CAPACITY, jobSearch, jobsWorkload, ofScenario, project } from '../../support/plan-records.ts';
import { recordOf } from '../../support/records.ts';

type AnyRecord = Pick<CapacityRecord, 'environment'> & { run: { id: string; startedAt: string; status: CapacityRecord['run']['status'] } };

/** The same record, made at another time. */
const at = <R extends AnyRecord>(record: R, id: string, day: number): R => ({ ...record, run: { ...record.run, id, startedAt: `2026-02-0${day}T15:00:00.000Z` } });
const interrupted = <R extends AnyRecord>(record: R): R => ({ ...record, run: { ...record.run, status: 'interrupted' } });
const elsewhere = <R extends AnyRecord>(record: R): R => ({ ...record, environment: { ...record.environment, hash: 'another' } });
const refused = (message: string) => ({ exitCode: 2, message: expect.stringContaining(message) as string });

describe('the records that are planned from', () => {
  const run = ofScenario(recordOf([jobsWorkload(), bothEncoders()]));
  const tiny = (day: number): CapacityRecord => at(ofScenario(jobSearch({ workload: 'tiny' })), 'of-tiny', day);
  const ofVideos = (day: number): CapacityRecord => at(ofScenario(jobSearch()), 'of-videos', day);

  it('are the newest of each workload: a later search over another one takes nothing away', async () => {
    const stored = { 'a/result.json': at(run, 'a', 1), 'b/capacity.json': ofVideos(2), 'c/capacity.json': tiny(3) };
    expect((await (await project(stored))({ workload: 'make-video' })).record.server).toMatchObject({ basis: 'search', runId: 'of-videos' });
    expect((await (await project(stored))({ workload: 'tiny' })).record.server).toMatchObject({ basis: 'search', runId: 'of-tiny' });
    const like = CAPACITY.replace('{ videosPerDay', '{ video: { duration: 200ms, height: 90 }, videosPerDay');
    const { record } = await (await project(stored, { capacity: like }))();
    expect(record.server.runId).toBe('of-videos');
    expect(record.asks.join()).not.toContain('searches for it');
    expect(record.sources).toEqual([{ runId: 'a', kind: 'run' }, { runId: 'of-videos', kind: 'search' }]);
  });

  it('are so by when they began, whatever the folder is called', async () => {
    const old = { ...ofVideos(2), estimate: { ratePerSecond: 200, low: 150, high: 250, confidence: 0.95 } };
    const stored = { 'a/result.json': at(run, 'a', 1), 'run/capacity.json': at(old, 'old', 2), '20260203T150000.000Z-aaaaaa/capacity.json': ofVideos(3) };
    const { record } = await (await project(stored))();
    expect(record.server.runId).toBe('of-videos');
    expect(record.sources).toEqual([{ runId: 'a', kind: 'run' }, { runId: 'of-videos', kind: 'search' }]);
  });

  it('are found however many plans lie beside them', async () => {
    const plans = Object.fromEntries(Array.from({ length: 250 }, (_, index) => [`p${index}/plan.json`, {}]));
    expect((await (await project({ ...plans, 'a/result.json': run }))()).record.server.basis).toBe('jobs');
  });

  it('may be several runs, each with workloads of its own', async () => {
    const stored = { 'a/result.json': at(ofScenario(recordOf([jobsWorkload()])), 'jobs', 1), 'b/result.json': at(ofScenario(recordOf([bothEncoders()])), 'encodes', 2) };
    const { record } = await (await project(stored))();
    expect(record.server).toMatchObject({ basis: 'jobs', runId: 'jobs' });
    expect(record.gpu?.cpu.runId).toBe('encodes');
    expect(record.sources).toEqual([{ runId: 'encodes', kind: 'run' }, { runId: 'jobs', kind: 'run' }]);
  });

  it('are said to be left out where they cannot be read, for they may be the newest', async () => {
    const plan = await project({ 'a/result.json': run, 'b/result.json': { ...run, run: 'cut' }, 'c/capacity.json': {} });
    const { cautions } = (await plan()).record;
    expect(cautions.filter((each) => each.startsWith('left out: '))).toEqual([expect.stringMatching(/b.result\.json is not what it should be: run: /) as string, expect.stringMatching(/c.capacity\.json is not what it should be/) as string]);
    expect((await plan({ from: ['a'] })).record.cautions.join()).not.toContain('left out');
    await expect((await project({ 'b/result.json': { ...run, run: 'cut' } }))()).rejects.toMatchObject({ ...refused('no complete run'), hint: expect.stringMatching(/\nleft out: .*result\.json is not what it should be/) as string });
  });

  it('belong to the newest run: older ones of another machine or service are passed over, newer ones are an error', async () => {
    const plan = async (search: CapacityRecord) => (await (await project({ 'a/result.json': at(run, 'a', 5), 'b/capacity.json': search }))()).record;
    expect((await plan(ofVideos(4))).server.basis).toBe('search');
    expect((await plan(elsewhere(ofVideos(4)))).server.basis).toBe('jobs');
    expect((await plan({ ...ofVideos(4), target: 'http://videos.example' })).server.basis).toBe('jobs');
    await expect(plan(elsewhere(ofVideos(6)))).rejects.toMatchObject(refused('runs of different machines'));
    await expect(plan({ ...ofVideos(6), target: 'http://videos.example' })).rejects.toMatchObject(refused('two services'));
  });
});

describe('records that are named', () => {
  const run: RunRecord = recordOf([jobsWorkload(), bothEncoders()]);

  it('must be complete: what was interrupted is no capacity', async () => {
    const plan = await project({ 'a/result.json': run, 'i/result.json': interrupted(run), 's/capacity.json': interrupted(jobSearch()), 'c/scaling.json': interrupted(scalingRecord()) });
    await expect(plan({ from: ['i'] })).rejects.toMatchObject(refused('is not complete (interrupted)'));
    await expect(plan({ from: ['a', 's'] })).rejects.toMatchObject(refused('the search 20260203-150000-srch is not complete'));
    await expect(plan({ from: ['a', 'c'] })).rejects.toMatchObject(refused('the scaling 20260203-160000-scal is not complete'));
    await expect(plan({ from: ['a'], gpu: 'i' })).rejects.toMatchObject(refused('is not complete (interrupted)'));
  });

  it('must say something of the videos of the scenario: none is left out without a word', async () => {
    const another = { ...at(run, 'another', 1), scenarios: run.scenarios.map((each) => ({ ...each, name: 'another' })) };
    const plan = await project({ 'a/result.json': run, 'o/result.json': elsewhere(another), 's/capacity.json': searchRecord() });
    await expect(plan({ from: ['o', 'a'] })).rejects.toMatchObject(refused('the run another says nothing of videos of video-generation-api'));
    await expect(plan({ from: ['a', 's'] })).rejects.toMatchObject(refused('the search 20260203-150000-srch says nothing of videos'));
  });

  it('are planned from as they are, the newer one where two measured the same', async () => {
    const plan = await project({ 'a/result.json': at(run, 'old', 1), 'b/result.json': at(run, 'new', 2), 'c/result.json': at(run, 'newest', 3) });
    const { record } = await plan({ from: ['b', 'a'] });
    expect(record.server.runId).toBe('new');
    expect(record.sources).toEqual([{ runId: 'new', kind: 'run' }]);
    expect(record.environment).toEqual(run.environment);
  });
});
