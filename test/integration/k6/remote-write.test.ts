import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findExecutable } from '../../../src/host/executables.ts';
import { makeK6Plan } from '../../../src/k6/make-plan.ts';
import { mergeSegments } from '../../../src/k6/merge/merge.ts';
import { PrometheusClient } from '../../../src/k6/prometheus/client.ts';
import { readFromPrometheus } from '../../../src/k6/prometheus/read.ts';
import { Histogram, type HistogramData } from '../../../src/load/histogram.ts';
import { plainGet, single } from '../../../src/load/plan.ts';
import type { LoadResult } from '../../../src/load/result.ts';
import { startMirror } from '../../support/k6/mirror.ts';
import { onK6, realK6 } from '../../support/k6/on-k6.ts';
import { openPlan } from '../../support/k6/plans.ts';
import { startPrometheus } from '../../support/k6/prometheus.ts';

const prometheus = findExecutable('prometheus');
const dir = mkdtempSync(join(tmpdir(), 'k6-remote-write-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Of a bucket of k6's histograms; the other is our own. */
const BUCKET = 2 ** (1 / 8) * (1 + 1 / 1_024);

describe.skipIf(realK6 === null || prometheus === null)('remote write of the real k6 to a real Prometheus (needs k6 and prometheus)', () => {
  let mirror: Awaited<ReturnType<typeof startMirror>>;
  let server: Awaited<ReturnType<typeof startPrometheus>>;
  beforeAll(async () => ([mirror, server] = await Promise.all([startMirror(), startPrometheus(prometheus!)])));
  afterAll(async () => {
    mirror.stop();
    await server.stop();
  });

  it('is the same test as its files: counts equal, percentiles within a bucket', { retry: 2 }, async () => {
    const target = { origin: mirror.origin, addresses: [{ address: '127.0.0.1', family: 4 as const }], insecureTls: false };
    const load = (part: Parameters<typeof openPlan>[0]) => openPlan({ target, warmupMs: 500, durationMs: 2_000, timeoutMs: 300, ratePerSecond: 100, maxInFlight: 200, ...part });
    const flow = { weight: 1, labels: { step: 'all' }, steps: [{ ...plainGet('/json'), labels: { step: 'one' } }, { ...plainGet('/503'), labels: { step: 'two' } }] };
    const plan = makeK6Plan('both', [
      { workload: 'plain', round: 0, load: load({ flows: [single(plainGet('/json'))], connection: 'new' }), setup: [] },
      { workload: 'hanging', round: 0, load: load({ flows: [single(plainGet('/hang'))], ratePerSecond: 40 }), setup: [] },
      { workload: 'flow', round: 0, load: load({ flows: [flow], arrivals: 'poisson' }), setup: [] },
    ], 2);
    // The tags that the export and the operator give, and the environment of the export.
    const { files, ends } = await onK6(plan, join(dir, plan.id), {
      env: { K6_PROMETHEUS_RW_SERVER_URL: `${server.url}/api/v1/write`, K6_PROMETHEUS_RW_TREND_AS_NATIVE_HISTOGRAM: 'true' },
      more: (segment) => ['--tag', `plan=${plan.id}`, '--tag', `instance_id=${segment + 1}`, '--tag', 'testrun_name=both', '--out', 'experimental-prometheus-rw'],
    });
    expect(ends).toEqual([{ code: 0, errors: false }, { code: 0, errors: false }]);
    const fromFiles = await mergeSegments(plan, files);
    const fromServer = await readFromPrometheus(plan, new PrometheusClient(server.url, undefined), { sinceMs: 3_600_000, nowMs: Date.now() });

    for (const [index, { part, result }] of fromFiles.parts.entries()) {
      const read = fromServer.parts[index]!.result;
      const counts = ({ requests, iterations, started }: LoadResult): unknown => ({
        requests: requests.map(({ labels, sent, completed, failed, statuses, errors }) => ({ labels, sent, completed, failed, statuses, errors: Object.fromEntries(errors.map(({ kind, count }) => [kind, count])) })),
        iterations: iterations.map(({ labels, completed, failed }) => ({ labels, completed, failed })),
        started,
      });
      expect(counts(read), part.workload).toEqual(counts(result));
      for (const [at, request] of result.requests.entries()) {
        for (const kind of ['latency', 'service', 'firstByte', 'connect'] as const) within(request[kind], read.requests[at]![kind], `${part.workload} ${at} ${kind}`);
      }
      for (const [at, iteration] of result.iterations.entries()) within(iteration.latency, read.iterations[at]!.latency, part.workload);
      const codes = ({ findings = [] }: LoadResult): string[] => findings.map(({ severity, code }) => `${severity} ${code}`).filter((each) => !each.endsWith('k6-start-skew'));
      expect(codes(read), part.workload).toEqual(['warning k6-histogram-resolution', ...codes(result)]);
    }
  });
});

function within(exact: HistogramData, bucketed: HistogramData, what: string): void {
  const [truth, read] = [Histogram.fromData(exact), Histogram.fromData(bucketed)];
  expect(read.count, what).toBe(truth.count);
  if (truth.count === 0) return;
  for (const q of [0.5, 0.9, 0.95, 0.99]) {
    // A microsecond is what both are rounded to.
    expect(read.quantile(q)!, `${what} ${q}`).toBeGreaterThanOrEqual(truth.quantile(q)! * (1 - 1 / 1_024) - 1);
    expect(read.quantile(q)!, `${what} ${q}`).toBeLessThanOrEqual(truth.quantile(q)! * BUCKET + 1);
  }
}
