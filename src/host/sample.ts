import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What Linux says of the whole machine at one moment; counters since boot. Null: not known here. */
export interface Sample {
  at: number;
  busyTicks: number | null;
  allTicks: number | null;
  memoryBytes: number | null;
  readBytes: number | null;
  writtenBytes: number | null;
  energyUj: number | null;
  memoryTotalBytes: number | null;
  receivedBytes: number | null;
  sentBytes: number | null;
}

const SECTOR_BYTES = 512;

/** A package of processors whose energy can be read. */
export interface Zone {
  path: string;
  maxUj: number;
}

/** Reads /proc and /sys once. `root`: for tests. */
export function sampleOf(root: string, zones: readonly Zone[]): Sample {
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
    memoryTotalBytes: totalKib === null ? null : totalKib * 1_024,
    ...networkOf(root),
    readBytes: sectors(5),
    writtenBytes: sectors(9),
    energyUj: energies.length === 0 || energies.some(Number.isNaN) ? null : energies.reduce((sum, value) => sum + value, 0),
  };
}

/** Disks, not their partitions, which would count twice. */
const WHOLE_DISK = /^(?:[shv]d[a-z]+|xvd[a-z]+|nvme\d+n\d+|mmcblk\d+)$/;

/** The packages (`intel-rapl:0`), not their parts (`intel-rapl:0:0`); since 2020 root alone may read them. */
export function raplZones(root: string): Zone[] {
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

/** Interfaces of this machine: not its loopback, and not the inner ends of bridges, which would count twice. */
const INNER = /^(?:lo|veth.*|docker\d*|br-.*|virbr.*|ifb\d*|tap.*|cni.*|flannel.*)$/;

function networkOf(root: string): Pick<Sample, 'receivedBytes' | 'sentBytes'> {
  const outer = read(join(root, 'proc/net/dev')).split('\n').flatMap((line) => {
    const [, name, figures] = /^\s*([^:\s]+):\s*(.+)$/.exec(line) ?? [];
    return name === undefined || figures === undefined || INNER.test(name) ? [] : [figures.trim().split(/\s+/).map(Number)];
  });
  const sum = (column: number): number | null => (outer.length === 0 ? null : outer.reduce((total, figures) => total + (figures[column] ?? 0), 0));
  return { receivedBytes: sum(0), sentBytes: sum(8) };
}
