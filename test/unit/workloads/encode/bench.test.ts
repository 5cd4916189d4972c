import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseBench } from '../../../../src/workloads/encode/bench.ts';

test('figures of ffmpeg 5.1 and 4.1', () => {
  expect(parseBench('video:126kB\nbench: utime=0.975s stime=0.079s rtime=0.558s\nbench: maxrss=121876kB\n[libx264] frame I:2')).toEqual({
    cpuMs: 1_054,
    peakMemoryBytes: 121_876 * 1_024,
  });
});

test('what is not there is null, not 0', () => {
  expect(parseBench('')).toEqual({ cpuMs: null, peakMemoryBytes: null });
  // An encode that failed prints its memory alone; a version before 4.1 has no system time.
  expect(parseBench('bench: maxrss=16840kB\nConversion failed!')).toEqual({ cpuMs: null, peakMemoryBytes: 17_244_160 });
  expect(parseBench('bench: utime=3.2s')).toEqual({ cpuMs: null, peakMemoryBytes: null });
});

test('newer versions write KiB', () => {
  expect(parseBench('bench: maxrss=100KiB').peakMemoryBytes).toBe(102_400);
});

test('any figures are added up, whatever stands around them', () => {
  const milliseconds = fc.nat(10_000_000);
  const noise = fc.array(fc.string().filter((line) => !line.includes('bench:')), { maxLength: 5 });
  fc.assert(
    fc.property(milliseconds, milliseconds, fc.nat(), noise, (user, system, kib, lines) => {
      const text = [...lines, `bench: utime=${(user / 1_000).toFixed(3)}s stime=${(system / 1_000).toFixed(3)}s rtime=1.000s`, `bench: maxrss=${kib}kB`, ...lines].join('\n');
      const { cpuMs, peakMemoryBytes } = parseBench(text);
      expect(cpuMs).toBeCloseTo(user + system, 3);
      expect(peakMemoryBytes).toBe(kib * 1_024);
    }),
  );
});
