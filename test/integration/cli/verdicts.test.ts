import { readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { project } from '../../support/bench.ts';
import { serve } from '../../support/http-server.ts';
import { ok, scenario } from './api-scenario.ts';

describe('verdict and exit code of bench run', { retry: 2 }, () => {
  it('passes, writes every report and points latest at the run', async () => {
    const server = await ok();
    const { validRun, record, files, dir } = await project({ 'scenarios/api.yaml': scenario(server.url, { rounds: 2 }) });
    const { code, stdout, stderr } = await validRun([]);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('PASS');
    const run = await record();
    expect(run.run.status).toBe('complete');
    expect(run.exitCode).toBe(0);
    expect(await files()).toEqual(expect.arrayContaining(['result.json', 'report.md', 'report.html'].map((file) => `reports/${run.run.id}/${file}`)));
    expect(await readlink(join(dir, 'reports/latest'))).toBe(run.run.id);
    const health = run.scenarios[0]?.workloads[0];
    expect(health?.metrics.map(({ id }) => id)).toEqual(expect.arrayContaining(['latency.p50', 'latency.p95', 'latency.p99', 'service.p95', 'throughput', 'errors.rate']));
    expect(health?.metrics.find(({ id }) => id === 'latency.p95')?.rounds).toHaveLength(2);
  });

  it('fails with 1 and names the breach first when an SLA cannot be met', async () => {
    const server = await ok();
    const { validRun, record } = await project({ 'api.yaml': scenario(server.url, { p95: '10us' }) });
    const { code, stdout } = await validRun(['api.yaml', '--no-control']);
    expect(code).toBe(1);
    expect((await record()).verdict.reasons[0]).toMatchObject({ kind: 'sla', workload: 'health', metric: 'latency.p95' });
    expect(stdout.split('\n').slice(0, 4).join('\n')).toMatch(/FAIL[\s\S]*health[\s\S]*p95/);
  });

  it('fails with 3 and names the metric when an approved service got slower, and not when it did not', async () => {
    const server = await ok();
    const { bench, validRun, write, record } = await project({ 'api.yaml': scenario(server.url, { rate: 200, rounds: 2, duration: '1s' }) });
    expect((await validRun(['api.yaml', '--no-control'])).code).toBe(0);
    const approved = await bench(['baseline', 'approve', '--reason', 'first release']);
    expect(approved.code, approved.stderr).toBe(0);

    const same = await validRun(['api.yaml', '--no-control']);
    expect(same.code, same.stdout).toBe(0);

    await server.close();
    const slower = await serve((_request, response) => void setTimeout(() => response.end('ok'), 50));
    await write('api.yaml', scenario(slower.url, { rate: 200, rounds: 2, duration: '1s' }));
    // Without the control: a machine that tests share with each other is disturbed, and then no regression is one.
    const { code, stdout } = await validRun(['api.yaml', '--no-control']);
    expect(code, stdout).toBe(3);
    expect((await record()).verdict.reasons[0]).toMatchObject({ kind: 'regression', workload: 'health' });
    expect(stdout).toMatch(/latency\.p50|p50 latency/);
  });
});
