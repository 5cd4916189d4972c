import { BenchError, EXIT, type ExitCode } from '../errors.ts';
import { startProcess } from '../host/processes.ts';
import type { ToolResolver } from '../host/tools.ts';
import { builtEntry } from '../paths.ts';
import { parseMessage, type ServiceMessage } from './protocol.ts';

/** A service of ours in a process of its own. */
export interface LaunchedService {
  baseUrl: string;
  pid: number;
  version: string;
  /** Resolves when the process is gone, whoever ended it. */
  exited: Promise<void>;
  /** Resolves when the process is gone. */
  stop(): Promise<void>;
  /** Where the service behind a front process answers; absent where there is none. */
  backendUrl?: string;
}

export interface LaunchOptions {
  tools: ToolResolver;
  /** On top of our own environment: READYBENCH_FAULTS, READYBENCH_SERVICE_CONCURRENCY, … */
  env?: Readonly<Record<string, string>>;
  /** Without it any free one. */
  port?: number;
  signal?: AbortSignal;
}

const START_LIMIT_MS = 15_000;
/** More than the service's own limit for requests in flight. */
const STOP_GRACE_MS = 8_000;

/**
 * Starts the embedded video service and waits until it answers. It ends with us, however we end.
 * Throws a BenchError: 6 without ffmpeg, 2 for options it cannot use, 5 where it dies or is not ready within 15 s.
 */
export async function launchService({ tools, env, port, signal }: LaunchOptions): Promise<LaunchedService> {
  const ffmpeg = await tools.ffmpeg();
  return launch(builtEntry('service/main'), 'the embedded video service', { ...env, FFMPEG_PATH: ffmpeg.path, READYBENCH_SERVICE_PORT: String(port ?? env?.['READYBENCH_SERVICE_PORT'] ?? 0) }, signal);
}

/** The same behind a front process, which is what answers at `baseUrl` and what `pid` names; the service itself answers at `backendUrl`. Throws as `launchService`. */
export async function launchProxied({ tools, env, port, signal }: LaunchOptions): Promise<LaunchedService & { backendUrl: string }> {
  const back = await launchService({ tools, env: { ...env, READYBENCH_SERVICE_BEHIND_PROXY: '1', READYBENCH_SERVICE_PORT: '0' }, ...(signal === undefined ? {} : { signal }) });
  try {
    const front = await launch(builtEntry('service/front-main'), 'the front process of the embedded service', { ...env, READYBENCH_FRONT_BACKEND: back.baseUrl, READYBENCH_SERVICE_PORT: String(port ?? 0) }, signal);
    const stop = async (): Promise<void> => {
      await front.stop();
      await back.stop();
    };
    return { ...front, version: back.version, backendUrl: back.baseUrl, stop };
  } catch (error) {
    await back.stop();
    throw error;
  }
}

async function launch(entry: string, what: string, env: Readonly<Record<string, string>>, signal: AbortSignal | undefined): Promise<LaunchedService> {
  let onMessage: (message: ServiceMessage) => void = () => undefined;
  const said = new Promise<ServiceMessage>((resolve) => (onMessage = resolve));
  const running = startProcess(process.execPath, [entry], {
    holdStdin: true,
    env,
    onStdoutLine: (line) => {
      const message = parseMessage(line);
      if (message !== null) onMessage(message);
    },
  });
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  const interrupted = new Promise<{ type: 'late' | 'aborted' }>((resolve) => {
    timer = setTimeout(() => resolve({ type: 'late' }), START_LIMIT_MS);
    onAbort = () => resolve({ type: 'aborted' });
    if (signal?.aborted === true) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
  });
  const died = running.exited.then((result) => ({ type: 'died', result }) as const);
  const first = await Promise.race([said, died, interrupted]);
  clearTimeout(timer);
  if (onAbort !== undefined) signal?.removeEventListener('abort', onAbort);

  if (first.type === 'ready' && running.pid !== undefined) {
    return { baseUrl: first.baseUrl, version: first.version, pid: running.pid, exited: running.exited.then(() => undefined), stop: async () => void (await running.stop(STOP_GRACE_MS)) };
  }
  const { stderr, startError } = await running.stop(STOP_GRACE_MS);
  if (first.type === 'failed') throw new BenchError(knownCode(first.exitCode), first.message, first.hint === null ? {} : { hint: first.hint });
  if (first.type === 'aborted') throw new BenchError(EXIT.interrupted, `interrupted while ${what} started`);
  const cause = startError ?? lastLines(stderr);
  const how = first.type === 'late' ? `was not ready within ${START_LIMIT_MS / 1_000} s` : 'ended at its start';
  throw new BenchError(EXIT.unreachable, `${what} ${how}${cause === '' ? '' : `: ${cause}`}`, {
    hint: 'Run `bench service` to see it start by itself, and `bench doctor` for what this machine lacks.',
  });
}

function knownCode(code: number): ExitCode {
  return Object.values(EXIT).find((known) => known === code) ?? EXIT.internal;
}

const lastLines = (text: string): string => text.trim().split('\n').slice(-3).join(' ').slice(-500);
