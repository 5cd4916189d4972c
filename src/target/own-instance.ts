import type { ToolResolver } from '../host/tools.ts';
import { launchService } from '../service/launch.ts';
import { EMBEDDED } from '../base-url.ts';
import { startCommand } from './start-command.ts';
import type { Target } from './target.ts';

/** A service that runs for one purpose alone and may come to harm. */
export interface OwnInstance {
  target: Target;
  pid: number;
  /** Resolves when it is gone. */
  stop(): Promise<void>;
}

export interface InstanceOptions {
  /** `embedded`, or a command line as for `startCommand`. */
  command: string;
  cwd: string;
  readyPath: string;
  headers: Target['headers'];
  tools: ToolResolver;
  signal: AbortSignal;
}

/** Starts a service on a free port of this machine. Throws what `launchService` and `startCommand` throw. */
export async function startInstance({ command, cwd, readyPath, headers, tools, signal }: InstanceOptions): Promise<OwnInstance> {
  const started = command === EMBEDDED ? await launchService({ tools, signal }) : await startCommand({ command, cwd, readyPath, signal });
  const { baseUrl, pid } = started;
  return { target: { baseUrl, label: baseUrl, headers, addresses: [{ address: '127.0.0.1', family: 4 }] }, pid, stop: () => started.stop() };
}
