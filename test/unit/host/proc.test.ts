import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hasVariable, processEntry, processTable } from '../../../src/host/proc.ts';

describe.skipIf(process.platform !== 'linux')('/proc', () => {
  it('finds this process and its start', () => {
    const self = processEntry(process.pid);
    expect(self).toMatchObject({ pid: process.pid });
    expect(Number(self?.start)).toBeGreaterThan(0);
    expect(Number(self?.start) / 100).toBeLessThanOrEqual(Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]));
    expect(processTable()).toContainEqual(self);
  });

  it('has nothing to say about a pid that is not there', () => {
    expect(processEntry(2 ** 30)).toBeNull();
    expect(hasVariable(2 ** 30, 'PATH', '/')).toBe(false);
  });

  it('tells a variable from one that only ends alike', () => {
    const path = process.env['PATH'] ?? '';
    expect(hasVariable(process.pid, 'PATH', path)).toBe(true);
    expect(hasVariable(process.pid, 'ATH', path)).toBe(false);
    expect(hasVariable(process.pid, 'PATH', path.slice(0, -1))).toBe(false);
  });
});
