import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A process as /proc shows it. A zombie is not listed: it runs no more. */
export interface ProcessEntry {
  pid: number;
  group: number;
  /** Clock ticks since boot, as text: with the pid it names one process for good, whoever gets the pid later. */
  start: string;
}

/** One process; null where it is gone, a zombie, or the system has no /proc. Fields: proc(5), /proc/pid/stat. */
export function processEntry(pid: number): ProcessEntry | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch {
    return null;
  }
  // The name in parentheses can hold anything, parentheses and spaces included: fields count from the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, , group] = fields;
  const start = fields[19];
  if (state === undefined || state === 'Z' || state === 'X' || group === undefined || start === undefined) return null;
  return { pid, group: Number(group), start };
}

/** Every process there is; empty where the system has no /proc. */
export function processTable(): ProcessEntry[] {
  let names: string[];
  try {
    names = readdirSync('/proc');
  } catch {
    return [];
  }
  return names.filter((name) => /^\d+$/.test(name)).map((name) => processEntry(Number(name))).filter((entry) => entry !== null);
}

/** True where the process was started with `variable=value` in its environment. */
export function hasVariable(pid: number, variable: string, value: string): boolean {
  try {
    return `\0${readFileSync(`/proc/${pid}/environ`, 'latin1')}`.includes(`\0${variable}=${value}\0`);
  } catch {
    return false;
  }
}

/** Which set of pids this process lives in: a container's pid 57 is not the host's. */
export function pidNamespace(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0';
  } catch {
    return '0';
  }
}
