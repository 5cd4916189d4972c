import { EXIT, type ExitCode } from '../errors.ts';
import type { Interrupt } from '../pipeline/interrupt.ts';

const CODES = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated, SIGHUP: EXIT.terminated } as const satisfies Partial<Record<NodeJS.Signals, ExitCode>>;

/** The first Ctrl-C (or SIGTERM) asks the run to stop and keep what it has; the second leaves at once. */
export function onInterrupt(say: (text: string) => void): Interrupt & { release: () => void } {
  const controller = new AbortController();
  let by: 'SIGINT' | 'SIGTERM' | null = null;
  const handle = (name: keyof typeof CODES): void => {
    if (by !== null) process.exit(CODES[name]);
    by = name === 'SIGINT' ? 'SIGINT' : 'SIGTERM';
    say('stopping: what was measured is kept (once more to leave at once)');
    controller.abort(new Error(`interrupted by ${name}`));
  };
  const names = Object.keys(CODES) as (keyof typeof CODES)[];
  const handlers = names.map((name) => ({ name, handler: () => handle(name) }));
  for (const { name, handler } of handlers) process.on(name, handler);
  return {
    signal: controller.signal,
    by: () => by,
    release: () => {
      for (const { name, handler } of handlers) process.off(name, handler);
    },
  };
}
