import type { Labels, Metric, Unit } from './schema.ts';

/** How metrics of one id are read and gated. */
export interface MetricKind {
  unit: Unit;
  better: 'lower' | 'higher';
  /** One word for people: `p95 latency`. */
  title: string;
  /** What the gate may conclude from it. `portable` ones compare across machines, `time` and `cpu` never do. */
  nature: 'time' | 'cpu' | 'rate' | 'portable' | 'advisory';
  /** For percentiles: which one. Gated only where enough samples lie beyond it. */
  quantile?: number;
  /** A change smaller than this, in the metric's own unit, is never a regression. */
  absoluteFloor: number;
  /** Read from outside, not measured by us: its direction is the metric's own, it is gated only where the scenario says so, and its `n` counts readings, never trials. */
  observed?: true;
}

const latencyFloorMs = 5;

/** `gated`: the percentiles the gate decides on; the others would only widen the family it corrects for. */
const percentiles = (prefix: string, title: string, gated: readonly number[]): Record<string, MetricKind> =>
  Object.fromEntries(
    ([[50, 0.5], [90, 0.9], [95, 0.95], [99, 0.99]] as const).map(([label, quantile]) => [
      `${prefix}.p${label}`,
      { unit: 'ms', better: 'lower', title: `p${label} ${title}`.trimEnd(), nature: gated.includes(label) ? 'time' : 'advisory', quantile, absoluteFloor: latencyFloorMs },
    ]),
  );

const host = (unit: Unit, title: string): MetricKind => ({ unit, better: 'lower', title, nature: 'advisory', absoluteFloor: 0 });

const observed = (unit: Unit): MetricKind => ({ unit, better: 'lower', title: 'observed', nature: 'rate', absoluteFloor: 0, observed: true });

/** Every metric id there is: the one place that knows unit, direction and floor. */
export const METRICS: Readonly<Record<string, MetricKind>> = {
  ...percentiles('latency', 'latency', [50, 95, 99]),
  ...percentiles('service', 'service time', []),
  ...percentiles('firstByte', 'time to first byte', []),
  ...percentiles('connect', 'connect time', []),
  ...percentiles('tls', 'TLS handshake', []),
  ...percentiles('iteration', 'iteration', [50, 95]),
  'iteration.throughput': { unit: '1/s', better: 'higher', title: 'completed iterations', nature: 'advisory', absoluteFloor: 0.5 },
  'iteration.errors.rate': { unit: 'share', better: 'lower', title: 'failed iterations', nature: 'portable', absoluteFloor: 0.005 },
  'throughput.received': { unit: 'bytes/s', better: 'higher', title: 'received', nature: 'advisory', absoluteFloor: 1_000 },
  throughput: { unit: '1/s', better: 'higher', title: 'throughput', nature: 'rate', absoluteFloor: 0.5 },
  'errors.rate': { unit: 'share', better: 'lower', title: 'error rate', nature: 'portable', absoluteFloor: 0.005 },
  'success.rate': { unit: 'share', better: 'higher', title: 'success rate', nature: 'portable', absoluteFloor: 0.005 },
  ...percentiles('completion', 'completion', [50, 95]),
  ...percentiles('queueWait', 'wait in the queue', []),
  ...percentiles('processing', 'processing time', [50]),
  ...percentiles('k6', '', [50, 95]),
  'k6.checks': { unit: 'share', better: 'higher', title: 'passed checks', nature: 'portable', absoluteFloor: 0.005 },
  'k6.rate': { unit: 'share', better: 'higher', title: 'share that is true', nature: 'advisory', absoluteFloor: 0.005 },
  'k6.perSecond': { unit: '1/s', better: 'higher', title: 'counted a second', nature: 'advisory', absoluteFloor: 0.5 },
  'checks.failed': { unit: 'count', better: 'lower', title: 'failed checks', nature: 'advisory', absoluteFloor: 1 },
  'timeouts.rate': { unit: 'share', better: 'lower', title: 'jobs not done in time', nature: 'advisory', absoluteFloor: 0.005 },
  'encode.wall': { unit: 'ms', better: 'lower', title: 'encode time', nature: 'time', absoluteFloor: 100 },
  'encode.cpu': { unit: 'ms', better: 'lower', title: 'CPU time of an encode', nature: 'cpu', absoluteFloor: 100 },
  'encode.fps': { unit: 'fps', better: 'higher', title: 'encode frame rate', nature: 'advisory', absoluteFloor: 0.5 },
  'encode.speed': { unit: 'x', better: 'higher', title: 'encode speed', nature: 'advisory', absoluteFloor: 0.01 },
  'batch.makespan': { unit: 'ms', better: 'lower', title: 'makespan of the batch', nature: 'time', absoluteFloor: 100 },
  'batch.cpu': { unit: 'ms', better: 'lower', title: 'CPU time of the batch', nature: 'cpu', absoluteFloor: 100 },
  'batch.videosPerHour': { unit: '1/h', better: 'higher', title: 'videos per hour', nature: 'advisory', absoluteFloor: 1 },
  'encode.memory': { unit: 'bytes', better: 'lower', title: 'peak memory of an encode', nature: 'advisory', absoluteFloor: 1_000_000 },
  'encode.firstOutput': { unit: 'ms', better: 'lower', title: 'time to the first output', nature: 'advisory', absoluteFloor: 500 },
  'decode.wall': { unit: 'ms', better: 'lower', title: 'decode time', nature: 'advisory', absoluteFloor: 100 },
  'decode.fps': { unit: 'fps', better: 'higher', title: 'decode frame rate', nature: 'advisory', absoluteFloor: 0.5 },
  'output.bitrate': { unit: 'bit/s', better: 'lower', title: 'output bit rate', nature: 'advisory', absoluteFloor: 1_000 },
  'quality.psnr': { unit: 'dB', better: 'higher', title: 'PSNR', nature: 'portable', absoluteFloor: 0.1 },
  'quality.ssim': { unit: 'score', better: 'higher', title: 'SSIM', nature: 'portable', absoluteFloor: 0.002 },
  'quality.vmaf': { unit: 'score', better: 'higher', title: 'VMAF', nature: 'portable', absoluteFloor: 0.5 },
  'observed.time': observed('ms'),
  'observed.bytes': observed('bytes'),
  'observed.share': observed('share'),
  'observed.count': observed('count'),
  'observed.rate': observed('1/s'),
  'observed.throughput': observed('bytes/s'),
  'observed.ratio': observed('ratio'),
  'host.cpu': host('share', 'host CPU'),
  'host.memory': host('share', 'host memory'),
  'host.disk.free': { ...host('share', 'free disk'), better: 'higher' },
  'host.disk.read': host('bytes/s', 'disk read'),
  'host.disk.write': host('bytes/s', 'disk write'),
  'host.network.in': host('bytes/s', 'network in'),
  'host.network.out': host('bytes/s', 'network out'),
  'host.process.cpu': host('share', 'CPU'),
  'host.process.memory': host('bytes', 'memory'),
  'control.kernel': { unit: 'ms', better: 'lower', title: 'control: fixed work', nature: 'advisory', absoluteFloor: 0 },
  'control.loopback': { unit: 'ms', better: 'lower', title: 'control: null server', nature: 'advisory', absoluteFloor: 0 },
  'output.bytes': { unit: 'bytes', better: 'lower', title: 'output size', nature: 'portable', absoluteFloor: 1_000 },
};

