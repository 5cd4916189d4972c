import { describe, expect, it } from 'vitest';
import type { RunRecord, WorkloadRecord } from '../../../src/record/schema.ts';
import { planView } from '../../../src/report/capacity/plan-view.ts';
import { viewMarkdown } from '../../../src/report/capacity/markdown.ts';
import { bothEncoders, jobSearch, jobsWorkload, project } from '../../support/plan-records.ts';
import { passRecord, recordOf, slaResult } from '../../support/records.ts';

const run = passRecord();
const elsewhere = (record: RunRecord): RunRecord => ({ ...record, environment: { ...record.environment, hash: 'another' }, run: { ...record.run, id: 'g' } });

describe('GPU against CPU', () => {
  it('at equal quality, where a run with a GPU says both', async () => {
    const { record } = await (await project({ 'a/result.json': recordOf([bothEncoders()]) }))();
    expect(record.gpu?.atEqualQuality).toBe(0.8);
    expect(record.breakEven?.needed).toBeCloseTo(0.526 / 0.34);
    expect(record.breakEven?.speedup).toBeCloseTo((0.8 * (record.gpu?.gpu.perSecond ?? 0)) / record.server.perSecond);
    expect(record.deployments[0]?.gpu?.rows.length).toBeGreaterThan(5);
  });

  it.each([['jobs', {}], ['a search', { 's/capacity.json': jobSearch() }]])('compares the same encodes, never them with videos end to end: %s beside a batch', async (_, search) => {
    const alone = await (await project({ 'a/result.json': recordOf([bothEncoders()]) }))();
    const { record } = await (await project({ 'a/result.json': recordOf([jobsWorkload(), bothEncoders()]), ...search }))();
    expect(record.server.basis).not.toBe('encodes');
    expect(record.gpu?.speedup).toBe(alone.record.gpu?.speedup);
    expect(record.breakEven?.speedup).toBeCloseTo(alone.record.breakEven?.speedup ?? 0);
    // What a GPU server makes is what this one makes, as many times as the encodes gained.
    const [row] = record.costPerVideo;
    expect((row?.gpu ?? 0) / (row?.cpu ?? 1)).toBeCloseTo(0.526 / 0.34 / (record.gpu?.speedup ?? 1));
    expect(viewMarkdown(planView(record))).toContain('A GPU server is computed: what a CPU server makes end to end, times ×');
  });

  it('a run of another machine stands for the GPU only where it is named as that', async () => {
    const plan = await project({ 'a/result.json': run, 'g/result.json': elsewhere(recordOf([bothEncoders()])) });
    await expect(plan({ from: ['a', 'g'] })).rejects.toThrow(/different machines/);
    const { record } = await plan({ from: ['a'], gpu: 'g' });
    expect(record.gpu).toMatchObject({ gpu: { runId: 'g', machine: 'another', subject: 'h264_nvenc' }, cpu: { runId: run.run.id, subject: 'libx264' } });
  });

  it('of the same content, the same clip and within its SLA alone', async () => {
    const both = bothEncoders();
    const there = elsewhere(recordOf([both]));
    const plan = async (gpu: RunRecord) => (await project({ 'a/result.json': run, 'g/result.json': gpu }))({ from: ['a'], gpu: 'g' });
    await expect(plan({ ...there, scenarios: there.scenarios.map((each) => ({ ...each, sha256: 'other' })) })).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('measured other content') as string });
    await expect(plan({ ...there, scenarios: [] })).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('did not measure video-generation-api') as string });
    const late = ['1', '2'].map((at) => slaResult(both, 'encode.wall', '<=', 1, { metric: `encode.wall{concurrency=${at},encoder=h264_nvenc}` }));
    await expect(plan(elsewhere(recordOf([{ ...both, sla: late }])))).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('broke its SLA') as string });
    if (both.detail.kind !== 'encode') throw new Error('not an encode');
    const clip = { ...both.detail.clip, sha256: 'c0ffee' };
    await expect(plan(elsewhere(recordOf([{ ...both, detail: { ...both.detail, clip } }])))).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('another clip') as string });
    await expect(plan(elsewhere(run))).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('no batch on a GPU') as string });
  });

  it('equal quality of another scenario or of another clip does not count', async () => {
    const both = bothEncoders();
    if (both.detail.kind !== 'encode') throw new Error('not an encode');
    const { analysis, ...detail } = both.detail;
    const single = { ...both, name: 'encode-30s', metrics: [], sla: [], detail: { ...both.detail, clip: { ...detail.clip, sha256: 'c0ffee' } } };
    const record = recordOf([{ ...both, detail }, single]);
    const other = { ...record.scenarios[0], name: 'another', workloads: [both] };
    const { record: plan } = await (await project({ 'a/result.json': { ...record, scenarios: [...record.scenarios, other] } }))();
    expect(analysis).toBeDefined();
    expect(plan.gpu).toBeNull();
    expect(plan.asks.join()).toContain('GPU against CPU at equal quality');
    const alike = recordOf([{ ...both, detail }, { ...single, detail: both.detail }]);
    expect((await (await project({ 'a/result.json': alike }))()).record.gpu?.atEqualQuality).toBe(0.8);
  });

  describe('of two batches', () => {
    const both = bothEncoders();
    /** A GPU that is half as far ahead there. */
    const other: WorkloadRecord = { ...both, name: 'encode-other', metrics: both.metrics.map((each) => (each.id === 'batch.videosPerHour' && each.labels['encoder'] === 'h264_nvenc' ? { ...each, value: each.value / 2, rounds: each.rounds.map((value) => (value === null ? null : value / 2)) } : each)) };
    const onCpu = (workload: WorkloadRecord): WorkloadRecord => ({ ...workload, metrics: workload.metrics.filter(({ labels }) => labels['encoder'] !== 'h264_nvenc') });

    it('compares the one that is planned with', async () => {
      const plan = await project({ 'a/result.json': recordOf([both, other]) });
      const { record: first } = await plan({ workload: 'encode-batch-10' });
      const { record } = await plan({ workload: 'encode-other' });
      expect(record.gpu).toMatchObject({ cpu: { workload: 'encode-other' }, gpu: { workload: 'encode-other' } });
      expect(record.gpu?.speedup).toBeCloseTo((first.gpu?.speedup ?? 0) / 2);
      expect(viewMarkdown(planView(record))).not.toContain('is computed');
      const { record: there } = await (await project({ 'a/result.json': recordOf([both, other].map(onCpu)), 'g/result.json': elsewhere(recordOf([both, other])) }))({ from: ['a'], gpu: 'g', workload: 'encode-other' });
      expect(there.gpu).toMatchObject({ cpu: { workload: 'encode-other' }, gpu: { workload: 'encode-other', runId: 'g' }, speedup: record.gpu?.speedup });
    });

    it('says that a GPU server is computed, and from which videos, where only the other was measured on a GPU', async () => {
      if (both.detail.kind !== 'encode') throw new Error('not an encode');
      const short = { ...both, detail: { ...both.detail, clip: { ...both.detail.clip, durationMs: 10_000 } } };
      const { record } = await (await project({ 'a/result.json': recordOf([short, onCpu(other)]) }))({ workload: 'encode-other' });
      expect(record.gpu?.cpu.workload).toBe('encode-batch-10');
      expect(viewMarkdown(planView(record))).toContain('A GPU server is computed: what a CPU server makes of encode-other, times ×');
      expect(record.cautions.join()).toContain('GPU against CPU is of other videos than servers, as far as is known: encode-batch-10 (10 s), encode-other (30 s)');
    });

    it('asks for equal quality of the one that is planned with, and does not take the other’s lead for its own', async () => {
      if (other.detail.kind !== 'encode') throw new Error('not an encode');
      const { analysis, ...detail } = other.detail;
      const { record } = await (await project({ 'a/result.json': recordOf([both, { ...other, detail: { ...detail, clip: { ...detail.clip, sha256: 'c0ffee' } } }]) }))({ workload: 'encode-other' });
      expect(analysis).toBeDefined();
      expect(record.gpu).toBeNull();
      expect(record.asks.join()).toContain('GPU against CPU at equal quality');
    });
  });
});
