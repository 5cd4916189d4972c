import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { BenchError, EXIT, reasonOf } from '../errors.ts';
import { startProcess } from '../host/processes.ts';

/** A service that a command line started for this run. */
export interface StartedCommand {
  baseUrl: string;
  pid: number;
  /** Resolves when it and all it started are gone. */
  stop(): Promise<void>;
}

export interface CommandOptions {
  /** Words; `{port}` in them is replaced. Never a shell. */
  command: string;
  cwd: string;
  /** The path that answers once it is ready. */
  readyPath: string;
  signal: AbortSignal;
}

const START_LIMIT_MS = 60_000;
const ASK_EVERY_MS = 100;
const ASK_LIMIT_MS = 2_000;
const STOP_GRACE_MS = 8_000;

/**
 * Starts a service on a free port of 127.0.0.1, given as PORT in its environment and as `{port}` in its words, and waits until it
 * answers with anything but a 5xx. It ends with us, however we end. Throws a BenchError: 2 for an empty command, 6 where it cannot
 * be started, 5 where it ends or does not answer within a minute.
 */
export async function startCommand({ command, cwd, readyPath, signal }: CommandOptions): Promise<StartedCommand> {
  const port = await freePort();
  const [file, ...args] = words(command).map((word) => word.replaceAll('{port}', String(port)));
  if (file === undefined) throw new BenchError(EXIT.usage, 'the command that starts the service is empty', { hint: 'for example --against service="node server.js --port {port}"' });
  const running = startProcess(file, args, { cwd, env: { PORT: String(port) }, signal });
  const ended = { result: undefined as Awaited<typeof running.exited> | undefined };
  void running.exited.then((result) => (ended.result = result));
  const baseUrl = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => void (await running.stop(STOP_GRACE_MS));

  let last = 'no answer';
  for (const until = performance.now() + START_LIMIT_MS; performance.now() < until; ) {
    const { result } = ended;
    if (result !== undefined && result.startError !== null) throw new BenchError(EXIT.toolMissing, `${JSON.stringify(command)} cannot be started (${result.startError})`, { hint: `it is run in ${cwd}, without a shell` });
    if (signal.aborted) {
      await stop();
      throw new BenchError(EXIT.interrupted, 'interrupted while the service started');
    }
    if (result !== undefined) {
      throw new BenchError(EXIT.unreachable, `${JSON.stringify(command)} ended at its start (${result.code === null ? (result.signal ?? 'killed') : `exit ${result.code}`})${lastLines(result.stderr)}`, { hint: 'it must listen on 127.0.0.1 at the port in PORT (or {port} in the command), and keep running' });
    }
    const answer = await ask(`${baseUrl}${readyPath}`, signal);
    if (answer.ready) return { baseUrl, pid: running.pid ?? 0, stop };
    last = answer.why;
    await pause(ASK_EVERY_MS, running.exited);
  }
  await stop();
  throw new BenchError(EXIT.unreachable, `${JSON.stringify(command)} did not answer ${readyPath} within ${START_LIMIT_MS / 1_000} s (${last})`, { hint: 'it must listen on 127.0.0.1 at the port in PORT (or {port} in the command)' });
}

async function ask(url: string, signal: AbortSignal): Promise<{ ready: true } | { ready: false; why: string }> {
  try {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.any([signal, AbortSignal.timeout(ASK_LIMIT_MS)]) });
    await response.body?.cancel();
    return response.status < 500 ? { ready: true } : { ready: false, why: `status ${response.status}` };
  } catch (error) {
    return { ready: false, why: reasonOf(error) };
  }
}

/** Until the time is over or the process is. */
async function pause(ms: number, exited: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([new Promise((resolve) => (timer = setTimeout(resolve, ms))), exited]);
  clearTimeout(timer);
}

/** A port that nothing listens on now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** `node "my server.js" --port 1` → words, quotes respected. Pure. */
export function words(command: string): string[] {
  return [...command.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)].map(([word]) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, (_, double: string | undefined, single: string | undefined) => double ?? single ?? ''));
}

const lastLines = (text: string): string => {
  const lines = text.trim().split('\n').slice(-3).join(' ').slice(-400);
  return lines === '' ? '' : `: ${lines}`;
};
