import { monitorHost, type HostReading, type Monitor } from '../../host/monitor.ts';
import type { HostRecord } from '../../record/schema.ts';
import { metricKey, metricKind } from '../../record/metrics.ts';
import { judgeAlert } from './judge.ts';
import type { HostSpec } from './schema.ts';
import type { Point } from './sustained.ts';

/** More points than this are drawn by nobody; alerts are judged on all of them. */
const MOST_POINTS = 2_000;

interface Column {
  id: string;
  labels: Record<string, string>;
  of: (reading: HostReading) => number | null;
}

/** Watches this machine while a scenario is measured. */
export class HostWatch {
  readonly #spec: HostSpec;
  readonly #monitor: Monitor;

  constructor(spec: HostSpec, diskPath: string) {
    this.#spec = spec;
    this.#monitor = monitorHost({ everyMs: spec.every, diskPath, processes: spec.processes });
  }

  /** Everything so far: the figures, and the alerts held against them. */
  record(): HostRecord {
    return hostRecord(this.#spec, this.#monitor.readings(), { source: this.#monitor.source, cost: this.#monitor.cost() });
  }

  stop(): void {
    this.#monitor.stop();
  }
}

/** Readings → figures and judged alerts. Pure. */
export function hostRecord({ every, processes, alerts }: HostSpec, readings: readonly HostReading[], facts: Pick<HostRecord, 'source' | 'cost'>): HostRecord {
  const startMs = readings[0]?.atMs ?? 0;
  const columns = columnsOf(processes).map((column) => ({ ...column, points: readings.flatMap((reading): Point[] => pointOf(reading, column)) }));
  return {
    ...facts,
    everyMs: every,
    readings: readings.length,
    series: columns.filter(({ points }) => points.length > 0).map(({ id, labels, points }) => {
      const values = points.map(({ value }) => value);
      const { unit, better } = metricKind(id);
      return {
        metric: metricKey({ id, labels }),
        unit,
        mean: values.reduce((sum, value) => sum + value, 0) / values.length,
        worst: values.reduce((worst, value) => (better === 'lower' ? Math.max(worst, value) : Math.min(worst, value))),
        points: thinned(points, better).map(({ atMs, value }): [number, number] => [Number(((atMs - startMs) / 1_000).toFixed(2)), Number(value.toPrecision(5))]),
      };
    }),
    sla: alerts.map((alert) => judgeAlert(alert, columns.find(({ id, labels }) => id === alert.id && labels['process'] === alert.labels['process'])?.points ?? [], every)),
  };
}

const pointOf = (reading: HostReading, { of }: Column): Point[] => {
  const value = of(reading);
  return value === null ? [] : [{ atMs: reading.atMs, value }];
};

function columnsOf(processes: readonly string[]): Column[] {
  return [
    { id: 'host.cpu', labels: {}, of: ({ cpu }) => cpu },
    { id: 'host.memory', labels: {}, of: ({ memory }) => memory },
    { id: 'host.disk.free', labels: {}, of: ({ diskFree }) => diskFree },
    { id: 'host.disk.read', labels: {}, of: ({ diskRead }) => diskRead },
    { id: 'host.disk.write', labels: {}, of: ({ diskWrite }) => diskWrite },
    { id: 'host.network.in', labels: {}, of: ({ networkIn }) => networkIn },
    { id: 'host.network.out', labels: {}, of: ({ networkOut }) => networkOut },
    ...processes.flatMap((name, index): Column[] => [
      { id: 'host.process.cpu', labels: { process: name }, of: (reading) => reading.processes[index]?.cpu ?? null },
      { id: 'host.process.memory', labels: { process: name }, of: (reading) => reading.processes[index]?.memoryBytes ?? null },
    ]),
  ];
}

/** The worst point of each of at most `MOST_POINTS` equal parts. */
function thinned(points: readonly Point[], better: 'lower' | 'higher'): Point[] {
  const size = Math.ceil(points.length / MOST_POINTS);
  if (size <= 1) return [...points];
  return Array.from({ length: Math.ceil(points.length / size) }, (_, at) => points.slice(at * size, (at + 1) * size).reduce((worst, point) => ((better === 'lower' ? point.value > worst.value : point.value < worst.value) ? point : worst)));
}
