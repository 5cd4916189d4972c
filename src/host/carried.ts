import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Environment, notExecutable } from './executables.ts';
import { privateFolder } from './private-folder.ts';
import { reasonOf } from '../errors.ts';

export type Carried = { found: true; path: string } | { found: false; reason: string };

/**
 * The program that came with the npm packages `@ffmpeg-installer/ffmpeg` and `@ffprobe-installer/ffprobe`.
 * They are optional: without them (an unsupported platform, `npm ci --omit=optional`) there simply is none.
 */
export function carriedProgram(name: 'ffmpeg' | 'ffprobe', env: Environment = process.env, require: { resolve(id: string): string } = createRequire(import.meta.url)): Carried {
  const platform = `${process.platform}-${process.arch}`;
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  let packaged: string;
  try {
    // From the installer package's own place, since npm may nest the platform's package inside it.
    const installer = createRequire(require.resolve(`@${name}-installer/${name}/package.json`));
    packaged = join(dirname(installer.resolve(`@${name}-installer/${platform}/package.json`)), file);
  } catch {
    return { found: false, reason: `the npm package @${name}-installer/${platform} is not installed` };
  }
  if (!existsSync(packaged)) return { found: false, reason: `${packaged} is missing` };
  try {
    return { found: true, path: makeExecutable(packaged, name, env) };
  } catch (error) {
    return { found: false, reason: `${packaged} cannot be made executable: ${reasonOf(error)}` };
  }
}

/** npm's install scripts may not have run, and the file may belong to another user: then a copy of ours is run. */
export function makeExecutable(packaged: string, name: string, env: Environment): string {
  if (notExecutable(packaged) === null) return packaged;
  try {
    chmodSync(packaged, 0o755);
    if (notExecutable(packaged) === null) return packaged;
  } catch {
    // Not ours to change, or on a read-only disk.
  }
  const { size, mtimeMs } = statSync(packaged);
  const failures: string[] = [];
  for (const folder of cacheFolders(env)) {
    const copy = join(folder, `${name}-${size}-${Math.trunc(mtimeMs)}`);
    try {
      if (notExecutable(copy) === null && statSync(copy).size === size) return copy;
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const unfinished = `${copy}.${process.pid}`;
      try {
        copyFileSync(packaged, unfinished);
        chmodSync(unfinished, 0o755);
        renameSync(unfinished, copy);
      } finally {
        rmSync(unfinished, { force: true });
      }
      return copy;
    } catch (error) {
      failures.push(reasonOf(error));
    }
  }
  throw new Error(failures.join('; '));
}

function cacheFolders(env: Environment): string[] {
  const caches = env['XDG_CACHE_HOME'] ?? join(env['HOME'] ?? homedir(), '.cache');
  const fallback = privateFolder();
  return [join(caches, 'readybench'), ...(fallback === null ? [] : [join(fallback, 'tools')])];
}
