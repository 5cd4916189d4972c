import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { monitorHost } from '../../../src/host/monitor.ts';

const hasProc = process.platform === 'linux';

it.skipIf(!hasProc)('sees this machine and a process by its name, for less than 1 % of a core (needs /proc)', async () => {
  const busy = spawn(process.execPath, ['-e', 'const memory = Buffer.alloc(80e6, 1); process.stdout.write("ready"); setInterval(() => memory[0]++, 1)', 'readybench-under-watch'], { stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void busy.kill('SIGKILL'));
  await once(busy.stdout, 'data');
  const monitor = monitorHost({ everyMs: 200, diskPath: '.', processes: [process.execPath.split('/').at(-1) ?? 'node', 'no-such-process'] });
  onTestFinished(() => monitor.stop());
  await expect.poll(() => monitor.readings().length, { timeout: 10_000 }).toBeGreaterThanOrEqual(4);
  for (const reading of monitor.readings()) {
    for (const share of [reading.cpu, reading.memory, reading.diskFree]) {
      expect(share).toBeGreaterThanOrEqual(0);
      expect(share).toBeLessThanOrEqual(1);
    }
    expect(reading.processes[0]?.memoryBytes).toBeGreaterThan(80e6);
    expect(reading.processes[1]).toBeNull();
  }
});
