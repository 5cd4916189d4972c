import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Socket } from 'node:net';
import { builtEntry } from '../paths.ts';
import { privateFolder } from './private-folder.ts';
import { pidNamespace, processEntry } from './proc.ts';

/**
 * Keeps the promise that no process and no temporary folder of ours outlives us, a SIGKILL included: one detached helper process
 * that is told of every process group and folder over a pipe, and ends and removes what is left when the pipe closes. Started
 * with the first of them; it goes when we go.
 */

/** Every process we start carries it, and hands it down: what leaves its group is still known as ours. */
export const OWNER_VARIABLE = 'READYBENCH_OWNER';
export const OWNER_TOKEN = `${process.pid}-${processEntry(process.pid)?.start ?? '0'}-${pidNamespace()}`;

const groups = new Map<number, string | undefined>();
const folders = new Set<string>();
let helper: ChildProcess | undefined;

/** From now on this process group ends with us. Call it at once after the start. */
export function guard(pid: number): void {
  groups.set(pid, processEntry(pid)?.start);
  told(added(pid));
}

/** The group is gone. */
export function release(pid: number): void {
  if (groups.delete(pid) && helper !== undefined) tell(helper, `-${pid}\n`);
}

/** From now on this folder, made by `mkdtemp` with the prefix `readybench-`, goes with us. */
export function guardFolder(path: string): void {
  folders.add(path);
  told(addedFolder(path));
}

/** The folder is gone. */
export function releaseFolder(path: string): void {
  if (folders.delete(path) && helper !== undefined) tell(helper, `<${JSON.stringify(path)}\n`);
}

/** The helper's pid, for tests and for `doctor`; undefined where none runs. */
export function guardianPid(): number | undefined {
  return helper?.pid;
}

const added = (pid: number): string => `+${pid}${groups.get(pid) === undefined ? '' : ` ${groups.get(pid)}`}\n`;
const addedFolder = (path: string): string => `>${JSON.stringify(path)}\n`;

/** A new line for the helper that runs; one that is started now learns of everything by itself. */
function told(line: string): void {
  if (helper === undefined) startHelper();
  else tell(helper, line);
}

function startHelper(): void {
  // Only tests run from src/ without a build; there the exit hook of processes.ts is all there is.
  const entry = builtEntry('host/guardian-main');
  if (!existsSync(entry)) return;
  const started = spawn(process.execPath, ['--max-semi-space-size=1', entry, OWNER_VARIABLE, OWNER_TOKEN, privateFolder() ?? ''], {
    cwd: '/',
    env: {},
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const lost = (): void => {
    if (helper === started) helper = undefined;
  };
  started.once('error', lost);
  started.once('exit', lost);
  started.stdin.on('error', lost);
  // It must never be what keeps us running.
  started.unref();
  if (started.stdin instanceof Socket) started.stdin.unref();
  helper = started;
  // One that was lost is replaced with the next child, and told of everything that still runs.
  for (const pid of groups.keys()) tell(started, added(pid));
  for (const path of folders) tell(started, addedFolder(path));
}

function tell(to: ChildProcess, line: string): void {
  to.stdin?.write(line);
}
