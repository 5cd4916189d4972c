import { findExecutable, type Environment } from './executables.ts';
import { runProcess } from './processes.ts';

/** Talks to one container through docker or podman. What they say when they fail is the reason. */
export interface Containers {
  /** docker or podman. */
  tool: string;
  isRunning(name: string): Promise<{ known: true; running: boolean } | { known: false; reason: string }>;
  /** Sends SIGTERM to its first process; what stood in the way, or null. */
  terminate(name: string): Promise<string | null>;
}

const LIMIT_MS = 10_000;

/** The first of docker and podman that is on PATH; null where there is none. */
export function findContainers(env: Environment = process.env): Containers | null {
  const tool = ['docker', 'podman'].find((name) => findExecutable(name, env) !== null);
  const path = tool === undefined ? null : findExecutable(tool, env);
  if (tool === undefined || path === null) return null;
  const ask = async (args: readonly string[]): Promise<{ ok: boolean; said: string }> => {
    const { code, stdout, stderr, startError, timedOut } = await runProcess(path, args, { timeoutMs: LIMIT_MS });
    if (startError !== null) return { ok: false, said: `${tool} cannot be started (${startError})` };
    if (timedOut) return { ok: false, said: `${tool} ${args[0] ?? ''} did not end within ${LIMIT_MS / 1_000} s` };
    return { ok: code === 0, said: (code === 0 ? stdout : stderr).trim().split('\n').at(-1) ?? '' };
  };
  return {
    tool,
    async isRunning(name) {
      const { ok, said } = await ask(['inspect', '--format', '{{.State.Running}}', '--', name]);
      return ok ? { known: true, running: said === 'true' } : { known: false, reason: said };
    },
    async terminate(name) {
      const { ok, said } = await ask(['kill', '--signal', 'SIGTERM', name]);
      return ok ? null : said;
    },
  };
}
