import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { ProcessReader, TICKS_PER_SECOND, ticksBetween, type ProcessUse } from './named-processes.ts';
import { raplZones, sampleOf, type Sample } from './sample.ts';

/** What this machine did since the look before. Null: not known here. Shares are 0 to 1. */
export interface HostReading {
  /** On the clock of `performance.now()`. */
  atMs: number;
  /** Of all cores. */
  cpu: number | null;
  memory: number | null;
  diskFree: number | null;
  /** Bytes a second. */
  diskRead: number | null;
  diskWrite: number | null;
  networkIn: number | null;
  networkOut: number | null;
  /** In the order asked for; null where no process has the name. */
  processes: ({ cpu: number; memoryBytes: number } | null)[];
}

export interface MonitorOptions {
  everyMs: number;
  /** The disk whose free space counts. */
  diskPath: string;
  processes: readonly string[];
}

/** Looks at this machine again and again. */
export interface Monitor {
  source: 'proc' | 'systeminformation';
  readings(): readonly HostReading[];
  /** What the looking itself took so far, as a share of one core; null where that is not known. */
  cost(): number | null;
  stop(): void;
}

/** Reads the machine by /proc, or where there is none by systeminformation. */
export function monitorHost(options: MonitorOptions): Monitor {
  return process.platform === 'linux' ? new Looking('proc', options, procReader(options)) : new Looking('systeminformation', options, elsewhere(options));
}

/** One look; null where there is nothing to compare with yet. `spent` is told what it took of the processor. */
type Look = (spent: (ms: number) => void) => Promise<HostReading | null>;

class Looking implements Monitor {
  readonly source: Monitor['source'];
  readonly #look: Look;
  readonly #readings: HostReading[] = [];
  readonly #timer: NodeJS.Timeout;
  readonly #startedMs = performance.now();
  #cpuMs: number | null = null;
  #busy = false;

  constructor(source: Monitor['source'], { everyMs }: MonitorOptions, look: Look) {
    this.source = source;
    this.#look = look;
    this.#timer = setInterval(() => void this.#take(), everyMs);
    this.#timer.unref();
    void this.#take();
  }

  readings(): readonly HostReading[] {
    return this.#readings;
  }

  cost(): number | null {
    return this.#cpuMs === null ? null : this.#cpuMs / Math.max(1, performance.now() - this.#startedMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #take(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      const reading = await this.#look((ms) => (this.#cpuMs = (this.#cpuMs ?? 0) + ms));
      if (reading !== null) this.#readings.push(reading);
    } catch {
      // A look that fails is a gap: what needs it says so.
    } finally {
      this.#busy = false;
    }
  }
}

function procReader({ diskPath, processes }: MonitorOptions, root = '/'): Look {
  const reader = new ProcessReader(processes, root);
  const zones = raplZones(root);
  let before: { sample: Sample; uses: ProcessUse[] } | null = null;
  return async (spent) => {
    const diskFree = await freeShare(diskPath);
    const startedMs = threadCpuMs();
    const sample = sampleOf(root, zones);
    const now = { sample, uses: reader.read(sample.at) };
    // All of it is synchronous, so that nothing else is counted.
    spent(threadCpuMs() - startedMs);
    const then = before;
    before = now;
    if (then === null) return null;
    const seconds = (sample.at - then.sample.at) / 1_000;
    const perSecond = (of: (each: Sample) => number | null): number | null => {
      const [from, to] = [of(then.sample), of(sample)];
      return from === null || to === null || seconds <= 0 ? null : Math.max(0, to - from) / seconds;
    };
    const ticks = (sample.allTicks ?? 0) - (then.sample.allTicks ?? 0);
    return {
      atMs: sample.at,
      cpu: sample.busyTicks === null || then.sample.busyTicks === null || ticks <= 0 ? null : Math.max(0, sample.busyTicks - then.sample.busyTicks) / ticks,
      memory: sample.memoryBytes === null || sample.memoryTotalBytes === null ? null : sample.memoryBytes / sample.memoryTotalBytes,
      diskFree,
      diskRead: perSecond(({ readBytes }) => readBytes),
      diskWrite: perSecond(({ writtenBytes }) => writtenBytes),
      networkIn: perSecond(({ receivedBytes }) => receivedBytes),
      networkOut: perSecond(({ sentBytes }) => sentBytes),
      processes: now.uses.map((use, index) => {
        const earlier = then.uses[index];
        if (use.processes === 0 || earlier === undefined || seconds <= 0) return null;
        return { cpu: ticksBetween(earlier, use) / TICKS_PER_SECOND / seconds / availableParallelism(), memoryBytes: use.memoryBytes };
      }),
    };
  };
}

/** Processor time of this thread (kernel documentation, scheduler/sched-stats): the load generator's threads are not the looking. */
function threadCpuMs(): number {
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ')[0]) / 1e6;
  } catch {
    return performance.now();
  }
}

/** Loaded only where there is no /proc. */
function elsewhere({ diskPath, processes }: MonitorOptions): Look {
  return async () => {
    const { default: si } = await import('systeminformation');
    const [load, memory, disk, network, loads, diskFree] = await Promise.all([si.currentLoad(), si.mem(), si.fsStats(), si.networkStats('*'), si.processLoad(processes.join(',')), freeShare(diskPath)]);
    const sum = (values: readonly number[]): number | null => (values.length === 0 ? null : values.reduce((total, value) => total + value, 0));
    const known = (value: number | null | undefined): number | null => (value === null || value === undefined || value < 0 ? null : value);
    return {
      atMs: performance.now(),
      cpu: load.currentLoad / 100,
      memory: memory.total > 0 ? (memory.total - memory.available) / memory.total : null,
      diskFree,
      diskRead: known(disk?.rx_sec),
      diskWrite: known(disk?.wx_sec),
      networkIn: sum(network.map(({ rx_sec }) => known(rx_sec) ?? 0)),
      networkOut: sum(network.map(({ tx_sec }) => known(tx_sec) ?? 0)),
      processes: processes.map((name) => {
        const own = loads.find(({ proc }) => proc === name);
        return own === undefined || own.pids.length === 0 ? null : { cpu: own.cpu / 100, memoryBytes: (own.mem / 100) * memory.total };
      }),
    };
  };
}

/** What is free for others than root, as df shows it. */
async function freeShare(path: string): Promise<number | null> {
  try {
    const { blocks, bfree, bavail } = await statfs(path);
    const usable = blocks - bfree + bavail;
    return usable > 0 ? bavail / usable : null;
  } catch {
    return null;
  }
}
