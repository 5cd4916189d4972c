/**
 * What k6's remote write output calls the metrics (k6 2.2, internal/output/prometheusrw): prefix `k6_`, trends of time in seconds,
 * counters `_total`.
 */
export const NAMES = {
  start: 'k6_bench_start',
  dropped: 'k6_dropped_iterations_total',
  histograms: {
    latency: 'k6_bench_latency_seconds',
    service: 'k6_bench_service_seconds',
    iteration: 'k6_bench_iteration_seconds',
    waiting: 'k6_http_req_waiting_seconds',
    connecting: 'k6_http_req_connecting_seconds',
    tls: 'k6_http_req_tls_handshaking_seconds',
  },
} as const;

export type HistogramName = keyof (typeof NAMES)['histograms'];

/** To how many seconds the end of a pod is known. */
export const ENDED = { stepS: 5 } as const;
