import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { planCapacity, type PlanRequest } from '../../../src/plan-capacity.ts';
import type { WorkloadRecord } from '../../../src/record/schema.ts';
import { planView } from '../../../src/report/capacity/plan-view.ts';
import { viewHtml } from '../../../src/report/capacity/html.ts';
import { viewMarkdown } from '../../../src/report/capacity/markdown.ts';
import { viewText } from '../../../src/report/capacity/terminal.ts';
import { scalingRecord, searchRecord } from '../../support/capacity-records.ts';
import { encodeWorkload, passRecord, recordOf, slaResult } from '../../support/records.ts';

const SCENARIO = `name: video-generation-api
workloads:
  - name: encode-batch-10
    encode: { clip: bbb-480p, encoders: [libx264], jobs: 10 }
`;
const CAPACITY = `capacity:
  production: { videosPerDay: [100, 500], peakFactor: 3, growthPerMonth: 5%, retention: 90d, concurrent: [1, 20], storagePerWeek: [10GB, 50GB] }
`;
const PRICES = 'prices: { currency: USD, cpu: 0.34/h, gpu: 0.526/h, storage: 0.023/GB-month, asOf: 2026-11-01 }\n';

/** A batch, libx264 and NVENC, with what equal quality costs. */
function bothEncoders(): WorkloadRecord {
  const workload = encodeWorkload({ name: 'encode-batch-10', jobs: 10, concurrency: [1, 2], encoders: ['libx264', 'h264_nvenc'] });
  if (workload.detail.kind !== 'encode') throw new Error('not an encode');
  const equal = { bitsPerSecond: 1e6, bdRate: null, why: null };
  const rate = { bitsPerSecond: 1e6, psnr: 40, ssim: null, vmaf: null, deviation: 0, ratios: null, scores: null, pareto: true };
  return {
    ...workload,
    sla: [slaResult(workload, 'encode.wall', '<=', 420_000, { n: 3, interval: null })],
    detail: {
      ...workload.detail,
      analysis: {
        reference: 'libx264', targetBitrate: 1e6, curve: [], bounds: [], sweeps: [], costs: null,
        equalRate: [{ subject: 'libx264', framesPerSecond: 100, ...rate }, { subject: 'h264_nvenc', framesPerSecond: 500, ...rate }],
        equalQuality: { psnr: 40, encoders: [{ encoder: 'libx264', framesPerSecond: 100, ...equal }, { encoder: 'h264_nvenc', framesPerSecond: 400, ...equal }] },
      },
    },
  };
}

