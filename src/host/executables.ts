import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What stands in the way of running a file; null where nothing does. */
export function notExecutable(path: string): string | null {
  try {
    if (!statSync(path).isFile()) return 'is not a file';
  } catch {
    return 'does not exist';
  }
  try {
    accessSync(path, constants.X_OK);
    return null;
  } catch {
    return 'is not executable';
  }
}

/** The first executable of that name on PATH, as an absolute path; null where there is none. */
export function findExecutable(name: string, env: Environment = process.env): string | null {
  const suffixes = process.platform === 'win32' ? (env['PATHEXT'] ?? '.EXE;.CMD').split(';') : [''];
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    // An empty or relative entry means the current folder: a file lying there must not become a tool of ours.
    if (!isAbsolute(folder)) continue;
    for (const suffix of suffixes) {
      const path = join(folder, name + suffix);
      if (notExecutable(path) === null) return path;
    }
  }
  return null;
}

/** A path from an environment variable: as it is, or a bare name to be looked up on PATH. */
export function fromVariable(value: string, env: Environment): string {
  return /[\\/]/.test(value) ? resolve(value) : (findExecutable(value, env) ?? resolve(value));
}
