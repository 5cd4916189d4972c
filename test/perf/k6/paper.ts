import { table } from '../performance-doc.ts';

/** Measured figures that the paper is made from. */
export interface Figures {
  points: { perRequest: number; bytesEach: number; zippedBytesEach: number };
  merge: { pointsPerCpuSecond: number; zippedPointsPerCpuSecond: number; peakMemoryMB: number; largestGB: number };
  /** Null: no Prometheus on this machine. */
  prometheus: { pods: number; seriesPerPod: number; bytesPerSeries: number; mergeSeconds: number; mergeMemoryMB: number } | null;
}

/**
 * Of k6 2.2.1 and the generic script, a small GET, constant arrivals, points to a gzipped file, on a 2-core machine with the target on it
 * too: 10 s at 1,000/s took 7.2 s of CPU for 9,898 requests (6.7 s to a plain file); 110 MB with 100 virtual users, 680 MB with 1,000.
 */
export const POD = { cores: 1, perSecond: 1_370, cpuMsPerRequest: 0.73, memoryMB: { itself: 50, perUser: 0.63 } } as const;
/** Of k6's own files: 5,000 requests were 75,041 lines of 12.58 MB, 0.674 MB gzipped. */
export const POINTS = { perRequest: 15, bytesEach: 168, zippedBytesEach: 9 } as const;
/** Requests under way at once, as seconds of the rate: as many virtual users are there. */
const IN_FLIGHT_SECONDS = 1;
/** Of what one core can: the share above which our own generator warns. */
const HEADROOM = 0.7;
const FLUSH_S = 5;
const MINUTES = 10;
const RATES = [10_000, 100_000, 1_000_000] as const;

export interface Prices {
  coreHour: number;
}

export interface Plan {
  ratePerSecond: number;
  pods: number;
  memoryGB: number;
  points: number;
  bytes: number;
  zippedBytes: number;
  mergeSeconds: number;
  zippedMergeSeconds: number;
  cost: number;
  prometheusSamplesPerSecond: number | null;
  prometheusBytesPerSecond: number | null;
  prometheusMergeSeconds: number | null;
}

/** A test of ten minutes at a rate. Pure. */
export function planOf(ratePerSecond: number, { points, merge, prometheus }: Figures, { coreHour }: Prices): Plan {
  const pods = Math.ceil(ratePerSecond / (POD.perSecond * HEADROOM));
  const count = ratePerSecond * MINUTES * 60 * points.perRequest;
  return {
    ratePerSecond,
    pods,
    memoryGB: (pods * POD.memoryMB.itself + ratePerSecond * IN_FLIGHT_SECONDS * POD.memoryMB.perUser) / 1e3,
    points: count,
    bytes: count * points.bytesEach,
    zippedBytes: count * points.zippedBytesEach,
    mergeSeconds: count / merge.pointsPerCpuSecond,
    zippedMergeSeconds: count / merge.zippedPointsPerCpuSecond,
    cost: pods * POD.cores * (MINUTES / 60) * coreHour,
    prometheusSamplesPerSecond: prometheus === null ? null : (pods * prometheus.seriesPerPod) / FLUSH_S,
    prometheusBytesPerSecond: prometheus === null ? null : (pods * prometheus.seriesPerPod * prometheus.bytesPerSeries) / FLUSH_S,
    prometheusMergeSeconds: prometheus === null ? null : (prometheus.mergeSeconds * pods) / prometheus.pods,
  };
}

