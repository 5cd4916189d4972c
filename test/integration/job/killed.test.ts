import { expect, it, onTestFinished } from 'vitest';
import { createToolResolver } from '../../../src/host/tools.ts';
import { launchService } from '../../../src/service/launch.ts';
import { project } from '../../support/bench.ts';

const scenario = (url: string): string => `name: jobs
target: { baseUrl: "${url}" }
workloads:
  - name: ten-at-once
    job:
      submit: { request: { method: POST, path: /videos, json: { durationS: 0.2, pace: 1, cache: false, seed: "\${job}" } }, expect: { status: 202 }, capture: { id: { json: /id } } }
      poll: { request: { path: "/videos/\${id}" } }
      until: { done: { at: /status, is: done }, failed: { at: /status, is: failed } }
      jobs: 40
      concurrency: 10
      pollInterval: 20ms
      timeout: 60s
      giveUpAfter: 500ms
    sla: { successRate: 95% }
`;

it('a service that is killed half-way: a clear verdict, long before the time limit of the jobs', async () => {
  const service = await launchService({ tools: createToolResolver() });
  onTestFinished(() => service.stop());
  const { start, record } = await project({ 'jobs.yaml': scenario(service.baseUrl) });
  const running = start(['run', 'jobs.yaml', '--rounds', '1', '--no-compare', '--no-control']);
  await expect.poll(async () => Number(/video_jobs_total\{status="done"\} (\d+)/.exec(await (await fetch(`${service.baseUrl}/metrics`)).text())?.[1]), { timeout: 30_000, interval: 50 }).toBeGreaterThanOrEqual(3);
  process.kill(service.pid, 'SIGKILL');
  const { code, stdout } = await running.ended;
  expect({ code, stdout: code === 1 ? '' : stdout }).toEqual({ code: 1, stdout: '' });
  const { verdict, scenarios } = await record();
  expect(verdict.status).toBe('fail');
  expect(verdict.sentence).toMatch(/^ten-at-once: success rate .* %, limit 95 %: .* points under \(n = 40\)/);
  const series = scenarios[0]?.workloads[0]?.series;
  // Every job once, whatever became of it.
  expect(series?.kind === 'job' ? series.jobs.map(({ job }) => job) : []).toEqual(Array.from({ length: 40 }, (_, job) => job));
});
