import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** Runs `<script>.ts '<task as JSON>'` of this folder as a process of its own; resolves to what it prints, as JSON. Throws where it fails. */
export async function inProcess<T>(script: string, task: unknown): Promise<T> {
  const child = spawn(process.execPath, ['--import', pathOf('../../../scripts/ts.js'), pathOf(`${script}.ts`), JSON.stringify(task)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${script} ${JSON.stringify(task)} ended with ${code ?? 'a signal'}`);
  return JSON.parse(text) as T;
}

/** Runs every task, so many at a time (`LANES`, else `usual`), in their order. */
export async function inLanes<T>(tasks: readonly T[], usual: number, run: (task: T) => Promise<void>): Promise<void> {
  const left = [...tasks];
  const lane = async (): Promise<void> => {
    for (let task = left.shift(); task !== undefined; task = left.shift()) await run(task);
  };
  await Promise.all(Array.from({ length: Number(process.env['LANES'] ?? usual) }, lane));
}
