/**
 * Points as k6 2.2 writes them for the generic script: order of the fields, of the metrics of a request, and tags as in its own
 * output. For loads of a constant rate with one request.
 */
const BUILT_IN = ['http_reqs', 'http_req_duration', 'http_req_blocked', 'http_req_connecting', 'http_req_tls_handshaking', 'http_req_sending', 'http_req_waiting', 'http_req_receiving', 'http_req_failed'];

const declared = (name, type) => `{"type":"Metric","data":{"name":"${name}","type":"${type}","contains":"time","thresholds":[],"submetrics":null},"metric":"${name}"}`;

export function point(metric, timeMs, value, tags) {
  const whole = Math.floor(timeMs);
  const nanos = String(Math.round((timeMs - whole) * 1e6)).padStart(6, '0');
  const time = `${new Date(whole).toISOString().slice(0, -1)}${nanos}`.replace(/\.?0+$/, '');
  return `{"metric":"${metric}","type":"Point","data":{"time":"${time}Z","value":${value},"tags":${JSON.stringify(tags)}}}`;
}

export const segmentName = (index, of) => (of === 1 ? null : `${index === 0 ? '0' : `${index}/${of}`}:${index + 1 === of ? '1' : `${index + 1}/${of}`}`);

/**
 * The lines of one segment.
 * @param {{ plan: any, segment: number, startMs?: number, latencyMs: (n: number) => number, outcome?: (n: number) => { outcome: string, status: number, why?: string }, dropped?: (slot: number) => boolean, until?: number }} options
 */
export function* segmentLines({ plan, segment, startMs = Date.UTC(2026, 0, 2, 3, 4, 5), latencyMs, outcome = () => ({ outcome: 'ok', status: 200 }), dropped = () => false, until = Infinity }) {
  for (const name of BUILT_IN) yield declared(name, 'trend');
  for (const { workload, round, startMs: offsetMs, load } of plan.parts) {
    const tags = { round: String(round), workload };
    const beganMs = startMs + offsetMs;
    const periodMs = 1000 / load.ratePerSecond;
    let started = 0;
    for (let slot = segment; slot * periodMs < load.warmupMs + load.durationMs; slot += plan.segments) {
      const intendedMs = slot * periodMs;
      if (intendedMs > until) return;
      if (dropped(slot)) {
        yield point('dropped_iterations', beganMs + intendedMs, 1, tags);
        continue;
      }
      // The script knows which iteration it is, not which were dropped before it.
      const saidMs = (segment + started * plan.segments) * periodMs;
      if (started === 0) yield point('bench_start', beganMs, beganMs, { ...tags, plan: plan.id, segment: segmentName(segment, plan.segments) ?? '0:1' });
      started += 1;
      const took = latencyMs(slot);
      const endMs = beganMs + intendedMs + took;
      const phase = saidMs < load.warmupMs ? { phase: 'warm-up' } : {};
      const answer = outcome(slot);
      const http = { expected_response: String(answer.status >= 200 && answer.status < 400), ...phase, ...tags };
      for (const name of BUILT_IN) yield point(name, endMs, name === 'http_reqs' ? 1 : name === 'http_req_duration' || name === 'http_req_waiting' ? took : 0, http);
      const own = { ...phase, ...tags, outcome: answer.outcome, status: String(answer.status), ...(answer.why === undefined ? {} : { why: answer.why }) };
      yield point('bench_latency', endMs, took + (intendedMs - saidMs), own);
      if (answer.outcome === 'ok') yield point('bench_service', endMs, took, { ...phase, ...tags, outcome: 'ok' });
      for (const name of ['data_sent', 'data_received', 'iteration_duration', 'iterations']) yield point(name, endMs, 1, tags);
    }
  }
}
