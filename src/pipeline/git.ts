import { runProcess } from '../host/processes.ts';
import type { RunRecord } from '../record/schema.ts';

/** The commit that is measured, from the folder the run was started in; null outside a repository or without git. */
export async function gitState(cwd: string): Promise<RunRecord['run']['git']> {
  const git = (...args: string[]) => runProcess('git', args, { cwd, timeoutMs: 5_000 });
  const [commit, branch, status] = await Promise.all([git('rev-parse', 'HEAD'), git('symbolic-ref', '--short', '-q', 'HEAD'), git('status', '--porcelain', '--untracked-files=no')]);
  if (commit.code !== 0) return null;
  return { commit: commit.stdout.trim(), branch: branch.code === 0 ? branch.stdout.trim() : null, dirty: status.code === 0 && status.stdout.trim() !== '' };
}
