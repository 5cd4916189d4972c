import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { processEntry, processTable } from '../../../src/host/proc.ts';
import { startProcess } from '../../../src/host/processes.ts';
import { createToolResolver } from '../../../src/host/tools.ts';
import { launchService } from '../../../src/service/launch.ts';
import { parseMessage, type ServiceMessage } from '../../../src/service/protocol.ts';

const tools = createToolResolver();
const FIXTURE = fileURLToPath(new URL('../../support/fixtures/starts-service.js', import.meta.url));
const MAIN = fileURLToPath(new URL('../../../dist/bundle/service/main.js', import.meta.url));

/** Clip folders of one service. */
const foldersOf = (pid: number): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith(`readybench-service-${pid}-`));
const alive = (pid: number): boolean => processEntry(pid) !== null;
const childrenOf = (parent: number): number[] =>
  processTable().map(({ pid }) => pid).filter((pid) => {
    try {
      return new RegExp(`^PPid:\\s${parent}$`, 'm').test(readFileSync(`/proc/${pid}/status`, 'utf8'));
    } catch {
      return false;
    }
  });
const ending: (() => void)[] = [];
afterEach(() => ending.splice(0).forEach((end) => end()));

async function serviceOfAnOwner(): Promise<{ owner: ReturnType<typeof spawn>; pid: number; baseUrl: string; encodes: number[] }> {
  const owner = spawn(process.execPath, [FIXTURE], { stdio: ['ignore', 'pipe', 'inherit'] });
  ending.push(() => owner.kill('SIGKILL'));
  for await (const line of createInterface({ input: owner.stdout })) {
    const { pid, baseUrl } = JSON.parse(line) as { pid: number; baseUrl: string };
    const encodes = await vi.waitFor(() => {
      const found = childrenOf(pid).filter((child) => readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('lavfi'));
      expect(found).toHaveLength(1);
      return found;
    });
    return { owner, pid, baseUrl, encodes };
  }
  throw new Error('the owner ended');
}
const gone = (pids: readonly number[]): Promise<void> => vi.waitFor(() => expect(pids.filter(alive)).toEqual([]), { timeout: 20_000, interval: 20 });

describe('launchService', () => {
  it('starts, answers, and is gone after stop', async () => {
    const service = await launchService({ tools, env: { READYBENCH_SERVICE_CONCURRENCY: '3' } });
    expect(await (await fetch(`${service.baseUrl}/health/detailed`)).json()).toMatchObject({ version: service.version, jobs: { concurrency: 3 } });
    expect(alive(service.pid)).toBe(true);
    await service.stop();
    expect(alive(service.pid)).toBe(false);
    expect(foldersOf(service.pid)).toEqual([]);
  });

  it('hands on what keeps the service from starting', async () => {
    await expect(launchService({ tools, env: { READYBENCH_FAULTS: 'latncy=1' } })).rejects.toMatchObject({ exitCode: 2, message: 'READYBENCH_FAULTS: cannot read "latncy=1"' });
    const other = await launchService({ tools });
    await expect(launchService({ tools, port: Number(new URL(other.baseUrl).port) })).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining('EADDRINUSE') as string });
    await other.stop();
    await expect(launchService({ tools: createToolResolver({ FFMPEG_PATH: '/nowhere' }) })).rejects.toMatchObject({ exitCode: 6 });
    await expect(launchService({ tools, env: { NODE_OPTIONS: '--import=/nowhere.js' } })).rejects.toMatchObject({ exitCode: 5, message: expect.stringContaining('ended at its start: ') as string });
    await expect(launchService({ tools, signal: AbortSignal.abort() })).rejects.toMatchObject({ exitCode: 130 });
  });
});

describe.skipIf(!existsSync('/proc'))('the service process', () => {
  it('goes with its owner, and takes its encodes along', async () => {
    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      const { owner, pid, encodes } = await serviceOfAnOwner();
      expect(foldersOf(pid)).toHaveLength(1);
      owner.kill(signal);
      await gone([pid, ...encodes]);
      expect(foldersOf(pid)).toEqual([]);
    }
  });

  it('leaves no encode behind when it is killed itself', async () => {
    const { owner, pid, encodes } = await serviceOfAnOwner();
    process.kill(pid, 'SIGKILL');
    await gone([pid, ...encodes]);
    owner.kill('SIGKILL');
    // Its folder for clips is removed by the next service.
    await (await launchService({ tools })).stop();
    expect(foldersOf(pid)).toEqual([]);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('exits with 0 on %s', async (signal) => {
    let onReady: (message: ServiceMessage | null) => void = () => undefined;
    const ready = new Promise<ServiceMessage | null>((resolve) => (onReady = resolve));
    const env = { FFMPEG_PATH: (await tools.ffmpeg()).path };
    const running = startProcess(process.execPath, [MAIN], { holdStdin: true, env, onStdoutLine: (line) => onReady(parseMessage(line)) });
    expect(await ready).toMatchObject({ type: 'ready' });
    if (running.pid !== undefined) process.kill(running.pid, signal);
    expect(await running.exited).toMatchObject({ code: 0, signal: null, stderr: '' });
  });

  it('exits with 0 when its input is closed', async () => {
    const child = spawn(process.execPath, [MAIN], { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, FFMPEG_PATH: (await tools.ffmpeg()).path } });
    ending.push(() => child.kill('SIGKILL'));
    const exit = new Promise((resolve) => child.once('exit', (...how) => resolve(how)));
    for await (const line of createInterface({ input: child.stdout })) {
      expect(parseMessage(line)).toMatchObject({ type: 'ready' });
      child.stdin.end();
    }
    expect(await exit).toEqual([0, null]);
    expect(await startProcess(process.execPath, [MAIN], {}).exited).toMatchObject({ code: 0, stderr: '' });
  });
});
