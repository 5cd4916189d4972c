import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readBaselines } from '../../../src/compare/baseline-files.ts';
import { encodeWorkload, record, rounds, scenario } from '../../unit/record/fixture.ts';

/** Stores one session after the other under its own run ids, and names each once it is stored. */
const WRITER = `
  const { keepSessions } = await import(process.argv[1]);
  const [dir, name, count, json] = process.argv.slice(2);
  const record = JSON.parse(json);
  for (let at = 0; at < Number(count); at += 1) {
    const id = '20260131T070503.' + String(at).padStart(4, '0') + 'Z-' + name;
    const [kept] = await keepSessions(dir, { ...record, run: { ...record.run, id } });
    if (!kept.kept) throw new Error(kept.why);
    process.stdout.write(id + '\\n');
  }
`;

test('sessions of several writers are all there, also when one of them is killed', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'readybench-writers-'));
  try {
    const baselines = new URL('../../../dist/compare/baselines.js', import.meta.url).href;
    const run = record([scenario([encodeWorkload({ metrics: [rounds('encode.cpu', [1, 2, 3], 3, { encoder: 'libx264' })] })])]);
    const writers = [['a', 40], ['b', 40], ['killed', 100_000]].map(async ([name, count]) => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', WRITER, baselines, dir, String(name), String(count), JSON.stringify(run)], { stdio: ['ignore', 'pipe', 'inherit'] });
      const gone = once(child, 'exit');
      let said = '';
      for await (const chunk of child.stdout) {
        said += String(chunk);
        if (name === 'killed' && said.split('\n').length > 20) child.kill('SIGKILL');
      }
      await gone;
      return said.trim().split('\n');
    });
    const said = (await Promise.all(writers)).flat();
    const [baseline] = await readBaselines(dir, 'demo');
    const stored = baseline?.sessions.map(({ runId }) => runId) ?? [];
    expect(said.length).toBeGreaterThan(95);
    expect(stored).toEqual(expect.arrayContaining(said));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

const APPROVER = `
  const { approve } = await import(process.argv[1]);
  const [dir, name, count, json] = process.argv.slice(2);
  const record = JSON.parse(json);
  for (let at = 0; at < Number(count); at += 1) {
    const reason = name + ' ' + at;
    await approve({ dir, record, reason, metric: 'encode.cpu{encoder=' + name + at + '}' });
    process.stdout.write(reason + '\\n');
  }
`;

test('approvals of several people at once are all there, also when one of them is killed', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'readybench-approvers-'));
  try {
    const module = new URL('../../../dist/compare/approve.js', import.meta.url).href;
    const encoders = ['a', 'b', 'killed'].flatMap((name) => Array.from({ length: 40 }, (_, at) => `${name}${at}`));
    const run = record([scenario([encodeWorkload({ metrics: encoders.map((encoder) => rounds('encode.cpu', [1, 2, 3], 3, { encoder })) })])]);
    const said = await Promise.all(['a', 'b', 'killed'].map(async (name) => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', APPROVER, module, dir, name, '40', JSON.stringify(run)], { stdio: ['ignore', 'pipe', 'inherit'] });
      const gone = once(child, 'exit');
      let text = '';
      for await (const chunk of child.stdout) {
        text += String(chunk);
        if (name === 'killed' && text.split('\n').length > 10) child.kill('SIGKILL');
      }
      await gone;
      return text.trim().split('\n');
    }));
    const [baseline] = await readBaselines(dir, 'demo');
    const approved = Object.values(baseline?.decided.approved['c'.repeat(64)]?.metrics ?? {}).map(({ reason }) => reason);
    expect(said.slice(0, 2).flat()).toHaveLength(80);
    expect(approved).toEqual(expect.arrayContaining(said.flat()));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});
