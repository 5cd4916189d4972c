import { afterAll, beforeAll, expect, it } from 'vitest';
import { createToolResolver } from '../../../src/host/tools.ts';
import { judgeSla } from '../../../src/judge/sla.ts';
import { serviceOptions } from '../../../src/service/options.ts';
import { startService, type RunningService } from '../../../src/service/service.ts';
import { bind } from '../../../src/workloads/registry.ts';
import { workload } from '../../../src/workloads/schemas.ts';
import { contextFor, embedded } from '../../support/context.ts';

const job = (sla: object, change: object = {}) => ({
  name: 'jobs',
  job: {
    submit: { request: { method: 'POST', path: '/videos', json: { durationS: 0.1, width: 32, height: 32, cache: false, seed: '${job}' } }, expect: { status: 202 }, capture: { id: { json: '/id' } } },
    poll: { request: { path: '/videos/${id}' } },
    until: { done: { at: '/status', is: 'done' }, failed: { at: '/status', is: 'failed' } },
    times: { queued: '/queuedAt', started: '/startedAt', finished: '/finishedAt' },
    jobs: 12,
    concurrency: 4,
    pollInterval: '10ms',
    timeout: '20s',
    ...change,
  },
  sla,
});
const http = (sla: object, request: object = { path: '/videos' }) => ({ name: 'api', http: { request, load: { model: 'open', rate: '100/s', duration: '600ms', warmup: '0ms', timeout: '2s' } }, sla });

const flow = (sla: object, step: object = {}) => ({ name: 'users', http: { flow: { steps: [{ name: 'list', request: { path: '/videos' }, sla: step }] }, load: { model: 'closed', engine: 'own', connections: 8, thinkTime: '10ms', duration: '900ms', warmup: '0ms', timeout: '2s' } }, sla });
const mix = (own: object) => ({ name: 'mixed', http: { mix: [{ name: 'list', request: { path: '/videos' }, sla: own }, { name: 'health', request: { path: '/health' } }], load: { model: 'open', rate: '100/s', duration: '600ms', warmup: '0ms', timeout: '2s' } } });

/** Every limit of jobs and requests, by the defect with which it must be broken. */
const LIMITS: [string, object, string[]][] = [
  ['job-time=1s', job({ completion: { p50: '900ms' }, queueWait: { p50: '750ms' }, processing: { p50: '750ms' }, makespan: '4500ms', videosPerHour: 9_600 }), ['completion.p50', 'queueWait.p50', 'processing.p50', 'batch.makespan', 'batch.videosPerHour']],
  ['latency=400ms@/videos', job({ submit: { p50: '300ms' }, poll: { p50: '300ms' } }, { jobs: 8, concurrency: 8 }), ['latency.p50{step=submit}', 'latency.p50{step=poll}']],
  ['lose=100%', job({ successRate: '50%' }), ['success.rate']],
  ['stuck=100%', job({ timeoutRate: '50%' }, { jobs: 8, concurrency: 8, timeout: '2s' }), ['timeouts.rate']],
  ['latency=400ms@/videos', http({ latency: { p50: '300ms', p95: '350ms' }, service: { p50: '300ms' } }), ['latency.p50', 'latency.p95', 'service.p50']],
  ['errors=90%@/videos', http({ errorRate: '10%', throughput: '30/s' }), ['errors.rate', 'throughput']],
  ['latency=400ms@/videos', flow({ iteration: { latency: { p50: '300ms' }, throughput: '40/s' } }, { latency: { p50: '300ms' } }), ['latency.p50{step=list}', 'iteration.p50', 'iteration.throughput']],
  ['errors=90%@/videos', flow({ iteration: { errorRate: '40%' } }), ['iteration.errors.rate']],
  ['latency=400ms@/videos', mix({ latency: { p50: '300ms' } }), ['latency.p50{request=list}']],
  // Submits, for the preflight tries what it may.
  ['drop=50%@/videos', http({ successRate: '90%' }, { method: 'POST', path: '/videos' }), ['success.rate']],
];

let good: RunningService;
beforeAll(async () => {
  good = await startService(serviceOptions({}), createToolResolver());
});
afterAll(() => good.stop());

async function verdictsOf(spec: object, baseUrl: string): Promise<{ metric: string; verdict: string; sentence: string }[]> {
  const bound = bind(workload.parse(spec));
  const prepared = await bound.prepare(await contextFor(baseUrl));
  await prepared.runRound(0);
  await prepared.close();
  const { metrics, histograms, notMeasured } = prepared.measurement();
  return judgeSla(bound.limits, { metrics, histograms, notMeasured });
}

it.each(LIMITS.map(([faults, spec, limits]) => ({ faults, spec, limits, names: limits.join(', ') })))('$names: kept, and broken with $faults', async ({ faults, spec, limits }) => {
  const kept = await verdictsOf(spec, good.baseUrl);
  expect(kept.map(({ metric, verdict, sentence }) => ({ metric, verdict, sentence: verdict === 'pass' ? '' : sentence }))).toEqual(limits.map((metric) => ({ metric, verdict: 'pass', sentence: '' })));
  const bad = await embedded({ READYBENCH_FAULTS: faults });
  const broken = await verdictsOf(spec, bad.baseUrl);
  expect(broken.map(({ metric, verdict, sentence }) => ({ metric, verdict, sentence: verdict === 'breach' ? '' : sentence }))).toEqual(limits.map((metric) => ({ metric, verdict: 'breach', sentence: '' })));
  for (const { sentence } of broken) expect(sentence).toMatch(/, limit .*: /);
});
