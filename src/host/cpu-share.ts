import { readFileSync } from 'node:fs';

/** Processor time of the whole machine since boot, in ticks (proc(5), /proc/stat). */
interface Ticks {
  busy: number;
  all: number;
}

/** Begins to watch the processors; the returned function gives the share that was busy since then. Null where the system does not say. */
export function watchCpu(file = '/proc/stat'): () => number | null {
  const before = ticks(file);
  return () => {
    const after = ticks(file);
    if (before === null || after === null || after.all <= before.all) return null;
    return (after.busy - before.busy) / (after.all - before.all);
  };
}

function ticks(file: string): Ticks | null {
  try {
    const [user = 0, nice = 0, system = 0, idle = 0, ioWait = 0, irq = 0, softIrq = 0, steal = 0] = (/^cpu +(.+)$/m.exec(readFileSync(file, 'latin1'))?.[1] ?? '').split(' ').map(Number);
    const all = user + nice + system + idle + ioWait + irq + softIrq + steal;
    return all > 0 ? { busy: all - idle - ioWait, all } : null;
  } catch {
    return null;
  }
}
