import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the processes of one name use together at one moment. */
export interface ProcessUse {
  processes: number;
  /** Processor time of those that run now, in ticks of 10 ms, since they started. */
  ticks: ReadonlyMap<number, number>;
  memoryBytes: number;
}

/** Ticks of /proc a second: USER_HZ, which is 100 on every Linux that Node runs on. */
export const TICKS_PER_SECOND = 100;

/** Processes come and go; looking for them costs more than looking at them. */
const LOOK_EVERY_MS = 5_000;

/** Finds processes by their name (as `ps -o comm` shows it, or the file they were started from) and reads what they use. `root`: for tests. */
export class ProcessReader {
  readonly #names: readonly string[];
  readonly #root: string;
  #found = new Map<string, number[]>();
  #lookedMs = Number.NEGATIVE_INFINITY;

  constructor(names: readonly string[], root = '/') {
    this.#names = names;
    this.#root = root;
  }

  /** By name, in the order given. */
  read(nowMs: number): ProcessUse[] {
    if (this.#names.length > 0 && nowMs - this.#lookedMs >= LOOK_EVERY_MS) this.#look(nowMs);
    return this.#names.map((name) => {
      const uses = (this.#found.get(name) ?? []).flatMap((pid) => useOf(this.#root, pid) ?? []);
      return { processes: uses.length, ticks: new Map(uses.map(({ pid, ticks }) => [pid, ticks])), memoryBytes: uses.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0) };
    });
  }

  #look(nowMs: number): void {
    this.#lookedMs = nowMs;
    const found = new Map<string, number[]>(this.#names.map((name) => [name, []]));
    for (const pid of pids(this.#root)) {
      for (const name of namesOf(this.#root, pid)) found.get(name)?.push(pid);
    }
    this.#found = found;
  }
}

/** Processor time between two looks, in ticks, of the processes that were there both times: what a new one used before is not known. */
export function ticksBetween(before: ProcessUse, now: ProcessUse): number {
  return [...now.ticks].reduce((sum, [pid, ticks]) => sum + Math.max(0, ticks - (before.ticks.get(pid) ?? ticks)), 0);
}

function pids(root: string): number[] {
  try {
    return readdirSync(join(root, 'proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  } catch {
    return [];
  }
}

/** The name, cut to 15 characters by the kernel, and the last part of the first words of the command line (`node server.js`: node, server.js). */
function namesOf(root: string, pid: number): Set<string> {
  const comm = read(join(root, `proc/${pid}/comm`)).trim();
  const words = read(join(root, `proc/${pid}/cmdline`)).split('\0').slice(0, 2);
  return new Set([comm, ...words.map((word) => word.split('/').at(-1) ?? '')].filter((name) => name !== ''));
}

/** Null for a process that is gone. Fields: proc(5), /proc/pid/stat and /proc/pid/status. */
function useOf(root: string, pid: number): { pid: number; ticks: number; memoryBytes: number } | null {
  const stat = read(join(root, `proc/${pid}/stat`));
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user, system] = [Number(fields[11]), Number(fields[12])];
  if (stat === '' || !Number.isFinite(user + system)) return null;
  const kib = /^VmRSS:\s+(\d+) kB/m.exec(read(join(root, `proc/${pid}/status`)))?.[1];
  return { pid, ticks: user + system, memoryBytes: kib === undefined ? 0 : Number(kib) * 1_024 };
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
