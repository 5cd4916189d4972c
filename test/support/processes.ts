import { readdirSync, readFileSync } from 'node:fs';

/** Processes whose environment or command line carries this mark: what a run of ours has started. Linux. */
export function processesWith(mark: string): { pid: number; command: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        const environment = readFileSync(`/proc/${name}/environ`, 'utf8');
        const state = /^\d+ \(.*\) (\S)/s.exec(readFileSync(`/proc/${name}/stat`, 'utf8'))?.[1];
        return state !== 'Z' && (command.includes(mark) || environment.includes(mark)) ? [{ pid: Number(name), command }] : [];
      } catch {
        return [];
      }
    });
}

/** Waits until nothing of a run is left; fails with what is. */
export async function nothingLeft(mark: string, timeoutMs = 15_000): Promise<void> {
  const until = Date.now() + timeoutMs;
  for (;;) {
    const left = processesWith(mark).filter(({ pid }) => pid !== process.pid);
    if (left.length === 0) return;
    if (Date.now() > until) throw new Error(`still running:\n${left.map(({ pid, command }) => `${pid} ${command}`).join('\n')}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
