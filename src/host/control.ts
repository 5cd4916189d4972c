import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { builtEntry } from '../paths.ts';

/** What the control saw: the same work every time, so that what differs is the machine. */
export interface ControlMeasurement {
  /** The fixed piece of work, at its fastest. */
  kernelMs: number;
  /** Median answer of a server that does nothing, over loopback. */
  loopbackMs: number;
  /** Of the time in which the work could have run, what it waited for a processor; null where the system does not say. */
  waitShare: number | null;
}

export interface Control {
  measure(): Promise<ControlMeasurement>;
  close(): Promise<void>;
}

/** Starts the control in a thread of its own and warms it up. */
export async function startControl(): Promise<Control> {
  const worker = new Worker(builtEntry('host/control-main'), { name: 'control' });
  const failed = new Promise<never>((_, reject) => worker.once('error', reject));
  // Awaited in its turn; until then a failure must not count as unhandled.
  failed.catch(() => undefined);
  const next = (): Promise<unknown> => Promise.race([new Promise((resolve) => worker.once('message', resolve)), failed]);
  await next();
  return {
    async measure() {
      const answer = next();
      worker.postMessage('measure');
      return (await answer) as ControlMeasurement;
    },
    async close() {
      await worker.terminate();
    },
  };
}

/** Processor time since boot that the hypervisor gave to others, and all of it, in ticks; null where the system does not say (proc(5), /proc/stat). */
export function stolenTicks(text = statOf()): { stolen: number; all: number } | null {
  const fields = /^cpu\s+(.*)$/m.exec(text)?.[1]?.trim().split(/\s+/).map(Number) ?? [];
  const stolen = fields[7];
  // Guest time (fields 9 and 10) is in user time already.
  return stolen === undefined ? null : { stolen, all: fields.slice(0, 8).reduce((sum, each) => sum + each, 0) };
}

function statOf(): string {
  try {
    return readFileSync('/proc/stat', 'latin1');
  } catch {
    return '';
  }
}
