import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readRecord } from '../../../src/record/read.ts';
import { openRunFolder, RecordNotWritten, recordWriter } from '../../../src/record/store.ts';
import { record } from '../../unit/record/fixture.ts';

function mountSmallDisk(dir: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', dir], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

test('a disk that fills up leaves the last whole record, and hands over the one it could not write', async (context) => {
  const dir = await mkdtemp(join(tmpdir(), 'readybench-full-'));
  const mounted = mountSmallDisk(dir);
  try {
    if (!mounted) context.skip('needs the right to mount a small disk');
    const folder = await openRunFolder({ reportsDir: dir, out: null, redact: (made) => made });
    await folder.write(record([], { id: folder.id, seed: 1 }));
    const failed = await folder.write(record([], { id: folder.id, seed: 2, command: 'x'.repeat(100_000) })).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(RecordNotWritten);
    expect(failed).toMatchObject({ exitCode: 70, message: expect.stringContaining('ENOSPC') as unknown });
    expect((JSON.parse((failed as RecordNotWritten).json) as { run: { seed: number } }).run.seed).toBe(2);
    expect((await readRecord(join(folder.dir, 'result.json'))).run.seed).toBe(1);
    await folder.write(record([], { id: folder.id, seed: 3 }));
    expect((await readRecord(join(folder.dir, 'result.json'))).run.seed).toBe(3);
  } finally {
    if (mounted) execFileSync('umount', [dir]);
    await rm(dir, { recursive: true, force: true });
  }
});

test('a search or scaling on a disk that fills up says what is kept and how to go on from it', async (context) => {
  const dir = await mkdtemp(join(tmpdir(), 'readybench-full-'));
  const mounted = mountSmallDisk(dir);
  try {
    if (!mounted) context.skip('needs the right to mount a small disk');
    const write = recordWriter(dir, 'capacity.json', 'bench capacity');
    const tooLong = { levels: 'x'.repeat(100_000) };
    await expect(write(tooLong)).rejects.toMatchObject({ exitCode: 70, hint: 'the record follows on standard output; free some space or choose another folder with --out' });
    await write({ levels: 'two' });
    const failed = await write(tooLong).catch((error: unknown) => error);
    expect(failed).toMatchObject({ hint: `the record follows on standard output; what was measured before it is kept there: free some space, then go on with bench capacity --resume ${dir}` });
    expect(JSON.parse((failed as RecordNotWritten).json)).toEqual(tooLong);
    expect(JSON.parse(await readFile(join(dir, 'capacity.json'), 'utf8'))).toEqual({ levels: 'two' });
  } finally {
    if (mounted) execFileSync('umount', [dir]);
    await rm(dir, { recursive: true, force: true });
  }
});
