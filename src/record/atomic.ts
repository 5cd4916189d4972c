import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeFolders } from './folder.ts';

/**
 * Writes a file so that a reader sees the old content or the new, never a part: temporary file beside it, synced, renamed.
 * Not write-file-atomic: it takes a short write for a whole one, so that on a full disk it renames a torn file over a good one.
 */
export async function writeAtomic(file: string, content: string): Promise<void> {
  await makeFolders(dirname(file));
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(content, 'utf8');
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
