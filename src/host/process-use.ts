import { readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { cgroupLimits } from './cgroup.ts';

/** What one process has used since its start. */
export interface ProcessUse {
  cpuMs: number;
  /** Most memory it ever had resident. */
  peakMemoryBytes: number;
}

/** Of Linux on every architecture Node runs on (`getconf CLK_TCK`). */
const MS_PER_TICK = 10;

/** From /proc/pid/stat and /proc/pid/status (proc(5)); null where it is gone, or the system has no /proc. */
export function processUse(pid: number, proc = '/proc'): ProcessUse | null {
  try {
    const stat = readFileSync(join(proc, String(pid), 'stat'), 'latin1');
    // The name in parentheses can hold anything: fields count from the last one. utime and stime are the 14th and 15th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    const peakKib = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(join(proc, String(pid), 'status'), 'latin1'))?.[1];
    return Number.isNaN(ticks) || peakKib === undefined ? null : { cpuMs: ticks * MS_PER_TICK, peakMemoryBytes: Number(peakKib) * 1_024 };
  } catch {
    return null;
  }
}

/** What all processes of this control group may have together. */
export function machineLimits(): { cores: number; memoryBytes: number } {
  const { cores, memoryBytes } = cgroupLimits();
  return { cores: Math.min(availableParallelism(), cores ?? Infinity), memoryBytes: Math.min(totalmem(), memoryBytes ?? Infinity) };
}
