import { execa } from 'execa';

/** How a process ended, and what it said. Never thrown: a failed process is a result. */
export interface ProcessResult {
  /** Exit code; null when a signal ended it or it could not be started. */
  code: number | null;
  signal: NodeJS.Signals | null;
  /** The system's reason when it could not be started: `ENOENT`, `EACCES`. */
  startError: string | null;
  timedOut: boolean;
  /** From just before the start to the exit. */
  wallMs: number;
  /** The last 64,000 characters of each stream. */
  stdout: string;
  stderr: string;
}

export interface ProcessOptions {
  cwd?: string;
  env?: Readonly<Record<string, string>>;
  timeoutMs?: number;
  /** Ends the process when aborted. */
  signal?: AbortSignal;
  onStdoutLine?: (line: string) => void;
  onStderrLine?: (line: string) => void;
}

/** A process of ours, in a process group of its own: what it starts ends with it. */
export interface RunningProcess {
  pid: number | undefined;
  exited: Promise<ProcessResult>;
  /** SIGTERM to the group, SIGKILL after the grace period; resolves when it is gone. */
  stop(graceMs?: number): Promise<ProcessResult>;
}

const TAIL_CHARACTERS = 64_000;
const GRACE_MS = 5_000;

const groups = new Set<number>();
process.on('exit', () => {
  for (const pid of groups) signalGroup(pid, 'SIGKILL');
});

/** Starts a program with an argument array (never a shell). */
export function startProcess(file: string, args: readonly string[], options: ProcessOptions = {}): RunningProcess {
  const startedAt = performance.now();
  const child = execa(file, args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: options.env }),
    detached: true,
    cleanup: false,
    reject: false,
    buffer: false,
    stdin: 'ignore',
  });
  const pid = child.pid;
  if (pid !== undefined) groups.add(pid);

  const stdout = collect(child.stdout, options.onStdoutLine);
  const stderr = collect(child.stderr, options.onStderrLine);
  let timedOut = false;

  const stop = async (graceMs = GRACE_MS): Promise<ProcessResult> => {
    if (pid !== undefined) {
      signalGroup(pid, 'SIGTERM');
      const timer = setTimeout(() => signalGroup(pid, 'SIGKILL'), graceMs);
      timer.unref();
      await exited;
      clearTimeout(timer);
    }
    return exited;
  };

  const timer = options.timeoutMs === undefined ? undefined : setTimeout(() => { timedOut = true; void stop(); }, options.timeoutMs);
  const onAbort = (): void => void stop();
  options.signal?.addEventListener('abort', onAbort, { once: true });
  if (options.signal?.aborted === true) onAbort();

  const exited = child.then((result): ProcessResult => {
    const wallMs = performance.now() - startedAt;
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', onAbort);
    if (pid !== undefined) {
      // What it started and left behind goes with it.
      signalGroup(pid, 'SIGKILL');
      groups.delete(pid);
    }
    return {
      code: result.exitCode ?? null,
      signal: result.signal ?? null,
      startError: pid === undefined ? (result.code ?? 'unknown') : null,
      timedOut,
      wallMs,
      stdout: stdout(),
      stderr: stderr(),
    };
  });
  return { pid, exited, stop };
}

/** Runs a program to its end. */
export function runProcess(file: string, args: readonly string[], options: ProcessOptions = {}): Promise<ProcessResult> {
  return startProcess(file, args, options).exited;
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Gone already: that is what was wanted.
  }
}

function collect(stream: NodeJS.ReadableStream, onLine: ((line: string) => void) | undefined): () => string {
  let tail = '';
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    tail = (tail + chunk).slice(-TAIL_CHARACTERS);
    if (onLine === undefined) return;
    const lines = (rest + chunk).split(/\r\n|\n|\r/);
    rest = lines.pop() ?? '';
    lines.forEach(onLine);
  });
  stream.on('end', () => {
    if (onLine !== undefined && rest !== '') onLine(rest);
  });
  return () => tail;
}
