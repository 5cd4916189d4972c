/** What the generic script adds to k6's own metrics, and what of those is read. */
export const METRIC = {
  /** ms from the intended start; tags outcome, status, why, and the request's label. */
  latency: 'bench_latency',
  /** ms from the actual send. */
  service: 'bench_service',
  /** ms from the arrival to the end of the last step of a flow. */
  iteration: 'bench_iteration',
  /** Of a k6 scenario in a segment, ms since 1970; tags plan and segment. */
  start: 'bench_start',
  dropped: 'dropped_iterations',
  waiting: 'http_req_waiting',
  connecting: 'http_req_connecting',
  tls: 'http_req_tls_handshaking',
} as const;

export const WANTED = [METRIC.latency, METRIC.service, METRIC.iteration, METRIC.start, METRIC.dropped, METRIC.waiting, METRIC.connecting, METRIC.tls] as const;

/** Places in `WANTED`. */
export const LATENCY = 0;
export const SERVICE = 1;
export const ITERATION = 2;
export const START = 3;
export const DROPPED = 4;
export const WAITING = 5;
export const CONNECTING = 6;
export const TLS = 7;
