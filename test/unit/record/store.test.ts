import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { resultJsonSchema } from '../../../src/record/json-schema.ts';
import { pointLatest, readLatest } from '../../../src/record/latest.ts';
import { readRecord } from '../../../src/record/read.ts';
import { findRun, listRuns } from '../../../src/record/runs.ts';
import { openRunFolder, RecordNotWritten } from '../../../src/record/store.ts';
import { record } from './fixture.ts';

let root: string;
beforeEach(async () => { root = await realpath(await mkdtemp(join(tmpdir(), 'readybench-store-'))); });
afterEach(() => rm(root, { recursive: true, force: true }));

const open = (out: string | null = null, reportsDir = join(root, 'reports')) => openRunFolder({ reportsDir, out, redact: (made) => made });

async function storeRun(out: string | null = null, changes: Parameters<typeof record>[1] = {}) {
  const folder = await open(out);
  await folder.write(record([], { ...changes, id: folder.id }));
  await folder.publish();
  return folder;
}

describe('run ids', () => {
  test('are unique with many writers at once, and sort by start', async () => {
    const now = new Date('2026-01-31T07:05:03.042Z');
    const folders = await Promise.all(Array.from({ length: 50 }, () => openRunFolder({ reportsDir: root, out: null, redact: (made) => made, now })));
    expect(new Set(folders.map((folder) => folder.dir)).size).toBe(50);
    expect(folders[0]?.id).toMatch(/^20260131T070503\.042Z-[0-9a-f]{6}$/);
  });
});

describe('the folder', () => {
  test('is made with its parents, or the error says which and what to do', async () => {
    const folder = await open(join(root, 'a/b/c'));
    expect(folder.dir).toBe(join(root, 'a/b/c'));
    await writeFile(join(root, 'file'), '');
    await expect(open(join(root, 'file/x'))).rejects.toMatchObject({ exitCode: 2, hint: 'choose a folder that can be written with --out DIR' });
  });

  test.skipIf(process.platform !== 'linux')('is refused where none can be made although its parent is there', async () => {
    await expect(open('/proc/readybench')).rejects.toThrow('the folder /proc/readybench cannot be made: ENOENT');
  });
});

describe('the record', () => {
  test('is replaced whole: a reader during many writes never sees a part of one, the last write stays', async () => {
    const folder = await open();
    const file = join(folder.dir, 'result.json');
    await folder.write(record([], { id: folder.id, status: 'running' }));
    let writing = true;
    const writes = Promise.all(Array.from({ length: 40 }, (_, seed) => folder.write(record([], { id: folder.id, seed, command: 'x'.repeat(100_000) })))).then(() => { writing = false; });
    while (writing) JSON.parse(await readFile(file, 'utf8'));
    await writes;
    expect((await readRecord(file)).run.seed).toBe(39);
    expect(await readdir(folder.dir)).toEqual(['result.json']);
  });

  test('an earlier result in --out is kept under its run id, however often', async () => {
    const out = join(root, 'out');
    const first = await storeRun(out);
    const second = await storeRun(out);
    await storeRun(out);
    await writeFile(join(out, 'result.json'), 'not json');
    const third = await storeRun(out);
    const names = await readdir(out);
    expect(names).toHaveLength(4);
    expect(names).toEqual(expect.arrayContaining(['result.json', `result.${first.id}.json`, `result.${second.id}.json`]));
    expect(names.filter((name) => name.startsWith('result.unreadable-'))).toHaveLength(1);
    expect((await readRecord(join(out, 'result.json'))).run.id).toBe(third.id);
  });

  test('a folder that cannot be written is an error that carries the record', async () => {
    const folder = await open();
    await rm(folder.dir, { recursive: true });
    await writeFile(folder.dir, 'in the way');
    const failed = await folder.write(record([], { id: folder.id })).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(RecordNotWritten);
    expect(failed).toMatchObject({ exitCode: 70 });
    expect(JSON.parse((failed as RecordNotWritten).json)).toMatchObject({ run: { id: folder.id } });
  });

  test('--out that is a file is a usage error', async () => {
    await writeFile(join(root, 'file'), '');
    await expect(open(join(root, 'file'))).rejects.toMatchObject({ exitCode: 2 });
  });
});