export function paper(figures: Figures, prices: Prices): string {
  const plans = RATES.map((rate) => planOf(rate, figures, prices));
  const row = (what: string, of: (plan: Plan) => string): string[] => [what, ...plans.map(of)];
  const { points, merge, prometheus } = figures;
  return [
    `One request of the generic script, answered on a connection that is kept, is ${points.perRequest} points of ${points.bytesEach.toFixed(0)} bytes (${points.zippedBytesEach.toFixed(1)} gzipped) in the files of k6 2.2.1. The merge takes ${thousands(merge.pointsPerCpuSecond)} points a CPU second from plain text, ${thousands(merge.zippedPointsPerCpuSecond)} from gzip, in ${merge.peakMemoryMB.toFixed(0)} MB at most, tried up to ${merge.largestGB.toFixed(1)} GB of text: its memory does not grow with the files.`,
    '',
    `A pod is planned with ${POD.cores} core and ${HEADROOM * 100} % of the ${POD.perSecond.toLocaleString('en-US')}/s that one core is for k6 2.2.1: ${POD.cpuMsPerRequest} ms of CPU a request, generic script and gzipped points included. It had ${POD.memoryMB.itself} MB resident and ${POD.memoryMB.perUser} MB more for each virtual user; the table counts with ${IN_FLIGHT_SECONDS} s of the rate under way at once.`,
    '',
    table(
      [`${MINUTES} minutes at`, ...RATES.map((rate) => `${rate.toLocaleString('en-US')}/s`)],
      [
        row('pods (cores)', ({ pods }) => `${pods}`),
        row('their memory', ({ memoryGB }) => `${memoryGB.toFixed(1)} GB`),
        row('points', ({ points: count }) => `${(count / 1e6).toLocaleString('en-US', { maximumFractionDigits: 0 })} million`),
        row('text', ({ bytes }) => size(bytes)),
        row('gzipped, as the export writes it', ({ zippedBytes }) => size(zippedBytes)),
        row('written by each pod, gzipped', ({ zippedBytes, pods }) => `${size(zippedBytes / pods / (MINUTES * 60))}/s`),
        row('merge of the gzipped files, one core', ({ zippedMergeSeconds }) => time(zippedMergeSeconds)),
        row('merge of plain files, one core', ({ mergeSeconds }) => time(mergeSeconds)),
        row('Prometheus: samples taken', ({ prometheusSamplesPerSecond: each }) => (each === null ? 'not measured' : `${Math.ceil(each).toLocaleString('en-US')}/s`)),
        row('Prometheus: bytes taken, before compression', ({ prometheusBytesPerSecond: each }) => (each === null ? 'not measured' : `${size(each)}/s`)),
        row('Prometheus: merge', ({ prometheusMergeSeconds: each }) => (each === null ? 'not measured' : time(each))),
        row(`cost of the pods at ${prices.coreHour} a core hour`, ({ cost }) => cost.toFixed(2)),
      ],
    ),
    '',
    ...(prometheus === null
      ? ['There was no Prometheus on this machine: its rows are not measured.']
      : [`Prometheus: ${prometheus.pods} pods of ${prometheus.seriesPerPod} series each (one request, outcomes \`ok\` and \`5xx\`, ${prometheus.bytesPerSeries.toFixed(0)} bytes a series and flush in the wire format, before snappy) were written to the real server for ten minutes of test, and read back in ${prometheus.mergeSeconds.toFixed(1)} s and ${prometheus.mergeMemoryMB.toFixed(0)} MB.`]),
    '',
    `So: up to some ten thousand requests a second, or for a few minutes of a hundred thousand, files: exact to 0.1 %. Above, Prometheus: percentiles to 9.1 % ([k6](k6.md)).`,
    '',
    'What this leaves open:',
    '',
    `- the price is an example (PRICE=… npm run perf:k6 counts with yours); storage, traffic and the target are not in it;`,
    `- virtual users are \`maxInFlight\`, or the rate times the timeout where that is less: lower it to what you expect, each user has its memory and a connection of its own, which it opens at its first request. \`bench k6 run\` records the CPU and the peak memory of k6: measure yours, and give --cpu and --memory;`,
    `- what k6 spends on TLS, large bodies or checks comes on top;`,
    `- pods were not run here: their number is arithmetic, the merge of what they write is not.`,
  ].join('\n');
}

const thousands = (value: number): string => `${Math.round(value / 1e3).toLocaleString('en-US')} thousand`;

function size(bytes: number): string {
  for (const [limit, unit] of [[1e12, 'TB'], [1e9, 'GB'], [1e6, 'MB'], [1e3, 'kB']] as const) if (bytes >= limit) return `${Number((bytes / limit).toPrecision(3))} ${unit}`;
  return `${Math.round(bytes)} B`;
}

function time(seconds: number): string {
  if (seconds >= 5_400) return `${(seconds / 3_600).toFixed(1)} h`;
  return seconds >= 90 ? `${(seconds / 60).toFixed(0)} min` : `${Math.max(1, Math.round(seconds))} s`;
}
