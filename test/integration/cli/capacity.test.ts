import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { CAPACITY_FILE, capacityRecord, type CapacityLevel } from '../../../src/record/capacity.ts';
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

const measured = ({ verdict: _, ...level }: CapacityLevel): Omit<CapacityLevel, 'verdict'> => level;

describe('bench capacity', () => {
  it('finds the rate limit of a service between two rates it tried, says that requests failed, and goes on after an interrupt', async () => {
    const server = await startSimulator({ kind: 'rate-limit', perSecond: 600, burst: 40 });
    onTestFinished(server.stop);
    const { start, bench, dir, write } = await project({ 'api.yaml': scenario(server.url) });
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

    // What it was begun with holds: nothing else is mixed in, and the folder is where it goes on.
    expect(await readFile(join(dir, 'found', 'capacity.md'), 'utf8')).toMatch(/Go on from here: bench capacity api\.yaml .*--out found --resume found/);
    expect(await bench(['capacity', '--resume', 'found', '--resolution', '20%'])).toMatchObject({ code: 2, stderr: expect.stringContaining('was begun with 50%') as string });
    expect(await bench(['capacity', '--resume', 'found', '--profile', 'nightly'])).toMatchObject({ code: 2, stderr: expect.stringContaining('was begun with quick') as string });
    expect(await bench(['capacity', '--resume', 'found', '--target', 'http://127.0.0.1:9'])).toMatchObject({ code: 2, stderr: expect.stringContaining('was begun without --target') as string });
    await write('api.yaml', scenario(server.url, '{ errorRate: 2% }'));
    expect(await bench([...args, '--resume', 'found'])).toMatchObject({ code: 2, stderr: expect.stringContaining('its limits have changed since: then errors.rate <= 0.01; now errors.rate <= 0.02') as string });
    await write('api.yaml', scenario('http://127.0.0.1:9'));
    expect(await bench([...args, '--resume', 'found'])).toMatchObject({ code: 2, stderr: expect.stringContaining(`it measured ${server.url}, not http://127.0.0.1:9`) as string });
    await write('api.yaml', scenario(server.url));
    expect(await record()).toEqual(partial);

    const { code, stdout, stderr } = await bench(['capacity', '--resume', 'found']);
    expect(code, stdout + stderr).toBe(0);
    const { outcome, gaveWay, levels, run, options, verification } = await record();
    expect(run.id).toBe(partial.run.id);
    expect(options).toEqual(partial.options);
    // What was measured stays; what it came to can be another thing, where longer trials at the rate have followed.
    expect(levels.slice(0, partial.levels.length).map(measured)).toEqual(partial.levels.map(measured));
    if (outcome?.type !== 'found') throw new Error(stdout);
    expect(outcome.keptPerSecond).toBeLessThanOrEqual(600);
    expect(outcome.failedPerSecond).toBeGreaterThan(600);
    expect(gaveWay).toMatchObject({ metric: 'errors.rate' });
    expect(verification?.kept).toBe(true);
    expect(stdout).toMatch(/^FOUND/);
  });

  it('never takes a rate that the generator itself cannot send for one that the service cannot take', async () => {
    const server = await serve((_request, response) => void response.end('ok'));
    const { bench, dir } = await project({ 'api.yaml': scenario(server.url, '{ latency: { p95: 100ms } }') });
    const { code, stdout, stderr } = await bench(['capacity', 'api.yaml', '--from', '70000', '--up-to', '70000', '--trial', '200ms', '--out', 'found']);
    expect(code, stdout + stderr).toBe(4);
    const { outcome, levels, verification } = capacityRecord.parse(JSON.parse(await readFile(join(dir, 'found', CAPACITY_FILE), 'utf8')));
    expect(outcome).toEqual({ type: 'generator-limited', keptPerSecond: null, generatorPerSecond: 70_000 });
    expect(levels).toMatchObject([{ together: 'generator', trials: [], why: expect.stringContaining('generator') as string }]);
    expect(verification).toBeNull();
    expect(stdout).toContain('nothing is known about the service');
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

  it('scale: throughput over concurrency of a service that does one thing at a time, with its contention', async () => {
    let free = Promise.resolve();
    const server = await serve((_request, response) => {
      free = free.then(() => sleep(15)).then(() => void response.end('ok'));
    });
    const { start, bench, dir, write } = await project({ 'api.yaml': scenario(server.url, '{}') });
    const args = ['capacity', 'scale', 'api.yaml', '--levels', '1,2,3,4,6,8', '--rounds', '3', '--trial', '200ms', '--out', 'scaled'];
    const stored = async () => scalingRecord.parse(JSON.parse(await readFile(join(dir, 'scaled', SCALING_FILE), 'utf8')));
    // Interrupted in the second round, it goes on from there.
    const first = start(args);
    await vi.waitFor(async () => expect((await stored()).series[0]?.levels.some(({ rounds }) => rounds.length > 1)).toBe(true), { timeout: 60_000, interval: 50 });
    first.kill('SIGINT');
    expect((await first.ended).code).toBe(130);
    const partial = await stored();
    const pairs = ({ series }: typeof partial) => series.flatMap(({ levels }) => levels.flatMap(({ concurrency, rounds }) => rounds.map((round) => ({ concurrency, ...round }))));
    expect(pairs(partial).length).toBeLessThan(18);
    expect(await bench(['capacity', 'scale', '--resume', 'scaled', '--rounds', '4'])).toMatchObject({ code: 2, stderr: expect.stringContaining('was begun with 3') as string });
    const { code, stdout, stderr } = await bench(['capacity', 'scale', '--resume', 'scaled']);
    expect(code, stdout + stderr).toBe(0);
    const record = await stored();
    expect(record.run.id).toBe(partial.run.id);
    // The command that measures it again, not the one that only went on.
    expect(record.run.command).toBe(partial.run.command);
    expect(record.run.command).toContain('--trial 200ms');
    expect(pairs(record)).toEqual(expect.arrayContaining(pairs(partial)));
    expect(new Set(pairs(record).map(({ concurrency, round }) => `${concurrency} ${round}`)).size).toBe(pairs(record).length);
    const [series] = record.series;
    if (series?.fit.type !== 'fitted') throw new Error(stdout);
    // One at a time: nearly all of the work is contention, more at once wait longer and no more comes out.
    expect(series.fit.sigma.value).toBeGreaterThan(0.4);
    expect(series.levels.map(({ concurrency }) => concurrency)).toEqual([1, 2, 3, 4, 6, 8]);
    // In 200 ms nobody counts how many are under way: Little's law is not checked, and that is said.
    expect(new Set(series.levels.flatMap(({ rounds }) => rounds.map(({ inFlight, littleOff }) => inFlight ?? littleOff)))).toEqual(new Set([null]));
    expect(stdout).toMatch(/^MEASURED/);
    expect(stdout).toMatch(/was not checked in \d+ rounds/);
    expect(stdout).toContain('Contention (σ)');
    expect(await readFile(join(dir, 'scaled', 'scaling.html'), 'utf8')).toContain('Throughput over concurrency');

    expect(await bench(['capacity', 'scale', 'api.yaml', '--levels', '1,2'])).toMatchObject({ code: 2, stderr: expect.stringContaining('at least 6') as string });
    await write('api.yaml', `name: api\nworkloads:\n  - name: headers\n    check: { securityHeaders: { path: / } }\ntarget: { baseUrl: "${server.url}" }\n`);
    expect(await bench(['capacity', 'scale', 'api.yaml'])).toMatchObject({ code: 2, stderr: expect.stringContaining('scales with concurrency') as string });
  });
});
