import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

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

interface Sample {
  at: number;
  busyTicks: number | null;
  allTicks: number | null;
  memoryBytes: number | null;
  readBytes: number | null;
  writtenBytes: number | null;
  energyUj: number | null;
}

const INTERVAL_MS = 500;
const SECTOR_BYTES = 512;

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

interface Zone {
  path: string;
  maxUj: number;
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

function sampleOf(root: string, zones: readonly Zone[]): Sample {
  const cpu = /^cpu +(.+)$/m.exec(read(join(root, 'proc/stat')))?.[1]?.trim().split(/\s+/).slice(0, 8).map(Number);
  const all = cpu?.reduce((sum, ticks) => sum + ticks, 0) ?? null;
  const idle = cpu === undefined ? 0 : (cpu[3] ?? 0) + (cpu[4] ?? 0);
  const memory = read(join(root, 'proc/meminfo'));
  const kib = (name: string): number | null => {
    const found = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(memory)?.[1];
    return found === undefined ? null : Number(found);
  };
  const [totalKib, availableKib] = [kib('MemTotal'), kib('MemAvailable')];
  const disks = read(join(root, 'proc/diskstats')).split('\n').map((line) => line.trim().split(/\s+/)).filter(([, , name = '']) => WHOLE_DISK.test(name));
  const sectors = (column: number): number | null => (disks.length === 0 ? null : disks.reduce((sum, fields) => sum + Number(fields[column] ?? 0), 0) * SECTOR_BYTES);
  const energies = zones.map(({ path }) => Number(read(path) || Number.NaN));
  return {
    at: performance.now(),
    busyTicks: all === null ? null : all - idle,
    allTicks: all,
    memoryBytes: totalKib === null || availableKib === null ? null : (totalKib - availableKib) * 1_024,
    readBytes: sectors(5),
    writtenBytes: sectors(9),
    energyUj: energies.length === 0 || energies.some(Number.isNaN) ? null : energies.reduce((sum, value) => sum + value, 0),
  };
}

/** Disks, not their partitions, which would count twice. */
const WHOLE_DISK = /^(?:[shv]d[a-z]+|xvd[a-z]+|nvme\d+n\d+|mmcblk\d+)$/;

/** The packages (`intel-rapl:0`), not their parts (`intel-rapl:0:0`); since 2020 root alone may read them. */
function raplZones(root: string): Zone[] {
  const folder = join(root, 'sys/class/powercap');
  return list(folder)
    .filter((name) => /^intel-rapl:\d+$/.test(name))
    .map((name) => ({ path: join(folder, name, 'energy_uj'), maxUj: Number(read(join(folder, name, 'max_energy_range_uj'))) }));
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