/** A project with stored runs; `plan` plans in it. */
async function project(stored: Record<string, object>, { config = PRICES, capacity = CAPACITY }: { config?: string; capacity?: string } = {}): Promise<(more?: Partial<PlanRequest>) => ReturnType<typeof planCapacity>> {
  const dir = await mkdtemp(join(tmpdir(), 'readybench-plan-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  // The scenario lies beside the project: its path is then absolute, whatever folder the tests run in.
  const cwd = join(dir, 'project');
  await mkdir(cwd);
  await writeFile(join(dir, 'api.yaml'), SCENARIO + capacity);
  await writeFile(join(cwd, 'bench.config.yaml'), config);
  for (const [path, record] of Object.entries(stored)) {
    await mkdir(join(cwd, 'reports', path, '..'), { recursive: true });
    await writeFile(join(cwd, 'reports', path), JSON.stringify(record));
  }
  return (more = {}) => planCapacity({ scenario: join(dir, 'api.yaml'), from: [], gpu: null, workload: null, deployment: null, cost: true, out: null, reportsDir: join(cwd, 'reports'), command: 'bench capacity plan api.yaml', version: '0.1.0', cwd, env: {}, ...more });
}

const run = passRecord();
const RUN = { 'a/result.json': run };

describe('plan from stored runs', () => {
  it('takes the lowest round of the batch, the knee of the scaling, and asks for what is not known', async () => {
    const plan = await project({ ...RUN, 'b/scaling.json': scalingRecord() });
    const { record } = await plan();
    expect(record.server).toMatchObject({ on: 'cpu', subject: 'libx264', basis: 'encodes', runId: run.run.id });
    expect(record.server.perSecond).toBeLessThanOrEqual(record.server.measuredPerSecond);
    expect(record.bytesPerVideo).toBe(7_400_000);
    expect(record.thresholds.maxConcurrentJobs).toMatchObject({ basis: 'knee', runId: '20260203-160000-scal' });
    expect(record.deployments[0]?.volumes.map(({ label, extrapolated }) => [label, extrapolated !== null])).toEqual([['from', false], ['to', false], ['in 12 months', true]]);
    expect(record.deployments[0]?.volumes[1]?.perWeekBytes).toBe(7 * 500 * 7_400_000);
    expect(record.gpu).toBeNull();
    expect(record.costPerVideo.every(({ gpu }) => gpu === null)).toBe(true);
    expect(record.asks.join('\n')).toContain('no batch was measured on a GPU (h264_nvenc: ffmpeg has the encoder, but the NVIDIA driver is not there');
  });

  it('holds GPU against CPU at equal quality, where a run with a GPU says both', async () => {
    const plan = await project({ 'a/result.json': recordOf([bothEncoders()]) });
    const { record } = await plan();
    expect(record.gpuAtEqualQuality).toBe(0.8);
    expect(record.breakEven?.needed).toBeCloseTo(0.526 / 0.34);
    expect(record.breakEven?.speedup).toBeCloseTo((0.8 * (record.gpu?.perSecond ?? 0)) / record.server.perSecond);
    expect(record.deployments[0]?.gpu?.rows.length).toBeGreaterThan(5);
  });

  it('a run of another machine stands for the GPU only where it is named as that', async () => {
    const other = { ...recordOf([bothEncoders()]), environment: { ...run.environment, hash: 'another' } };
    const plan = await project({ ...RUN, 'g/result.json': { ...other, run: { ...other.run, id: 'g' } } });
    await expect(plan({ from: ['a', 'g'] })).rejects.toThrow(/different machines/);
    const { record } = await plan({ from: ['a'], gpu: 'g' });
    expect(record.gpu).toMatchObject({ runId: 'g', machine: 'another', subject: 'h264_nvenc' });
  });

  it('plans with the low end of a search over jobs, and scales out at what was seen at the highest rate that was kept', async () => {
    const search = searchRecord();
    const levels = search.levels.map((level) => ({ ...level, trials: level.trials.map((trial) => ({ ...trial, figures: trial.figures.map((figure) => ({ ...figure, metric: 'completion.p95' })) })) }));
    const plan = await project({ ...RUN, 's/capacity.json': { ...search, workload: 'make-video', workloadKind: 'job', levels } });
    const { record } = await plan();
    expect(record.server).toMatchObject({ basis: 'search', perSecond: 326, measuredPerSecond: 337, limitMs: 100, concurrency: null });
    expect(record.thresholds.queue).toEqual({ most: 4, basis: 'measured' });
    expect(record.thresholds.cpu?.share).toBeCloseTo((334.1 / 380) * 0.7);
    expect(record.bytesPerVideo).toBe(7_400_000);
  });

  it('names what is wrong with the question', async () => {
    await expect((await project(RUN, { config: '' }))()).rejects.toMatchObject({ exitCode: 2, message: 'there are no prices in bench.config.yaml' });
    await expect((await project(RUN, { config: 'prices: { currency: USD, gpu: 1/h }\n' }))()).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('prices.cpu') as string });
    await expect((await project(RUN, { config: 'prices: { currency: USD, cpu: -1/h }\n' }))()).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('a price per hour') as string });
    await expect((await project(RUN, { capacity: 'capacity:\n  production: { videosPerDay: 0, peakFactor: 3 }\n' }))()).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('above 0') as string });
    await expect((await project(RUN, { capacity: 'capacity:\n  production: { videosPerDay: [50, 10], peakFactor: 3 }\n' }))()).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('rising order') as string });
    await expect((await project(RUN, { capacity: '' }))()).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('no capacity section') as string });
    await expect((await project({}))()).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('no complete run') as string });
    await expect((await project(RUN))({ deployment: 'nosuch' })).rejects.toMatchObject({ exitCode: 2, hint: 'There are production.' });
    const free = encodeWorkload({ name: 'encode-batch-10', jobs: 10, concurrency: [1, 2] });
    await expect((await project({ 'a/result.json': recordOf([{ ...free, sla: [] }]) }))()).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('has no limit in its SLA') as string });
    const broken = { ...free, sla: [slaResult(free, 'encode.wall', '<=', 1)] };
    await expect((await project({ 'a/result.json': recordOf([broken]) }))()).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('broke its SLA') as string });
    const { record } = await (await project(RUN, { config: '' }))({ cost: false });
    expect(record.prices).toBeNull();
  });

  it('reads the same in every format', async () => {
    const plan = await project({ 'a/result.json': recordOf([bothEncoders()]), 'b/scaling.json': scalingRecord() });
    const { record } = await plan();
    const view = planView({ ...record, run: { ...record.run, id: 'ID', startedAt: '2026-02-03T15:00:00.000Z' } });
    const same = (text: string): string => text;
    expect(viewText(view, 140, { bold: same, dim: same })).toMatchInlineSnapshot(`
      "PLAN production: 1 server and 1 spare for 500 videos a day, 4.36 % busy in the busiest hour
      run ID · made 2026-02-03 15:00:00 UTC · from run 20260203-140509-k3f9, scaling 20260203-160000-scal · one server makes 1,435 videos/h (libx264, 2 at once; lowest round of encodes alone) · machine e3b0c44298fc · prices 0.34 USD/h, of 2026-11-01

      Scale out when more than 165 videos wait for each server: one more would be done later than 7 min (computed, not measured).

      MAX_CONCURRENT_JOBS=3 for each server like this one (more gain less than 5 %; libx264, threads split, 20260203-160000-scal).

      Not known: What the service adds around the encodes (uploads, scripts, downloads): only encodes were measured. A job workload measures
      videos end to end.

      production: servers, storage, cost
        volume        videos a day  servers  busy at peak  busy on average  storage a week  storage kept  a month     a video  extrapolated
        from                   100    1 + 1        0.87 %           0.29 %         5.18 GB       66.6 GB  498 USD   0.164 USD
        to                     500    1 + 1        4.36 %           1.45 %         25.9 GB        333 GB  504 USD  0.0331 USD
        in 12 months           898    1 + 1        7.82 %           2.61 %         46.5 GB        598 GB  510 USD  0.0187 USD  growth as assumed
        Assumed: busiest hour 3 times the mean hour, 30 % of each server free in it, 1 spare, growth 5 % a month, videos kept for 90 days. Busy:
        of the servers without the spare.
        Measured: 7.40 MB a video.
        Expected growth 10 GB to 50 GB a week; by the measured size it is 5.18 GB to 25.9 GB.
        Extrapolated rows go beyond what was measured, as they say.

      production: if an assumption is 20 % off
        assumption               servers               storage a week                      a month
        videos a day           2 · 2 · 2  20.7 GB · 25.9 GB · 31.1 GB  503 USD · 504 USD · 506 USD
        peak factor            2 · 2 · 2  25.9 GB · 25.9 GB · 25.9 GB  504 USD · 504 USD · 504 USD
        videos a server makes  2 · 2 · 2  25.9 GB · 25.9 GB · 25.9 GB  504 USD · 504 USD · 504 USD
        bytes a video          2 · 2 · 2  20.7 GB · 25.9 GB · 31.1 GB  503 USD · 504 USD · 506 USD
        price of a server      2 · 2 · 2  25.9 GB · 25.9 GB · 25.9 GB  405 USD · 504 USD · 603 USD
        Each figure: with the assumption 20 % lower · as planned · 20 % higher. At the highest volume of today, spare servers included.

      production: all at once
        videos submitted at once  servers  all done after  within the limit
                               1        1          4.85 s  yes
                              20        1          50.2 s  yes
        Computed from what a server makes, for idle servers without the spare.

      Cost of a video by how busy a server is
        busy           CPU  GPU, equal quality
        30 %   0.00079 USD         0.00038 USD
        50 %  0.000474 USD        0.000228 USD
        70 %  0.000338 USD        0.000163 USD
        90 %  0.000263 USD        0.000127 USD
        Servers alone. Prices of 2026-11-01: CPU 0.34 USD/h, GPU 0.526 USD/h.

      production: CPU against GPU over the volume, at equal quality
        videos a day  CPU servers    a month  GPU servers    a month  cheaper
                  10            2    496 USD            2    768 USD  CPU
                  50            2    496 USD            2    768 USD  CPU
                 100            2    496 USD            2    768 USD  CPU
                 500            2    496 USD            2    768 USD  CPU
               1,000            2    496 USD            2    768 USD  CPU
               5,000            2    496 USD            2    768 USD  CPU
              10,000            3    745 USD            2    768 USD  CPU
              50,000            8  1,986 USD            3  1,152 USD  GPU
        Fully at work the GPU makes ×3.22 at the same quality; it pays from ×1.55, the ratio of the prices. Spare servers included; more than one
        server of a kind is extrapolated.
      "
    `);
    expect(viewMarkdown(view)).toContain('| videos a day |');
    expect(viewHtml(view)).toContain('cost of a month over the volume');
  });
});
