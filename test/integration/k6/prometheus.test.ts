import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findExecutable } from '../../../src/host/executables.ts';
import { makeK6Plan } from '../../../src/k6/make-plan.ts';
import { PrometheusClient } from '../../../src/k6/prometheus/client.ts';
import { readFromPrometheus } from '../../../src/k6/prometheus/read.ts';
import type { K6Plan } from '../../../src/k6/plan.ts';
import { Histogram } from '../../../src/load/histogram.ts';
import type { LoadResult } from '../../../src/load/result.ts';
import { seededRandom } from '../../../src/random.ts';
import { openPlan } from '../../support/k6/plans.ts';
import { startPrometheus } from '../../support/k6/prometheus.ts';
import { remoteWrite, type Series } from '../../support/k6/remote-write.ts';

const path = findExecutable('prometheus');
const FLUSH_MS = 5_000;
const PER_SECOND = 100;

/** 2 pods, 10 s after 1 s of warm-up, or what `load` says. */
const planOf = (id: string, load = {}): K6Plan => makeK6Plan('s', [{ workload: 'api', round: 0, load: openPlan(load), setup: [] }], 2, [], id);

const random = seededRandom(4);
const latencies = Array.from({ length: 4_000 }, () => Math.exp(3 + 0.6 * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())));

interface Pod {
  plan: K6Plan;
  pod: number;
  startMs: number;
  outcome?: (n: number) => 'ok' | '5xx' | 'timeout';
  dropped?: number;
  until?: number;
}

/** A series as it stands. */
interface Group {
  labels: Record<string, string>;
  seconds: number[];
  lastMs: number;
}

/** What one pod has written when it ends: state after state, every 5 s and at the end, as k6's output does. */
function* flushes({ plan, pod, startMs, outcome, dropped = 0, until = Infinity }: Pod): Generator<Series[]> {
  const { load } = plan.parts[0]!;
  const common = { plan: plan.id, workload: 'api', round: '0', instance_id: String(pod) };
  const all = Array.from({ length: (PER_SECOND * (load.warmupMs + load.durationMs)) / 1_000 }, (_, n) => ({ n, atMs: (n * 1_000) / PER_SECOND })).filter(({ n, atMs }) => n % plan.segments === pod - 1 && atMs < until);
  const segment = pod === 1 ? '0:1/2' : '1/2:1';
  let told = false;
  for (let flushMs = FLUSH_MS; ; flushMs += FLUSH_MS) {
    const done = all.filter(({ atMs }) => atMs < flushMs);
    const groups = new Map<string, Group>();
    for (const { n, atMs } of done) {
      const is = outcome?.(n) ?? 'ok';
      const labels = { ...common, ...(atMs < load.warmupMs ? { phase: 'warm-up' } : {}), outcome: is, status: is === '5xx' ? '503' : is === 'timeout' ? '0' : '200' };
      const group: Group = groups.get(JSON.stringify(labels)) ?? { labels, seconds: [], lastMs: 0 };
      group.seconds.push((is === 'timeout' ? load.timeoutMs : latencies[n % latencies.length]!) / 1_000);
      group.lastMs = atMs;
      groups.set(JSON.stringify(labels), group);
    }
    yield [
      ...(told ? [] : [{ labels: { ...common, __name__: 'k6_bench_start', segment }, timeMs: startMs, value: startMs }]),
      // Only what has changed since the last time is written.
      ...[...groups.values()].filter(({ lastMs }) => lastMs >= flushMs - FLUSH_MS).map(({ labels, seconds, lastMs }) => ({ labels: { ...labels, __name__: 'k6_bench_latency_seconds' }, timeMs: startMs + lastMs, value: seconds })),
      ...(dropped > 0 && !told ? [{ labels: { ...common, __name__: 'k6_dropped_iterations_total' }, timeMs: startMs + 2_000, value: dropped }] : []),
    ];
    told = true;
    if (done.length === all.length) return;
  }
}

