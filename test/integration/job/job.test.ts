import { readdir } from 'node:fs/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createToolResolver } from '../../../src/host/tools.ts';
import { launchService } from '../../../src/service/launch.ts';
import type { JobRun } from '../../../src/record/schema.ts';
import type { Measurement, WorkloadContext } from '../../../src/workloads/contract.ts';
import { job } from '../../../src/workloads/job/job.ts';
import { jobWorkload } from '../../../src/workloads/job/schema.ts';
import { contextFor, embedded } from '../../support/context.ts';
import { jobServer } from '../../support/job-server.ts';

const spec = (change: object = {}) =>
  jobWorkload.parse({
    name: 'ten',
    job: {
      submit: { request: { method: 'POST', path: '/videos', json: { durationS: 0.3, cache: false, seed: '${job}' } }, expect: { status: 202 }, capture: { id: { json: '/id' } } },
      poll: { request: { path: '/videos/${id}' } },
      until: { done: { at: '/status', is: 'done' }, failed: { at: '/status', is: 'failed' }, error: '/error' },
      times: { queued: '/queuedAt', started: '/startedAt', finished: '/finishedAt' },
      jobs: 10,
      concurrency: 10,
      pollInterval: '20ms',
      timeout: '60s',
      delete: { request: { method: 'DELETE', path: '/videos/${id}' }, expect: { status: 204 } },
      ...change,
    },
    sla: { successRate: '95%' },
  });

async function measured(workload: ReturnType<typeof spec>, baseUrl: string, change: Partial<WorkloadContext> = {}): Promise<Measurement & { jobs: JobRun[]; context: WorkloadContext }> {
  const context = await contextFor(baseUrl, change);
  const prepared = await job.prepare(workload, context);
  try {
    await prepared.runRound(0);
  } finally {
    await prepared.close();
  }
  const measurement = prepared.measurement();
  return { ...measurement, jobs: measurement.series.kind === 'job' ? measurement.series.jobs : [], context };
}

const value = ({ metrics }: Measurement, id: string): number | undefined => metrics.find((each) => each.id === id)?.value;
const total = async (baseUrl: string): Promise<number> => ((await (await fetch(`${baseUrl}/videos`)).json()) as { total: number }).total;

