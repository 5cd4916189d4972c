import { makeK6Plan } from '../../../src/k6/make-plan.ts';
import type { K6Plan } from '../../../src/k6/plan.ts';
import { openPlan } from '../../support/k6/plans.ts';
import { bodyOf, remoteWrite, type Series } from '../../support/k6/remote-write.ts';

export const PODS = 100;
const SECONDS = 600;
/** Of what a pod sends, how much is written here: its histogram has the same buckets. */
const PER_SECOND = 10;
/** Every 5 s in truth; what is read back is the last of each two minutes. */
const FLUSH_S = 60;

/** Trends of k6 and of the script; the merge reads five of them. */
const HTTP_TRENDS = ['http_req_duration', 'http_req_blocked', 'http_req_connecting', 'http_req_tls_handshaking', 'http_req_sending', 'http_req_waiting', 'http_req_receiving'];
const ZERO = new Set(['http_req_blocked', 'http_req_connecting', 'http_req_tls_handshaking']);
const OTHERS = ['k6_iterations_total', 'k6_data_sent_total', 'k6_data_received_total', 'k6_vus', 'k6_vus_max'];

export function prometheusPlan(): K6Plan {
  return makeK6Plan('perf', [{ workload: 'api', round: 0, load: openPlan({ warmupMs: 0, durationMs: SECONDS * 1_000, ratePerSecond: PODS * PER_SECOND }), setup: [] }], PODS, [], 'perf');
}

/** What the pods of a test of ten minutes write. */
export async function writePods(url: string): Promise<{ seriesPerPod: number; bytesPerSeries: number }> {
  const beganMs = Math.floor(Date.now() / 1_000) * 1_000 - 1_500_000;
  let [series, bytes, flushes] = [0, 0, 0];
  for (let second = FLUSH_S; second <= SECONDS; second += FLUSH_S) {
    for (let pod = 1; pod <= PODS; pod += 1) {
      const all = podAt(pod, second, beganMs);
      flushes += 1;
      series += all.length;
      bytes += bodyOf(all).length;
      await remoteWrite(url, all);
    }
  }
  return { seriesPerPod: Math.round(series / flushes), bytesPerSeries: bytes / series };
}

function podAt(pod: number, second: number, beganMs: number): Series[] {
  const common = { plan: 'perf', workload: 'api', round: '0', instance_id: String(pod), testrun_name: 'perf' };
  const timeMs = beganMs + second * 1_000 - 1;
  const count = second * PER_SECOND;
  const values = Array.from({ length: count }, (_, n) => 0.005 * Math.exp(((n * 7_919 + pod) % 1_000) / 250));
  const failed = values.slice(0, Math.ceil(count / 1_000));
  const ok = values.slice(failed.length);
  const start = second === FLUSH_S ? [{ labels: { ...common, __name__: 'k6_bench_start', segment: `${pod - 1}/${PODS}:${pod}/${PODS}` }, timeMs: beganMs, value: beganMs }] : [];
  return [
    ...start,
    ...([['true', ok], ['false', failed]] as const).flatMap(([expected, seconds]) => {
      const labels = { ...common, expected_response: expected };
      return [
        ...HTTP_TRENDS.map((name) => ({ labels: { ...labels, __name__: `k6_${name}_seconds` }, timeMs, value: ZERO.has(name) ? seconds.map(() => 0) : seconds })),
        { labels: { ...labels, __name__: 'k6_http_reqs_total' }, timeMs, value: seconds.length },
        { labels: { ...labels, __name__: 'k6_http_req_failed_rate' }, timeMs, value: expected === 'true' ? 0 : 1 },
      ];
    }),
    { labels: { ...common, __name__: 'k6_bench_latency_seconds', outcome: 'ok', status: '200' }, timeMs, value: ok },
    { labels: { ...common, __name__: 'k6_bench_latency_seconds', outcome: '5xx', status: '503', why: '503' }, timeMs, value: failed },
    { labels: { ...common, __name__: 'k6_bench_service_seconds', outcome: 'ok' }, timeMs, value: ok },
    { labels: { ...common, __name__: 'k6_iteration_duration_seconds' }, timeMs, value: values },
    ...OTHERS.map((name) => ({ labels: { ...common, __name__: name }, timeMs, value: count })),
  ];
}
