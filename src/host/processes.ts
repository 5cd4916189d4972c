import { setMaxListeners } from 'node:events';
import { execa } from 'execa';
import { guard, OWNER_TOKEN, OWNER_VARIABLE, release } from './guardian.ts';
import { LineSplitter, Tail } from './lines.ts';

/** How a process ended, and what it said. Never thrown: a failed process is a result. */
export interface ProcessResult {
  /** Exit code; null when a signal ended it or it could not be started. */
  code: number | null;
  signal: NodeJS.Signals | null;
  /** The system's reason when it could not be started: `ENOENT`, `EACCES`; `ABORTED` when the abort came before the start. */
  startError: string | null;
  timedOut: boolean;
  /** From just before the start to the exit. */
  wallMs: number;
  /** The last 64,000 characters of each stream; bytes that are not UTF-8 become U+FFFD. */
  stdout: string;
  stderr: string;
}

export interface ProcessOptions {
  cwd?: string;
  /** Put on top of our own environment. */
  env?: Readonly<Record<string, string>>;
  timeoutMs?: number;
  /** Ends the process when aborted. */
  signal?: AbortSignal;
  /** Gives it an input that stays open and silent until we are gone: how a service of ours knows that it is on its own. */
  holdStdin?: boolean;
  /** Lines end at \n, \r\n or \r; one longer than 64,000 characters is cut there. */
  onStdoutLine?: (line: string) => void;
  onStderrLine?: (line: string) => void;
}

/** A process of ours, in a process group of its own: what it starts ends with it. */
export interface RunningProcess {
  pid: number | undefined;
  /** Resolves once it has exited and all of its output was handed on. Never rejects. */
  exited: Promise<ProcessResult>;
  /** SIGTERM to the group, SIGKILL after the grace period; resolves when it is gone. */
  stop(graceMs?: number): Promise<ProcessResult>;
}

const TAIL_CHARACTERS = 64_000;
const GRACE_MS = 5_000;
/** How long output may still come after the exit, from something that left the group and holds the pipe. */
const DRAIN_MS = 1_000;

const groups = new Set<number>();
process.on('exit', () => {
  for (const pid of groups) signalGroup(pid, 'SIGKILL');
});

/** Starts a program with an argument array (never a shell). Nothing it starts outlives it, and it does not outlive us. */
export function startProcess(file: string, args: readonly string[], options: ProcessOptions = {}): RunningProcess {
  const { signal: abort } = options;
  if (abort?.aborted === true) {
    const never: ProcessResult = { code: null, signal: null, startError: 'ABORTED', timedOut: false, wallMs: 0, stdout: '', stderr: '' };
    return { pid: undefined, exited: Promise.resolve(never), stop: () => Promise.resolve(never) };
  }

  const startedAt = performance.now();
  const child = execa(file, args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { ...options.env, [OWNER_VARIABLE]: OWNER_TOKEN },
    detached: true,
    cleanup: false,
    reject: false,
    buffer: false,
    stdin: options.holdStdin === true ? 'pipe' : 'ignore',
  });
  const pid = child.pid;
  if (pid !== undefined) {
    groups.add(pid);
    guard(pid);
  }

  const stdout = collect(child.stdout, options.onStdoutLine);
  const stderr = collect(child.stderr, options.onStderrLine);
  // One that ends at once closes its input before execa's own check of it: not a failure of ours.
  child.stdin?.on('error', () => undefined);

  let timedOut = false;
  let endedAt: number | undefined;
  let drain: NodeJS.Timeout | undefined;
  const onExit = (): void => {
    if (endedAt !== undefined) return;
    endedAt = performance.now();
    if (pid === undefined) return;
    // What it started and left behind goes with it.
    signalGroup(pid, 'SIGKILL');
    groups.delete(pid);
    release(pid);
    drain = setTimeout(() => {
      child.stdout.destroy();
      child.stderr.destroy();
    }, DRAIN_MS);
  };
  child.once('exit', onExit);

  const stop = async (graceMs = GRACE_MS): Promise<ProcessResult> => {
    // After the exit the number may be somebody else's.
    if (pid !== undefined && endedAt === undefined) {
      signalGroup(pid, 'SIGTERM');
      const timer = setTimeout(() => {
        if (endedAt === undefined) signalGroup(pid, 'SIGKILL');
      }, graceMs);
      await exited;
      clearTimeout(timer);
    }
    return exited;
  };

  const timer = options.timeoutMs === undefined ? undefined : setTimeout(() => {
    timedOut = true;
    void stop();
  }, options.timeoutMs);
  const onAbort = (): void => void stop();
  if (abort !== undefined) {
    // A batch hangs one listener per process on the run's signal; that is no leak.
    setMaxListeners(0, abort);
    abort.addEventListener('abort', onAbort, { once: true });
  }

  const exited = child.then(async (result): Promise<ProcessResult> => {
    onExit();
    await Promise.all([stdout.closed, stderr.closed]);
    clearTimeout(timer);
    clearTimeout(drain);
    abort?.removeEventListener('abort', onAbort);
    return {
      code: result.exitCode ?? null,
      signal: result.signal ?? null,
      startError: pid === undefined ? (result.code ?? 'UNKNOWN') : null,
      timedOut,
      wallMs: (endedAt ?? performance.now()) - startedAt,
      stdout: stdout.tail.text(),
      stderr: stderr.tail.text(),
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

function collect(stream: NodeJS.ReadableStream & { closed?: boolean }, onLine: ((line: string) => void) | undefined): { tail: Tail; closed: Promise<void> } {
  const tail = new Tail(TAIL_CHARACTERS);
  const lines = onLine === undefined ? undefined : new LineSplitter(onLine);
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    tail.push(chunk);
    lines?.push(chunk);
  });
  const closed = new Promise<void>((resolve) => {
    if (stream.closed === true) resolve();
    stream.once('close', resolve);
    stream.once('error', () => resolve());
  });
  return { tail, closed: closed.then(() => lines?.end()) };
}