describe.skipIf(path === null)('a test read back from a real Prometheus (needs prometheus)', () => {
  let server: { url: string; stop: () => Promise<void> };
  const beganMs = Math.floor(Date.now() / 1_000) * 1_000 - 1_200_000;
  beforeAll(async () => (server = await startPrometheus(path!)));
  afterAll(() => server.stop());

  async function read(plan: K6Plan, pods: readonly Pod[]): Promise<LoadResult> {
    for (const pod of pods) for (const series of flushes(pod)) await remoteWrite(server.url, series);
    const { parts } = await readFromPrometheus(plan, new PrometheusClient(server.url, undefined), { sinceMs: 3_600_000, nowMs: Date.now() });
    return parts[0]!.result;
  }
  const codes = ({ findings = [] }: LoadResult): string[] => findings.map(({ severity, code }) => `${severity} ${code}`);
  const RESOLUTION = 'warning k6-histogram-resolution';

  it('percentiles of all pods are those of all samples sorted, at most a bucket above; a failure in the first seconds of a long test is not lost', async () => {
    // Longer than the 5 minutes that Prometheus looks back for a series.
    const plan = planOf('long', { durationMs: 420_000 });
    const result = await read(plan, [1, 2].map((pod) => ({ plan, pod, startMs: beganMs, outcome: (n: number) => (n === 200 ? '5xx' : n === 301 ? 'timeout' : 'ok') })));
    expect(codes(result)).toEqual([RESOLUTION]);
    expect(result.requests[0]).toMatchObject({ sent: 42_000, completed: 41_998, failed: 2, statuses: { 200: 41_998, 503: 1 }, errors: [{ kind: '5xx', count: 1 }, { kind: 'timeout', count: 1 }] });
    const sorted = Array.from({ length: 42_000 }, (_, index) => index + 100).filter((n) => n !== 200).map((n) => (n === 301 ? 2_000 : latencies[n % latencies.length]!)).sort((a, b) => a - b);
    const histogram = Histogram.fromData(result.requests[0]!.latency);
    for (const q of [0.5, 0.9, 0.95, 0.99]) {
      const truth = sorted[Math.ceil(q * sorted.length) - 1]!;
      expect(histogram.quantile(q)! / 1_000).toBeGreaterThanOrEqual(truth);
      expect(histogram.quantile(q)! / 1_000).toBeLessThanOrEqual(truth * 2 ** (1 / 8) * (1 + 1 / 1_024));
    }
    expect(histogram.maxUs).toBe(2_000_000);
  });

  it('a pod that is missing, one that died, one that began late, drops', async () => {
    const missing = planOf('missing');
    expect(codes(await read(missing, [{ plan: missing, pod: 1, startMs: beganMs }]))).toEqual([RESOLUTION, 'invalid k6-segment-missing', 'invalid k6-rate-not-reached']);
    const died = planOf('died');
    expect(codes(await read(died, [{ plan: died, pod: 1, startMs: beganMs }, { plan: died, pod: 2, startMs: beganMs, until: 4_000 }]))).toEqual([RESOLUTION, 'invalid k6-rate-not-reached', 'invalid k6-segment-ended-early', 'invalid k6-segment-fell-behind']);
    const late = planOf('late');
    expect(codes(await read(late, [{ plan: late, pod: 1, startMs: beganMs }, { plan: late, pod: 2, startMs: beganMs + 4_000 }]))).toEqual([RESOLUTION, 'invalid k6-start-skew']);
    const drops = planOf('drops');
    const dropped = await read(drops, [{ plan: drops, pod: 1, startMs: beganMs, dropped: 4 }, { plan: drops, pod: 2, startMs: beganMs }]);
    expect(codes(dropped)).toEqual([RESOLUTION, 'warning k6-dropped-iterations', 'warning k6-latencies-shifted']);
    expect(dropped.requests[0]).toMatchObject({ completed: 1_000, failed: 4 });
  });

  it('a series that the server has and does not give as a native histogram makes the run invalid', async () => {
    const plan = planOf('overlooked');
    // As k6 writes a trend where it was not told to write native histograms.
    await remoteWrite(server.url, [{ labels: { __name__: 'k6_bench_latency_seconds', plan: plan.id, workload: 'api', round: '0', instance_id: '1', outcome: 'ok', status: '201' }, timeMs: beganMs + 3_000, value: 0.02 }]);
    const result = await read(plan, [1, 2].map((pod) => ({ plan, pod, startMs: beganMs })));
    expect(codes(result)).toEqual([RESOLUTION, 'invalid k6-series-overlooked']);
    expect(result.findings!.at(-1)!.message).toBe('Prometheus has 1 series of k6_bench_latency_seconds that it does not give as native histograms.');
    expect(result.requests[0]).toMatchObject({ completed: 1_000 });
  });

  it('nothing of this plan, two tests of it, no Prometheus: an error each', async () => {
    const twice = planOf('twice');
    const client = new PrometheusClient(server.url, undefined);
    const options = { sinceMs: 3_600_000, nowMs: Date.now() };
    await expect(readFromPrometheus(planOf('never'), client, options)).rejects.toMatchObject({ exitCode: 2, message: 'Prometheus has nothing of plan never in the last 1 h' });
    await expect(read(twice, [{ plan: twice, pod: 1, startMs: beganMs }, { plan: twice, pod: 1, startMs: beganMs + 60_000 }])).rejects.toThrow('two tests of plan twice: pod 1 began twice');
    await expect(readFromPrometheus(twice, new PrometheusClient('http://127.0.0.1:1', undefined), options)).rejects.toMatchObject({ exitCode: 5 });
    await expect(readFromPrometheus(twice, new PrometheusClient(`${server.url}/elsewhere`, undefined), options)).rejects.toThrow(/answers 404/);
    expect(() => new PrometheusClient('prometheus:9090', undefined)).toThrow('is no http(s) URL');
  });
});
