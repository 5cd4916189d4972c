import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkFolder } from '../../../src/record/folder.ts';

let dir: string;
beforeEach(async () => { dir = await mkdtemp(join(tmpdir(), 'readybench-folder-')); });
afterEach(async () => {
  await chmod(dir, 0o700);
  await rm(dir, { recursive: true, force: true });
});

it('lets through what is there and what can be made, and leaves nothing behind', async () => {
  await checkFolder(dir);
  await checkFolder(join(dir, 'a', 'b'));
  expect(await readdir(dir)).toEqual([]);
});

it('refuses a file and what would lie under one', async () => {
  const file = join(dir, 'file');
  await writeFile(file, '');
  const refused = { exitCode: 2, hint: 'choose a folder that can be written with --out DIR' };
  await expect(checkFolder(file)).rejects.toMatchObject({ ...refused, message: `the folder ${file} cannot be made: ${file} is not a folder` });
  await expect(checkFolder(join(file, 'below'))).rejects.toMatchObject(refused);
});

it('refuses a place where nothing can be made', async () => {
  await expect(checkFolder('/proc/readybench/run')).rejects.toMatchObject({ exitCode: 2 });
});

it.skipIf(process.getuid?.() === 0)('refuses a folder that is not to be written (root may write anywhere)', async () => {
  await chmod(dir, 0o500);
  await expect(checkFolder(dir)).rejects.toMatchObject({ exitCode: 2 });
});
