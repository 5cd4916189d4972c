import { raplZones, sampleOf, type Sample, type Zone } from './sample.ts';

/** What the machine did between two moments. Null: not known here. */
export interface HostUse {
  /** Share of all cores, 0 to 1. */
  cpuMean: number | null;
  cpuMax: number | null;
  memoryMaxBytes: number | null;
  diskReadBytes: number | null;
  diskWrittenBytes: number | null;
  /** Of the processor packages, by RAPL; null where that may not be read. */
  cpuEnergyJ: number | null;
}

export interface HostSampler {
  /** Times on the clock of `performance.now()`. Takes one more sample at its end. */
  between(startedAt: number, endedAt: number): HostUse;
  stop(): void;
}

const INTERVAL_MS = 500;

/** Samples this machine from /proc and /sys twice a second; elsewhere than on Linux everything is null. `root`: for tests. */
export function sampleHost(root = '/', intervalMs = INTERVAL_MS): HostSampler {
  const samples: Sample[] = [];
  const zones = raplZones(root);
  const take = (): void => {
    samples.push(sampleOf(root, zones));
  };
  take();
  const timer = setInterval(take, intervalMs);
  timer.unref();
  return {
    between(startedAt, endedAt) {
      take();
      return hostUse(around(samples, startedAt, endedAt), zones);
    },
    stop: () => clearInterval(timer),
  };
}

/** The samples within, and the one before: counters are told by their difference. */
function around(samples: readonly Sample[], startedAt: number, endedAt: number): Sample[] {
  const first = Math.max(0, samples.findLastIndex(({ at }) => at <= startedAt));
  const after = samples.findIndex(({ at }) => at >= endedAt);
  return samples.slice(first, after === -1 ? undefined : after + 1);
}

function hostUse(samples: readonly Sample[], zones: readonly Zone[]): HostUse {
  const shares = samples.slice(1).flatMap((sample, at) => {
    const before = samples[at];
    if (before === undefined || sample.busyTicks === null || sample.allTicks === null || before.busyTicks === null || before.allTicks === null) return [];
    const all = sample.allTicks - before.allTicks;
    return all <= 0 ? [] : [{ busy: sample.busyTicks - before.busyTicks, all }];
  });
  const total = shares.reduce((sum, { busy, all }) => ({ busy: sum.busy + busy, all: sum.all + all }), { busy: 0, all: 0 });
  const memory = samples.flatMap(({ memoryBytes }) => memoryBytes ?? []);
  const difference = (of: (sample: Sample) => number | null): number | null => {
    const [first, last] = [samples[0], samples.at(-1)];
    const [from, to] = [first === undefined ? null : of(first), last === undefined ? null : of(last)];
    return from === null || to === null || samples.length < 2 ? null : to - from;
  };
  const energy = difference(({ energyUj }) => energyUj);
  const wrap = zones.reduce((sum, { maxUj }) => sum + maxUj, 0);
  return {
    cpuMean: total.all === 0 ? null : total.busy / total.all,
    cpuMax: shares.length === 0 ? null : Math.max(...shares.map(({ busy, all }) => busy / all)),
    memoryMaxBytes: memory.length === 0 ? null : Math.max(...memory),
    diskReadBytes: difference(({ readBytes }) => readBytes),
    diskWrittenBytes: difference(({ writtenBytes }) => writtenBytes),
    // The counter starts again at its highest value.
    cpuEnergyJ: energy === null ? null : (energy < 0 ? energy + wrap : energy) / 1e6,
  };
}
