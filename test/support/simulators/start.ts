import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ModelSpec } from './models.ts';

const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** Starts a simulated service in a process of its own, so that it and the generator do not share an event loop. */
export async function startSimulator(spec: ModelSpec): Promise<{ url: string; stop: () => Promise<void> }> {
  const child = spawn(process.execPath, ['--import', pathOf('../../../scripts/ts.js'), pathOf('server-main.ts'), JSON.stringify(spec)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return {
    url: `http://127.0.0.1:${Number(line)}`,
    async stop() {
      const gone = once(child, 'exit');
      if (child.kill()) await gone;
    },
  };
}
