import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/**
 * Runs `<script>.ts '<task as JSON>'` of this folder as a process of its own; resolves to what it prints, as JSON. Throws where it fails.
 * With `CORES_PER_LANE`, on that many cores that no other lane has (by taskset: Linux alone): lanes on a machine of many cores keep out of each other's way.
 */
export async function inProcess<T>(script: string, task: unknown, lane = 0): Promise<T> {
  const coresPerLane = Number(process.env['CORES_PER_LANE'] ?? 0);
  const pin = coresPerLane > 0 ? ['taskset', '--cpu-list', `${lane * coresPerLane}-${(lane + 1) * coresPerLane - 1}`] : [];
  const [command = '', ...args] = [...pin, process.execPath, '--import', pathOf('../../../scripts/ts.js'), pathOf(`${script}.ts`), JSON.stringify(task)];
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${script} ${JSON.stringify(task)} ended with ${code ?? 'a signal'}`);
  return JSON.parse(text) as T;
}

/** Runs every task, so many at a time (`LANES`, else `usual`), in their order; tells each its lane, from 0. */
export async function inLanes<T>(tasks: readonly T[], usual: number, run: (task: T, lane: number) => Promise<void>): Promise<void> {
  const left = [...tasks];
  const goThrough = async (lane: number): Promise<void> => {
    for (let task = left.shift(); task !== undefined; task = left.shift()) await run(task, lane);
  };
  await Promise.all(Array.from({ length: Number(process.env['LANES'] ?? usual) }, (_, lane) => goThrough(lane)));
}