describe('jobs on the embedded service', () => {
  it('ten at once: none lost, none counted twice, results right, nothing left behind', async () => {
    const { baseUrl } = await embedded();
    const fetchStep = { request: { path: '/videos/${id}/file' }, verify: { minBytes: '500B', video: { duration: '300ms', codec: 'h264', width: 160, height: 90 } } };
    const result = await measured(spec({ fetch: fetchStep }), baseUrl);
    expect(result.jobs.map((each) => each.job)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(result.jobs.map(({ outcome, removed, message }) => ({ outcome, removed, message }))).toEqual(Array.from({ length: 10 }, () => ({ outcome: 'done', removed: 'yes', message: null })));
    expect(result.validity).toEqual({ status: 'valid', findings: [] });
    expect(result.metrics.find(({ id }) => id === 'success.rate')).toMatchObject({ value: 1, n: 10, rounds: [1] });
    expect(result.metrics.find(({ id }) => id === 'completion.p95')).toMatchObject({ n: 10 });
    for (const each of result.jobs) {
      expect(each.queueWaitMs).toBeGreaterThanOrEqual(0);
      expect(each.processingMs).toBeGreaterThan(0);
      // The service's own clock and ours agree on the length, to the error of polling.
      expect((each.queueWaitMs ?? 0) + (each.processingMs ?? 0)).toBeLessThanOrEqual(each.endMs - each.submittedMs + 1);
    }
    expect(await total(baseUrl)).toBe(0);
    expect(await readdir(result.context.workDir)).toEqual([]);
  });

  it('a result that is not as asked for is a failed job that says how', async () => {
    const { baseUrl } = await embedded();
    const fetchStep = { request: { path: '/videos/${id}/file' }, verify: { video: { duration: '3s', codec: 'h264' } } };
    const result = await measured(spec({ jobs: 1, concurrency: 1, fetch: fetchStep }), baseUrl);
    expect(result.jobs).toMatchObject([{ outcome: 'wrong-result', message: expect.stringContaining('it runs 300 ms, not 3 s') as string }]);
    expect(value(result, 'success.rate')).toBe(0);
    expect(value(result, 'completion.p50')).toBeUndefined();
  });

  it('an interrupt removes what was submitted', async () => {
    const { baseUrl } = await embedded({ READYBENCH_SERVICE_CONCURRENCY: '1' });
    const stop = new AbortController();
    const progress = ({ phase }: { phase: string }): void => {
      if (phase.startsWith('1/10')) stop.abort();
    };
    const result = await measured(spec({ concurrency: 5 }), baseUrl, { signal: stop.signal, progress });
    expect(result.jobs.some(({ outcome }) => outcome === 'interrupted')).toBe(true);
    expect(result.metrics.find(({ id }) => id === 'success.rate')?.value).toBe(1);
    expect(await total(baseUrl)).toBe(0);
  });

  it('a service that is killed half-way: every job has an outcome, within the time limit', async () => {
    const service = await launchService({ tools: createToolResolver() });
    onTestFinished(() => service.stop());
    let killed = false;
    const progress = ({ phase }: { phase: string }): void => {
      if (killed || !/^[3-9]\//.test(phase)) return;
      killed = true;
      process.kill(service.pid, 'SIGKILL');
    };
    const result = await measured(spec({ jobs: 20, concurrency: 4, giveUpAfter: '300ms', delete: undefined }), service.baseUrl, { progress });
    expect(result.jobs).toHaveLength(20);
    const outcomes = new Set(result.jobs.map(({ outcome }) => outcome));
    expect([...outcomes].filter((each) => !['done', 'unreachable', 'rejected', 'not-submitted'].includes(each))).toEqual([]);
    expect(value(result, 'success.rate')).toBeLessThan(0.95);
    expect(result.validity.findings).toMatchObject([{ severity: 'warning', code: 'jobs-failed' }]);
  });
});

describe('jobs of other services', () => {
  it('a job that fails, one that never ends, one that is forgotten, one told twice', async () => {
    const server = await jobServer((n) => (n === 2 ? { status: 'failed', error: 'no model' } : n === 3 ? { status: 'running' } : n === 4 ? null : { status: 'done' }), { idOf: (n) => (n === 5 ? 1 : n) });
    const result = await measured(spec({ jobs: 5, concurrency: 1, timeout: '400ms', times: {}, delete: undefined }), server);
    expect(result.jobs.map(({ outcome }) => outcome)).toEqual(['done', 'failed', 'timeout', 'lost', 'duplicate']);
    expect(result.jobs[1]?.message).toContain('the service says: no model. Sent: GET /videos/2. Came back: 200');
    expect(result.jobs[2]?.message).toContain('not done within 400 ms. Sent: GET /videos/3.');
    expect(value(result, 'success.rate')).toBe(0.2);
    expect(value(result, 'timeouts.rate')).toBe(0.2);
    // The one that timed out is in the percentiles at the timeout.
    expect(value(result, 'completion.p99')).toBeGreaterThanOrEqual(400);
  });

  it('a status that never appears ends with what came back, long before the time-out', async () => {
    const server = await jobServer(() => ({ state: 'done' }));
    const result = await measured(spec({ jobs: 1, concurrency: 1, giveUpAfter: '200ms', delete: undefined }), server);
    expect(result.jobs[0]?.outcome).toBe('unclear');
    expect(result.jobs[0]?.message).toMatch(/its answers held nothing where job\.until looks \(\/status\)\. Sent: GET \/videos\/1\. Came back: 200 .*{"state":"done"}/);
  });

  it('times that are asked for and not there are not measured', async () => {
    const server = await jobServer(() => ({ status: 'done' }));
    const result = await measured(spec({ jobs: 2, delete: undefined }), server);
    expect(result.notMeasured.map(({ what }) => what)).toEqual(['queueWait', 'processing']);
    expect(value(result, 'queueWait.p50')).toBeUndefined();
  });

  it('is told by webhook, each job at a URL of its own', async () => {
    const server = await jobServer(() => ({ status: 'done' }));
    const submit = { request: { method: 'POST', path: '/videos', json: { callback: '${webhook}' } }, expect: { status: 202 }, capture: { id: { json: '/id' } } };
    const result = await measured(spec({ jobs: 6, concurrency: 3, submit, poll: undefined, webhook: {}, times: {}, delete: undefined }), server);
    expect(result.jobs.map(({ outcome, polls }) => `${outcome} ${polls}`)).toEqual(Array.from({ length: 6 }, () => 'done 0'));
    expect(result.detail).toMatchObject({ seenBy: 'webhook', pollIntervalMs: null, lateBy: null });
  });

  it('submits at a rate whether or not earlier jobs have ended', async () => {
    const server = await jobServer(() => ({ status: 'running' }));
    const result = await measured(spec({ jobs: 5, concurrency: undefined, rate: '50/s', timeout: '300ms', delete: undefined }), server);
    expect(result.jobs.map(({ submittedMs }) => Math.round(submittedMs))).toEqual([0, 20, 40, 60, 80]);
    expect(result.jobs.every(({ outcome }) => outcome === 'timeout')).toBe(true);
  });

  it('at a rate says how late submits were sent, and does not count where that was this machine’s fault', async () => {
    const server = await jobServer(() => ({ status: 'done' }));
    const rated = { jobs: 10, concurrency: undefined, rate: '50/s', times: {}, delete: undefined };
    setTimeout(() => {
      const until = performance.now() + 150;
      while (performance.now() < until);
    }, 20);
    const result = await measured(spec(rated), server);
    expect(Math.max(...result.jobs.map(({ submitLateMs }) => submitLateMs ?? 0))).toBeGreaterThan(50);
    expect(result.validity).toMatchObject({ status: 'invalid', findings: [{ code: 'generator-saturated-late', round: 0 }] });
    expect((await measured(spec({ jobs: 2, concurrency: 1, times: {}, delete: undefined }), server)).jobs.map(({ submitLateMs }) => submitLateMs)).toEqual([null, null]);
  });

  it('jobs of the warm-up fill the queue, are removed, and are not counted', async () => {
    const removed: string[] = [];
    const server = await jobServer(() => ({ status: 'done' }), { onDelete: (path) => removed.push(path) });
    const result = await measured(spec({ jobs: 5, concurrency: undefined, rate: '50/s', warmup: '30ms', times: {} }), server);
    expect(result.jobs.map((each) => each.job)).toEqual([2, 3, 4]);
    expect(result.metrics.find(({ id }) => id === 'success.rate')).toMatchObject({ value: 1, n: 3 });
    expect(result.metrics.find(({ id, labels }) => id === 'latency.p50' && labels['step'] === 'submit')?.n).toBe(3);
    expect(removed).toHaveLength(5);
  });
});