describe('latest', () => {
  test('is a relative link to the newest published run, wherever it lies', async () => {
    await storeRun();
    const second = await storeRun();
    const link = join(root, 'reports', 'latest');
    expect(await readlink(link)).toBe(second.id);
    const elsewhere = await storeRun(join(root, 'elsewhere'));
    expect(await readlink(link)).toBe(join('..', 'elsewhere'));
    expect(await readLatest(join(root, 'reports'))).toBe(elsewhere.dir);
    expect((await readdir(join(root, 'reports'))).filter((name) => name.startsWith('latest'))).toEqual(['latest']);
  });

  test('a text file is read as well, and replaced by a link where links work', async () => {
    const folder = await storeRun();
    const link = join(root, 'reports', 'latest');
    await rm(link);
    await writeFile(link, `${folder.id}\n`);
    expect((await findRun(join(root, 'reports'), 'latest')).record.run.id).toBe(folder.id);
    await pointLatest(join(root, 'reports'), folder.dir);
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
  });

  test('a folder of that name is left alone, and said', async () => {
    await mkdir(join(root, 'reports', 'latest', 'mine'), { recursive: true });
    const folder = await open();
    expect(await folder.publish()).toMatch(/latest could not be pointed at this run/);
  });
});

describe('finding runs', () => {
  test('by id, by the unique beginning of one, by folder, by file, and latest', async () => {
    const reports = join(root, 'reports');
    const one = await storeRun();
    await storeRun(join(root, 'out'));
    for (const wanted of [one.id, one.id.slice(0, -1), one.dir, join(one.dir, 'result.json')]) {
      expect((await findRun(reports, wanted)).record.run.id).toBe(one.id);
    }
    expect((await findRun(reports, 'latest')).file).toBe(join(root, 'out', 'result.json'));
    await storeRun();
    await expect(findRun(reports, '2')).rejects.toThrow(/"2" is the beginning of 2 runs/);
    await expect(findRun(reports, 'nonsense')).rejects.toMatchObject({ exitCode: 2, message: `no run "nonsense" in ${reports}, and no such folder or file` });
  });

  test('latest falls back to the newest complete run, and says when there is none', async () => {
    const reports = join(root, 'reports');
    await expect(findRun(reports, 'latest')).rejects.toMatchObject({ exitCode: 2, hint: 'start one with: bench run' });
    const complete = await storeRun();
    await storeRun(null, { status: 'interrupted' });
    await rm(join(reports, 'latest'));
    expect((await findRun(reports, 'latest')).record.run.id).toBe(complete.id);
  });

  test('the list is newest first and names what it cannot read', async () => {
    const one = await storeRun();
    const two = await open();
    await writeFile(join(two.dir, 'result.json'), '{"schemaVersion": 1}');
    const listed = await listRuns(join(root, 'reports'));
    expect(listed.map(({ id, state }) => [id, state])).toEqual([[two.id, 'unreadable'], [one.id, 'readable']].sort(([a = ''], [b = '']) => (a < b ? 1 : -1)));
  });
});

test('a record that is wrong is refused with file and field', async () => {
  const file = join(root, 'result.json');
  await writeFile(file, JSON.stringify({ ...record([]), exitCode: 'none' }));
  const failed = await readRecord(file).catch((error: unknown) => error);
  expect(failed).toMatchObject({ exitCode: 2 });
  expect((failed as Error).message.replace(file, 'FILE')).toMatchInlineSnapshot(`
    "FILE is not what it should be:
      exitCode: Invalid input: expected number, received string"
  `);
});

test('the published schema describes the record', () => {
  expect(resultJsonSchema()).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object', required: expect.arrayContaining(['schemaVersion', 'run', 'verdict', 'exitCode', 'scenarios']) as unknown });
});
