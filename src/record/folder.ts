import { mkdir, mkdtemp, rmdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { BenchError, EXIT, reasonOf } from '../errors.ts';

/** Makes a folder and its parents. Throws a BenchError that names it: 2, or 70 where the disk is full. */
export async function makeFolder(dir: string): Promise<void> {
  try {
    await makeFolders(dir);
  } catch (error) {
    throw cannotMake(dir, error);
  }
}

/**
 * Finds out whether a folder is there or can be made, and written to, and leaves nothing behind: a temporary one is made in the nearest
 * folder that there is. Throws what `makeFolder` throws.
 */
export async function checkFolder(dir: string): Promise<void> {
  try {
    await rmdir(await mkdtemp(join(await nearest(resolve(dir)), '.readybench-')));
  } catch (error) {
    throw cannotMake(dir, error);
  }
}

async function nearest(dir: string): Promise<string> {
  const found = await stat(dir).catch(() => undefined);
  if (found?.isDirectory() === true) return dir;
  if (found !== undefined) throw new Error(`${dir} is not a folder`);
  const parent = dirname(dir);
  return parent === dir ? dir : nearest(parent);
}

/**
 * Makes a folder and its parents and says whether it was not there before. Throws what the system answers.
 * Not by Node's `recursive`: that never returns where the parent is there and making the folder answers ENOENT all the same, as under /proc.
 */
export async function makeFolders(dir: string): Promise<boolean> {
  if (await isFolder(dir)) return false;
  const parent = dirname(dir);
  if (parent !== dir) await makeFolders(parent);
  try {
    await mkdir(dir);
    return true;
  } catch (error) {
    // Another run may have made it in the meantime.
    if (!(await isFolder(dir))) throw error;
    return false;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then((found) => found.isDirectory(), () => false);
}

export function cannotMake(dir: string, cause: unknown): BenchError {
  const full = isCode(cause, 'ENOSPC');
  return new BenchError(full ? EXIT.internal : EXIT.usage, `the folder ${dir} cannot be made: ${reasonOf(cause)}`, {
    hint: full ? 'free some space on that disk' : 'choose a folder that can be written with --out DIR',
    cause,
  });
}

/** What an option names cannot be written (2). */
export function cannotWrite(path: string, option: string, cause: unknown): BenchError {
  return new BenchError(EXIT.usage, `${path} cannot be written: ${reasonOf(cause)}`, {
    hint: `${isCode(cause, 'ENOSPC') ? 'free some space on that disk, or ' : ''}choose another place with ${option}`,
    cause,
  });
}

export function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
