import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HostReading } from '../../../src/host/monitor.ts';
import { parseAlert } from '../../../src/observe/host/alert.ts';
import { host } from '../../../src/observe/host/schema.ts';
import { longestWrong, worstHeld, type Point } from '../../../src/observe/host/sustained.ts';
import { hostRecord } from '../../../src/observe/host/watch.ts';

const MINUTE = 60_000;

describe('an alert as people write it', () => {
  it.each([
    ['cpu > 80% for 5m', { id: 'host.cpu', wrong: 'above', limit: 0.8, forMs: 5 * MINUTE }],
    ['memory > 95%', { id: 'host.memory', wrong: 'above', limit: 0.95, forMs: 0 }],
    ['disk free < 10%', { id: 'host.disk.free', wrong: 'below', limit: 0.1 }],
    ['disk write above 50MB/s for 30s', { id: 'host.disk.write', wrong: 'above', limit: 50e6, forMs: 30_000 }],
    ['network in>1GB/s', { id: 'host.network.in', limit: 1e9 }],
    ['process postgres memory > 2GB', { id: 'host.process.memory', labels: { process: 'postgres' }, limit: 2e9 }],
    ['process ffmpeg cpu > 90% for 1m', { id: 'host.process.cpu', labels: { process: 'ffmpeg' }, forMs: MINUTE }],
  ])('%s', (text, expected) => expect(parseAlert(text)).toMatchObject({ ok: true, value: expected }));
  it.each([
    ['cpu > 80', 'needs a percentage, for example 80%, behind >: got "cpu > 80"'],
    ['cpu > 80% for ever', 'needs a duration behind for, for example 5m or 30s: got "cpu > 80% for ever"'],
    ['process x memory > 5%', 'needs a size, for example 2GB, behind >: got "process x memory > 5%"'],
    ['disk read > 5MB', 'needs a size a second, for example 50MB/s, behind >: got "disk read > 5MB"'],
  ])('%s is wrong: %s', (text, wrong) => expect(parseAlert(text)).toEqual({ ok: false, wrong }));
  it.each(['heat > 80%', 'cpu', 'cpu >= 80%', ''])('%j is none', (text) => expect(parseAlert(text).ok).toBe(false));
  it('watches only processes that are named', () => {
    const found = host.safeParse({ warning: ['process postgres memory > 2GB'] });
    expect(found.error?.issues[0]).toMatchObject({ path: ['warning', 0], message: 'watches postgres, which is not in processes: add it there' });
  });
});

const everySecond = (...values: number[]): Point[] => values.map((value, index) => ({ atMs: index * 1_000, value }));

describe('a level that lasts', () => {
  it('is the worst of the mildest figures of every stretch of that length', () => {
    const points = everySecond(10, 90, 85, 95, 20, 99, 30);
    expect([0, 1_000, 2_000, 3_000, 6_000, 7_000].map((forMs) => worstHeld(points, forMs, 'above', 1_000))).toEqual([99, 85, 85, 20, 10, null]);
    expect(worstHeld(points, 1_000, 'below', 1_000)).toBe(90);
    expect(longestWrong(points, 80, 'above', 1_000)).toBe(2_000);
    expect(longestWrong(points, 99, 'above', 1_000)).toBeNull();
  });
  it('does not reach over a gap', () => {
    const points: Point[] = [0, 1_000, 2_000, 60_000, 61_000].map((atMs) => ({ atMs, value: 90 }));
    expect(longestWrong(points, 80, 'above', 1_000)).toBe(2_000);
    expect(worstHeld(points, 10_000, 'above', 1_000)).toBeNull();
  });
  it('agrees with looking at every stretch, and with the longest time beyond the limit', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 40 }), fc.nat(12), fc.integer({ min: 0, max: 9 }), fc.constantFrom('above', 'below'), (values, seconds, limit, wrong) => {
        const sign = wrong === 'above' ? 1 : -1;
        const mildest = values.flatMap((_, start) => (start + seconds < values.length ? [Math.min(...values.slice(start, start + seconds + 1).map((value) => sign * value))] : []));
        const expected = mildest.length === 0 ? null : sign * Math.max(...mildest);
        const held = worstHeld(everySecond(...values), seconds * 1_000, wrong, 1_000);
        expect(held === null ? null : held + 0).toBe(expected === null ? null : expected + 0);
        const longest = longestWrong(everySecond(...values), limit, wrong, 1_000);
        expect(longest !== null && longest >= seconds * 1_000).toBe(held !== null && sign * held > sign * limit);
      }),
    );
  });
});

describe('this machine against its alerts', () => {
  const readings = (...cpu: number[]): HostReading[] => cpu.map((each, index) => ({ atMs: index * 60_000, cpu: each, memory: 0.4, diskFree: 0.5, diskRead: 0, diskWrite: 0, networkIn: null, networkOut: null, processes: [null] }));
  const spec = host.parse({ every: '1m', processes: ['postgres'], critical: ['memory > 95%'], warning: ['cpu > 80% for 5m', 'disk free < 10%'], info: ['process postgres memory > 2GB'] });
  const judged = (...cpu: number[]): string[] => hostRecord(spec, readings(...cpu), { source: 'proc', cost: 0.001 }).sla.map(({ severity, verdict, sentence }) => `${severity} ${verdict}: ${sentence}`);

  it('above for as long as the alert says is a breach; in bursts it is none', () => {
    expect(judged(0.9, 0.9, 0.9, 0.85, 0.9, 0.95, 0.2)).toEqual([
      'critical pass: host memory never above 95 %, at worst 40 % (memory > 95%)',
      'warning breach: host CPU above 80 % for 5 min without a break, at worst 95 % (cpu > 80% for 5m)',
      'warning pass: free disk never below 10 %, at worst 50 % (disk free < 10%)',
      'info not-measured: memory (process postgres) was not measured: no process postgres was seen on this machine (process postgres memory > 2GB)',
    ]);
    expect(judged(0.9, 0.9, 0.1, 0.9, 0.9, 0.9, 0.1)[1]).toBe('warning pass: host CPU above 80 % for 2 min at most, at worst 90 % (cpu > 80% for 5m)');
  });
  it('a run shorter than the alert passes where the state never was, and cannot tell where it was', () => {
    expect(judged(0.1, 0.2)[1]).toBe('warning pass: host CPU never above 80 %, at worst 20 % (cpu > 80% for 5m)');
    expect(judged(0.9, 0.9)[1]).toBe('warning too-few-samples: host CPU was above 80 % for 1 min, and 1 min of looking cannot tell what lasts 5 min (cpu > 80% for 5m)');
    expect(judged()[1]).toBe('warning not-measured: host CPU was not measured: this machine does not say (cpu > 80% for 5m)');
  });
});
