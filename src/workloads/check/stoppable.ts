import { BenchError } from '../../errors.ts';
import { findContainers } from '../../host/containers.ts';
import { processEntry } from '../../host/proc.ts';
import { startInstance } from '../../target/own-instance.ts';
import type { Spec } from './schema.ts';
import type { CheckContext, Found, Talk } from './talk.ts';

/** A service that can be told to stop. */
export interface Stoppable {
  send: Talk['send'];
  /** Sends SIGTERM; what stood in the way, or null. */
  tell: () => Promise<string | null>;
  isGone: () => Promise<boolean>;
  release: () => Promise<void>;
}

type Subject = Stoppable | Found;

const found = (wrong: string): Found => ({ type: 'found', wrong: [wrong], right: '', evidence: [] });
const nothing = (): Promise<void> => Promise.resolve();

/** Finds or starts what the check stops. What stands in the way is what the check found. */
export async function stoppable(spec: Spec<'shutdown'>, talk: Talk, context: CheckContext): Promise<Subject> {
  if (spec.container !== undefined) return container(spec.container, talk);
  return spec.command === undefined ? byPid(Number(spec.pid), talk.send.bind(talk), nothing) : instance(spec.command, spec.ready, talk, context);
}

function byPid(pid: number, send: Talk['send'], release: () => Promise<void>): Subject {
  const there = processEntry(pid);
  if (there === null) return found(`no process ${pid} runs on this machine`);
  return {
    send,
    tell() {
      try {
        process.kill(pid, 'SIGTERM');
        return Promise.resolve(null);
      } catch (error) {
        return Promise.resolve(`process ${pid} cannot be told to stop: ${String(error)}`);
      }
    },
    isGone: () => Promise.resolve(processEntry(pid)?.start !== there.start),
    release,
  };
}

async function instance(command: string, readyPath: string, talk: Talk, { cwd, tools, signal }: CheckContext): Promise<Subject> {
  const own = await startInstance({ command, cwd, readyPath, headers: talk.asking.target.headers, tools, signal }).catch((error: unknown) => {
    if (error instanceof BenchError) return error;
    throw error;
  });
  if (own instanceof BenchError) return { type: 'not-measured', cause: 'no-instance', reason: `no instance could be started: ${own.message}`, remedy: own.hint ?? 'Correct check.shutdown.command.' };
  const there = talk.at(own.target);
  return byPid(own.pid, there.send, async () => {
    await there.close();
    // Where it does not go by itself it has had its time.
    if (processEntry(own.pid) !== null) process.kill(own.pid, 'SIGKILL');
    await own.stop();
  });
}

async function container(name: string, talk: Talk): Promise<Subject> {
  const containers = findContainers();
  if (containers === null) return { type: 'not-measured', cause: 'no-container-tool', reason: 'neither docker nor podman is on PATH', remedy: 'Install one of them on this machine, or give the pid of the service or a command that starts it.' };
  const before = await containers.isRunning(name);
  if (!before.known) return { type: 'not-measured', cause: 'container-unknown', reason: `${containers.tool} does not tell about container ${name}: ${before.reason}`, remedy: `Try \`${containers.tool} inspect ${name}\` by hand, and correct check.shutdown.container.` };
  if (!before.running) return found(`container ${name} does not run`);
  return {
    send: talk.send.bind(talk),
    tell: async () => {
      const obstacle = await containers.terminate(name);
      return obstacle === null ? null : `container ${name} cannot be told to stop: ${obstacle}`;
    },
    isGone: async () => {
      const now = await containers.isRunning(name);
      return !now.known || !now.running;
    },
    release: nothing,
  };
}
