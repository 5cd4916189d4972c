import { randomBytes } from 'node:crypto';
import { lstat, readFile, readlink, rename, rm, symlink } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { reasonOf } from '../errors.ts';
import { writeAtomic } from './atomic.ts';
import { makeFolders } from './folder.ts';

/**
 * Points `<reportsDir>/latest` at a run's folder, in one step: a relative symbolic link, or a text file holding the
 * relative path where the file system has no links. Yields a sentence where neither could be done: a run does not fail for it.
 */
export async function pointLatest(reportsDir: string, runDir: string): Promise<string | null> {
  const link = join(reportsDir, 'latest');
  const target = relative(resolve(reportsDir), resolve(runDir));
  try {
    await makeFolders(reportsDir);
    await replaceLink(link, target);
    return null;
  } catch {
    try {
      await writeAtomic(link, `${target}\n`);
      return null;
    } catch (error) {
      return `${link} could not be pointed at this run: ${reasonOf(error)}`;
    }
  }
}

async function replaceLink(link: string, target: string): Promise<void> {
  const temporary = `${link}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await symlink(target, temporary, 'dir');
    await rename(temporary, link);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** The folder `latest` points at, or null where there is none. */
export async function readLatest(reportsDir: string): Promise<string | null> {
  const link = join(reportsDir, 'latest');
  try {
    const isLink = (await lstat(link)).isSymbolicLink();
    const target = isLink ? await readlink(link) : (await readFile(link, 'utf8')).trim();
    return resolve(reportsDir, target);
  } catch {
    return null;
  }
}