/** The kind of a metric id; an id that is not listed is a programming error. */
export function metricKind(id: string): MetricKind {
  const kind = METRICS[id];
  if (kind === undefined) throw new Error(`unknown metric id ${id}: list it in src/record/metrics.ts`);
  return kind;
}

/** The kind of a metric as it is: what is observed can be better either way. */
export function kindOf({ id, better }: Pick<Metric, 'id' | 'better'>): MetricKind {
  const kind = metricKind(id);
  return kind.observed === true ? { ...kind, better } : kind;
}

/** `latency.p95`, or `encode.wall{concurrency=2,encoder=libx264}`: the name of one series of figures inside a workload. */
export function metricKey(metric: { id: string; labels: Labels }): string {
  const pairs = Object.entries(metric.labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return pairs.length === 0 ? metric.id : `${metric.id}{${pairs.map(([key, value]) => `${key}=${value}`).join(',')}}`;
}

/** `encode.wall{concurrency=2,encoder=libx264}` → its parts. */
export function parseMetricKey(key: string): { id: string; labels: Labels } {
  const match = /^([^{]+)\{(.*)\}$/s.exec(key);
  if (match === null) return { id: key, labels: {} };
  const pairs = (match[2] ?? '').split(',').map((pair) => {
    const at = pair.indexOf('=');
    return at < 0 ? ([pair, ''] as const) : ([pair.slice(0, at), pair.slice(at + 1)] as const);
  });
  return { id: match[1] ?? key, labels: Object.fromEntries(pairs) };
}

/** Builds a metric with its unit and direction from the catalogue. */
export function metric(id: string, labels: Labels, value: number, rounds: (number | null)[], n: number): Metric {
  const { unit, better } = metricKind(id);
  return { id, labels, unit, better, value, rounds, n };
}
