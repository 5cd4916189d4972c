import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { CAPACITY_FILE, capacityRecord } from '../../../src/record/capacity.ts';
import { SCALING_FILE, scalingRecord } from '../../../src/record/scaling.ts';
import { project } from '../../support/bench.ts';
import { serve } from '../../support/http-server.ts';
import { startSimulator } from '../../support/simulators/start.ts';

const scenario = (url: string, sla = '{ errorRate: 1% }'): string => `name: api
target: { baseUrl: "${url}" }
workloads:
  - name: status
    http:
      request: { path: / }
      load: { model: open, rate: 40/s, duration: 1s, timeout: 2s }
    sla: ${sla}
`;

describe('bench capacity', () => {
  it('finds the rate limit of a service between two rates it tried, says that requests failed, and goes on after an interrupt', async () => {
    const server = await startSimulator({ kind: 'rate-limit', perSecond: 600, burst: 40 });
    onTestFinished(server.stop);
    const { start, bench, dir } = await project({ 'api.yaml': scenario(server.url) });
    const args = ['capacity', 'api.yaml', '--from', '480', '--resolution', '50%', '--trial', '300ms', '--out', 'found'];
    const first = start(args);
    const record = async () => capacityRecord.parse(JSON.parse(await readFile(join(dir, 'found', CAPACITY_FILE), 'utf8')));
    await vi.waitFor(async () => expect((await record()).levels.length).toBeGreaterThan(0), { timeout: 60_000, interval: 50 });
    first.kill('SIGINT');
    expect((await first.ended).code).toBe(130);
    const partial = await record();
    expect(partial.run.status).toBe('interrupted');
    expect(partial.levels.every(({ ratePerSecond }) => ratePerSecond === 480)).toBe(true);
    expect(partial.levels.length).toBeGreaterThan(0);

    const { code, stdout, stderr } = await bench([...args, '--resume', 'found']);
    expect(code, stdout + stderr).toBe(0);
    const { outcome, gaveWay, levels, run, verification } = await record();
    expect(run.id).toBe(partial.run.id);
    expect(levels.slice(0, partial.levels.length)).toEqual(partial.levels);
    if (outcome?.type !== 'found') throw new Error(stdout);
    expect(outcome.keptPerSecond).toBeLessThanOrEqual(600);
    expect(outcome.failedPerSecond).toBeGreaterThan(600);
    expect(gaveWay).toMatchObject({ metric: 'errors.rate' });
    expect(verification?.kept).toBe(true);
    expect(stdout).toMatch(/^FOUND/);
  });

  it('says at once what is wrong with the question', async () => {
    const { bench, write } = await project({ 'api.yaml': scenario('http://127.0.0.1:9', '{}') });
    expect(await bench(['capacity', 'api.yaml'])).toMatchObject({ code: 2, stderr: expect.stringContaining('no limit that could give way') as string });
    expect(await bench(['capacity', 'api.yaml', '--workload', 'nosuch'])).toMatchObject({ code: 2, stderr: expect.stringContaining('status') as string });
    expect(await bench(['capacity', 'api.yaml', '--from', 'fast'])).toMatchObject({ code: 2, stderr: expect.stringContaining('50/s') as string });
    expect(await bench(['capacity', 'api.yaml', '--resume', 'nosuch'])).toMatchObject({ code: 2, stderr: expect.stringContaining('no search') as string });
    await write('api.yaml', scenario('http://127.0.0.1:9').replace('model: open, rate: 40/s', 'model: closed, connections: 2'));
    expect(await bench(['capacity', 'api.yaml'])).toMatchObject({ code: 2, stderr: expect.stringContaining('model: open') as string });
    await write('api.yaml', scenario('http://127.0.0.1:9'));
    expect(await bench(['capacity', 'api.yaml'])).toMatchObject({ code: 5, stderr: expect.stringContaining('refused') as string });
  });

  it('scale: throughput over concurrency of a service that does one thing at a time, with its contention and Little’s law', async () => {
    let free = Promise.resolve();
    const server = await serve((_request, response) => {
      free = free.then(() => sleep(15)).then(() => void response.end('ok'));
    });
    const { bench, dir, write } = await project({ 'api.yaml': scenario(server.url, '{}') });
    const { code, stdout, stderr } = await bench(['capacity', 'scale', 'api.yaml', '--levels', '1,2,3,4,6,8', '--rounds', '1', '--trial', '300ms', '--out', 'scaled']);
    expect(code, stdout + stderr).toBe(0);
    const record = scalingRecord.parse(JSON.parse(await readFile(join(dir, 'scaled', SCALING_FILE), 'utf8')));
    const [series] = record.series;
    if (series?.fit.type !== 'fitted') throw new Error(stdout);
    // One at a time: nearly all of the work is contention, more at once wait longer and no more comes out.
    expect(series.fit.sigma.value).toBeGreaterThan(0.4);
    expect(series.levels.map(({ concurrency }) => concurrency)).toEqual([1, 2, 3, 4, 6, 8]);
    expect(series.levels.flatMap(({ rounds }) => rounds.map(({ littleOff }) => littleOff)).every((off) => off !== null)).toBe(true);
    expect(stdout).toMatch(/^MEASURED/);
    expect(stdout).toContain('Contention (σ)');
    expect(await readFile(join(dir, 'scaled', 'scaling.html'), 'utf8')).toContain('Throughput over concurrency');

    expect(await bench(['capacity', 'scale', 'api.yaml', '--levels', '1,2'])).toMatchObject({ code: 2, stderr: expect.stringContaining('at least 6') as string });
    await write('api.yaml', `name: api\nworkloads:\n  - name: headers\n    check: { securityHeaders: { path: / } }\ntarget: { baseUrl: "${server.url}" }\n`);
    expect(await bench(['capacity', 'scale', 'api.yaml'])).toMatchObject({ code: 2, stderr: expect.stringContaining('scales with concurrency') as string });
  });
});
