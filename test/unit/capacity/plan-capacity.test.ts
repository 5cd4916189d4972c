import { describe, expect, it } from 'vitest';
import { planView } from '../../../src/report/capacity/plan-view.ts';
import { viewHtml } from '../../../src/report/capacity/html.ts';
import { viewMarkdown } from '../../../src/report/capacity/markdown.ts';
import { viewText } from '../../../src/report/capacity/terminal.ts';
import { scalingRecord } from '../../support/capacity-records.ts';
import { bothEncoders, CAPACITY, jobsWorkload, ofScenario, OF_BATCH, project } from '../../support/plan-records.ts';
import { encodeWorkload, passRecord, recordOf, slaResult } from '../../support/records.ts';

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

  it('says what a video was, takes the figures that are nearest to the deployment’s, and warns where none are', async () => {
    const stored = { 'a/result.json': ofScenario(recordOf([jobsWorkload(), bothEncoders()])) };
    const { record: fit } = await (await project(stored, { capacity: OF_BATCH }))();
    expect(fit.server).toMatchObject({ basis: 'encodes', workload: 'encode-batch-10', video: { durationMs: 30_000, height: 360 } });
    expect(fit).toMatchObject({ bytesPerVideo: 7_400_000, bytesFrom: 'encode-batch-10', cautions: [] });
    // Higher ones: the batch is still nearer than jobs of a fifth of a second.
    const { record: unfit } = await (await project(stored, { capacity: OF_BATCH.replace('360', '1080') }))();
    expect(unfit.server.basis).toBe('encodes');
    expect(unfit.cautions).toEqual([expect.stringContaining('encode-batch-10 made 30 s of 360 lines, the deployment\'s are 30 s of 1080 lines') as string]);
    expect(planView(unfit).mark.tone).toBe('warn');
    // Where the deployment does not say, jobs end to end speak, and what a video is is asked for.
    const { record: unsaid } = await (await project(stored))();
    expect(unsaid.server).toMatchObject({ basis: 'jobs', video: { durationMs: 200, height: 90 } });
    expect(unsaid.bytesPerVideo).toBe(12_000);
    expect(unsaid.asks.join()).toContain('200 ms of 90 lines');
    expect(planView(unsaid).facts).toContainEqual(['a video', '200 ms of 90 lines, 12 kB (make-video)']);
    const { record: named } = await (await project(stored, { capacity: OF_BATCH }))({ workload: 'make-video' });
    expect(named.cautions.join()).toContain('Servers and cost are of videos that are not the deployment\'s: make-video made 200 ms of 90 lines');
    const two = `${OF_BATCH}  archive: { video: { duration: 10s }, videosPerDay: 5, peakFactor: 1 }\n`;
    await expect((await project(stored, { capacity: two }))()).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('different videos') as string });
  });

  it('pays for the storage of the horizon where nothing is removed, and says so', async () => {
    const { record } = await (await project(RUN, { capacity: CAPACITY.replace('retention: 90d', 'months: 6') }))();
    const [, today] = record.deployments[0]?.volumes ?? [];
    // 500 a day of 7.4 MB for half a year of 365 days
    expect(today).toMatchObject({ keptBytes: null, paidBytes: expect.closeTo(500 * 7_400_000 * 182.5, -3) as number });
    const kept = (await (await project(RUN))()).record.deployments[0]?.volumes[1];
    expect(today?.perMonth).toBeGreaterThan(kept?.perMonth ?? Infinity);
    const text = viewMarkdown(planView(record));
    expect(text).toContain('675 GB in 6 months');
    expect(text).toContain('storage and its cost are as after 6 months of that volume, and grow on');
  });

  it('shows no lower peak factor where the busiest hour would be below the mean one', async () => {
    const { record } = await (await project(RUN, { capacity: CAPACITY.replace('peakFactor: 3', 'peakFactor: 1.1') }))();
    const text = viewMarkdown(planView(record));
    expect(text).toContain('| peak factor | – · 2 · 2 |');
    expect(text).toContain('A peak factor 20 % lower would be below 1: the busiest hour is never below the mean one.');
    expect(viewMarkdown(planView((await (await project(RUN))()).record))).not.toContain('would be below 1');
  });

  it('names what is wrong with the question', async () => {
    await expect((await project(RUN, { config: '' }))()).rejects.toMatchObject({ exitCode: 2, message: 'there are no prices in bench.config.yaml' });
    await expect((await project(RUN, { config: 'prices: { currency: USD, gpu: 1/h }\n' }))()).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('prices.cpu') as string });
    await expect((await project(RUN, { config: 'prices: { currency: USD, cpu: -1/h }\n' }))()).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('a price per hour') as string });
    await expect((await project(RUN, { capacity: 'capacity:\n  production: { videosPerDay: 0, peakFactor: 3 }\n' }))()).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('above 0') as string });
    await expect((await project(RUN, { capacity: 'capacity:\n  production: { videosPerDay: [50, 10], peakFactor: 3 }\n' }))()).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('rising order') as string });
    for (const [from, to, why] of [['[100, 500]', '1.0e+308', 'up to 1,000,000,000'], ['peakFactor: 3', 'peakFactor: 99', 'a number from 1 to 24'], ['peakFactor: 3', 'peakFactor: 3, headroom: 99.9999999999%', 'at most 95%']] as const) {
      await expect((await project(RUN, { capacity: CAPACITY.replace(from, to) }))()).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining(why) as string });
    }
    const endless = CAPACITY.replace('[100, 500]', '1.0e+9').replace('5%', '100%, months: 120');
    await expect((await project(RUN, { capacity: endless }))()).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('no number of servers') as string, hint: expect.stringContaining('growthPerMonth') as string });
    await expect((await project(RUN, { capacity: '' }))()).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('no capacity section') as string });
    await expect((await project(RUN))({ workload: 'nosuch' })).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('no stored run of video-generation-api/nosuch says') as string });
    await expect((await project({}))()).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('no complete run') as string });
    await expect((await project(RUN))({ deployment: 'nosuch' })).rejects.toMatchObject({ exitCode: 2, hint: 'There are production.' });
    const free = encodeWorkload({ name: 'encode-batch-10', jobs: 10, concurrency: [1, 2] });
    await expect((await project({ 'a/result.json': recordOf([{ ...free, sla: [] }]) }))()).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('has no limit in its SLA') as string });
    const broken = { ...free, sla: [slaResult(free, 'encode.wall', '<=', 1, { metric: 'encode.wall{encoder=libx264}' })] };
    await expect((await project({ 'a/result.json': recordOf([broken]) }))()).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('broke its SLA') as string });
    const { record } = await (await project(RUN, { config: '' }))({ cost: false });
    expect(record.prices).toBeNull();
  });

  it('reads the same in every format', async () => {
    const plan = await project({ 'a/result.json': ofScenario(recordOf([bothEncoders()])), 'b/scaling.json': ofScenario(scalingRecord()) }, { capacity: OF_BATCH });
    const { record } = await plan();
    const view = planView({ ...record, run: { ...record.run, id: 'ID', startedAt: '2026-02-03T15:00:00.000Z' } });
    const same = (text: string): string => text;
    expect(viewText(view, 140, { bold: same, dim: same })).toMatchInlineSnapshot(`
      "PLAN production: 1 server and 1 spare for 500 videos a day, 4.36 % busy in the busiest hour
      run ID · made 2026-02-03 15:00:00 UTC · from run 20260203-140509-k3f9, scaling 20260203-160000-scal · one server makes 1,435 videos/h (libx264, 2 at once; lowest round of encodes alone) · a video 30 s of 360 lines, 7.40 MB (encode-batch-10) · machine e3b0c44298fc · prices 0.34 USD/h, of 2026-11-01

      Scale out when more than 165 videos wait for a server: one more would be done later than 7 min, the limit on encode time (computed, not
      measured).

      Scale out when the processors are more than 63 % busy for longer than one video takes: what was seen where this figure was measured, less
      the headroom (computed).

      MAX_CONCURRENT_JOBS=3, as many as each server like this one works on at once (more gain less than 5 %; libx264, threads split,
      20260203-160000-scal).

      Not known: What the service adds around the encodes (uploads, scripts, downloads): only encodes were measured. A job workload measures
      videos end to end.

      production: servers, storage, cost
        volume          videos a day  servers  busy at peak  busy on average  storage a week  storage kept  a month     a video
        from                     100    1 + 1        0.87 %           0.29 %         5.18 GB       66.6 GB  498 USD   0.164 USD
        to                       500    1 + 1        4.36 %           1.45 %         25.9 GB        333 GB  504 USD  0.0331 USD
        in 12 months †           898    1 + 1        7.82 %           2.61 %         46.5 GB        598 GB  510 USD  0.0187 USD
        Assumed: busiest hour 3 times the mean hour, 30 % of each server free in it, 1 spare, growth 5 % a month, videos kept for 90 days. Busy:
        of the servers without the spare.
        Measured: 7.40 MB a video (encode-batch-10).
        Expected growth 10 GB to 50 GB a week; by the measured size it is 5.18 GB to 25.9 GB.
        † Extrapolated, beyond what was measured. in 12 months: growth as assumed.

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
        Servers alone. Prices of 2026-11-01: CPU 0.34 USD/h, GPU 0.526 USD/h. encode-batch-10: h264_nvenc made 5,772 videos/h
        (20260203-140509-k3f9), libx264 1,435 (20260203-140509-k3f9); equal quality changes the lead by ×0.8.

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
