import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { processEntry } from '../../../src/host/proc.ts';

const FIXTURE = fileURLToPath(new URL('../../support/fixtures/starts-sleepers.js', import.meta.url));
const FOLDER = join(tmpdir(), `readybench-${process.getuid?.() ?? 0}`);

const started: ChildProcess[] = [];
const seen = new Set<number>();
afterEach(() => {
  started.splice(0).forEach((child) => child.kill('SIGKILL'));
  for (const pid of seen) if (alive(pid)) process.kill(pid, 'SIGKILL');
  seen.clear();
});

const alive = (pid: number): boolean => processEntry(pid) !== null;
const gone = (pids: readonly number[]): Promise<void> =>
  vi.waitFor(() => expect(pids.filter(alive)).toEqual([]), { timeout: 20_000, interval: 20 });
const filesOf = (pid: number | undefined): string[] => readdirSync(FOLDER).filter((name) => name.startsWith(`${pid}-`));

/** A program of ours that runs a child and a grandchild: its process and their pids. */
async function sleepers(mode: string): Promise<{ owner: ChildProcess; guardian: number; pids: number[] }> {
  const owner = spawn(process.execPath, [FIXTURE, mode], { stdio: ['ignore', 'pipe', 'inherit'] });
  started.push(owner);
  const pids: number[] = [];
  let guardian = 0;
  for await (const line of createInterface({ input: owner.stdout })) {
    const [kind, number] = line.split(' ');
    seen.add(Number(number));
    if (kind === 'guardian') guardian = Number(number);
    else pids.push(Number(number));
    if (guardian > 0 && pids.length === 2) break;
  }
  return { owner, guardian, pids };
}

describe.skipIf(process.platform !== 'linux')('guardian', () => {
  it.each(['plain', 'escapes', 'deaf'])('ends child and grandchild when their owner is killed (%s)', async (mode) => {
    const { owner, guardian, pids } = await sleepers(mode);
    expect(pids.filter(alive)).toHaveLength(2);
    owner.kill('SIGKILL');
    await gone([...pids, guardian]);
    expect(filesOf(owner.pid)).toEqual([]);
  });

  it('ends them after SIGTERM and after SIGINT too', async () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const { owner, guardian, pids } = await sleepers('plain');
      owner.kill(signal);
      await gone([...pids, guardian]);
    }
  });

  it('is replaced by the next run when it was killed together with its owner', async () => {
    const first = await sleepers('plain');
    await vi.waitFor(() => expect(filesOf(first.owner.pid)).toHaveLength(1));
    process.kill(first.guardian, 'SIGKILL');
    first.owner.kill('SIGKILL');
    await gone([first.guardian]);
    expect(first.pids.filter(alive)).toHaveLength(2);

    const second = await sleepers('plain');
    await gone(first.pids);
    await vi.waitFor(() => expect(filesOf(first.owner.pid)).toEqual([]));
    expect(second.pids.filter(alive)).toHaveLength(2);
    second.owner.kill('SIGKILL');
    await gone([...second.pids, second.guardian]);
  });
});
