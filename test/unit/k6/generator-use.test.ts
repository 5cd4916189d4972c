import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { useFindings, watchSegments, type UseWindow } from '../../../src/k6/generator-use.ts';

const machine = { cores: 2, memoryBytes: 1e9 };
const windows = (seconds: number, window: UseWindow): UseWindow[] => Array.from({ length: seconds }, () => window);
const quiet: UseWindow = { cores: [0.1], machine: 0.1 };
const codes = (use: Parameters<typeof useFindings>[0]): string[] => useFindings(use, machine).map(({ severity, code }) => `${severity} ${code}`);
const segment = (peakMemoryBytes: number | null) => ({ segment: 0, cpuMeanCores: null, cpuMaxCores: null, peakMemoryBytes });

describe('whether k6 had what it needs', () => {
  it('no finding in a quiet machine, nor for one bad second', () => {
    expect(codes({ segments: [], windows: windows(20, quiet) })).toEqual([]);
    expect(codes({ segments: [], windows: [...windows(19, quiet), { cores: [2], machine: 1 }] })).toEqual([]);
  });

  it('CPU of all segments together, against all cores', () => {
    const two: UseWindow = { cores: [1, 0.9], machine: 1 };
    expect(codes({ segments: [], windows: [...windows(8, quiet), ...windows(2, two)] })).toEqual(['invalid k6-cpu-bound']);
    expect(codes({ segments: [], windows: windows(5, { cores: [0.8, 0.7], machine: 0.8 }) })).toEqual(['warning k6-cpu-strained']);
    expect(codes({ segments: [], windows: windows(5, { cores: [0.3], machine: 1 }) })).toEqual(['warning machine-cpu-full']);
  });

  it('what the system does not tell is no finding', () => {
    expect(codes({ segments: [segment(null)], windows: windows(5, { cores: [null], machine: null }) })).toEqual([]);
  });

  it('memory of all segments together', () => {
    expect(codes({ segments: [segment(5e8), segment(4e8)], windows: [] })).toEqual(['warning k6-memory']);
  });
});

describe.skipIf(process.platform !== 'linux')('watching processes (needs /proc)', () => {
  it('sees the CPU and memory of one that works, and says nothing of one that is not there', async () => {
    const watch = watchSegments([process.pid, undefined], 10);
    const from = process.cpuUsage();
    while (process.cpuUsage(from).user < 100_000) await setImmediate();
    const { segments } = watch.stop();
    expect(segments[0]!.cpuMeanCores).toBeGreaterThan(0);
    expect(segments[0]!.peakMemoryBytes).toBeGreaterThan(10e6);
    expect(segments[1]).toEqual({ segment: 1, cpuMeanCores: null, cpuMaxCores: null, peakMemoryBytes: null });
  });
});
