import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * `<tmp>/readybench-<uid>`, made on first use; null where it cannot be made or belongs to somebody else
 * (a folder another user laid in our way must not decide what we kill or run).
 */
export function privateFolder(): string | null {
  const uid = process.getuid?.() ?? 0;
  const path = join(tmpdir(), `readybench-${uid}`);
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const found = lstatSync(path);
    return found.isDirectory() && found.uid === uid && (found.mode & 0o022) === 0 ? path : null;
  } catch {
    return null;
  }
}
