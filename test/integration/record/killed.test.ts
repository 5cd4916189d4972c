import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readRecord } from '../../../src/record/read.ts';
import { listRuns } from '../../../src/record/runs.ts';
import { readLatest } from '../../../src/record/latest.ts';
import { record } from '../../unit/record/fixture.ts';

let root: string;
beforeEach(async () => { root = await mkdtemp(join(tmpdir(), 'readybench-killed-')); });
afterEach(() => rm(root, { recursive: true, force: true }));

/** Writes its record over and over, a longer one each time, and says after each how far it is. */
const WRITER = `
  const { openRunFolder } = await import(process.argv[1]);
  const [reportsDir, json] = process.argv.slice(2);
  const folder = await openRunFolder({ reportsDir, out: null, redact: (record) => record });
  const record = JSON.parse(json);
  for (let step = 0; ; step += 1) {
    await folder.write({ ...record, run: { ...record.run, id: folder.id, status: 'running', seed: step, command: 'x'.repeat(step * 10_000) } });
    process.stdout.write(step + '\\n');
  }
`;

test('a run killed in the middle of a write leaves its last state, as running and not as latest', async () => {
  const store = new URL('../../../dist/record/store.js', import.meta.url).href;
  const child = spawn(process.execPath, ['--input-type=module', '-e', WRITER, store, root, JSON.stringify(record([]))], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = once(child, 'exit');
  let said = '';
  for await (const chunk of child.stdout) {
    said += String(chunk);
    if (said.split('\n').length > 20) child.kill('SIGKILL');
  }
  await gone;
  const lastSaid = Number(said.trim().split('\n').at(-1));
  const [run] = await listRuns(root);
  expect(run?.state).toBe('readable');
  const stored = await readRecord(run?.file ?? '');
  expect(stored.run.status).toBe('running');
  expect(stored.run.seed).toBeGreaterThanOrEqual(lastSaid);
  expect(await readLatest(root)).toBeNull();
});
