import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BenchError, EXIT } from '../errors.ts';
import { runProcess } from '../host/processes.ts';
import { words } from '../target/start-command.ts';
import type { Releases } from './workspace.ts';

const GIT_LIMIT_MS = 60_000;
const PREPARE_LIMIT_MS = 15 * 60_000;

/** The commit a word means in the repository around `cwd`; null where it means none. */
export async function commitOf(what: string, cwd: string): Promise<string | null> {
  if (/\s/.test(what) || what.startsWith('-')) return null;
  const { code, stdout } = await runProcess('git', ['rev-parse', '--verify', '--quiet', '--end-of-options', `${what}^{commit}`], { cwd, timeoutMs: GIT_LIMIT_MS });
  return code === 0 ? stdout.trim() : null;
}

/**
 * A commit in a temporary folder of its own (`git worktree`), prepared by the given commands; removed with the run, however it
 * ends in order. Throws a BenchError (2).
 */
export async function checkOut(commit: string, { cwd, prepare, signal, releases }: { cwd: string; prepare: readonly string[]; signal: AbortSignal; releases: Releases }): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'readybench-ref-'));
  const dir = join(parent, 'checkout');
  releases.add(async () => {
    await runProcess('git', ['worktree', 'remove', '--force', dir], { cwd, timeoutMs: GIT_LIMIT_MS });
    await rm(parent, { recursive: true, force: true, maxRetries: 3 });
    await runProcess('git', ['worktree', 'prune'], { cwd, timeoutMs: GIT_LIMIT_MS });
  });
  const added = await runProcess('git', ['worktree', 'add', '--detach', dir, commit], { cwd, timeoutMs: GIT_LIMIT_MS, signal });
  if (added.code !== 0) throw new BenchError(EXIT.usage, `git cannot check ${commit.slice(0, 12)} out: ${added.stderr.trim().split('\n').at(-1) ?? 'no reason given'}`, { hint: 'run git worktree list, and git worktree prune' });
  for (const command of prepare) {
    const [file = '', ...args] = words(command);
    const done = await runProcess(file, args, { cwd: dir, timeoutMs: PREPARE_LIMIT_MS, signal });
    if (done.code !== 0) throw new BenchError(EXIT.usage, `${JSON.stringify(command)} failed in the checkout of ${commit.slice(0, 12)}: ${done.startError ?? done.stderr.trim().split('\n').slice(-3).join(' ').slice(-400)}`, { hint: 'service.prepare in bench.config.yaml lists what makes a fresh checkout ready to start' });
  }
  return dir;
}
