import { describe, expect, it, vi } from 'vitest';
import { partsOf, type ClipParameters } from '../../../src/service/clip.ts';
import { ConnectionPool } from '../../../src/service/connection-pool.ts';
import { EventLog, type VideoEvent } from '../../../src/service/event-log.ts';

describe('ConnectionPool', () => {
  it('lets requests wait for a free connection, in the order they came, and no longer than they may', async () => {
    vi.useFakeTimers();
    try {
      const pool = new ConnectionPool({ size: 2, waitMs: 100, leak: 0 });
      const [first, second] = [await pool.acquire(), await pool.acquire()];
      const [third, fourth] = [pool.acquire(), pool.acquire()];
      expect([pool.inUse, pool.waiting]).toEqual([2, 2]);
      first?.();
      first?.();
      expect(await third).toBeTypeOf('function');
      expect([pool.inUse, pool.waiting]).toEqual([2, 1]);
      await vi.advanceTimersByTimeAsync(100);
      expect(await fourth).toBeNull();
      second?.();
      expect([pool.inUse, pool.waiting]).toEqual([1, 0]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('runs dry where connections leak, and has them again later', async () => {
    vi.useFakeTimers();
    try {
      const pool = new ConnectionPool({ size: 3, waitMs: 10, leak: 1 });
      for (let request = 0; request < 3; request += 1) (await pool.acquire())?.();
      expect(pool.inUse).toBe(3);
      const none = pool.acquire();
      await vi.advanceTimersByTimeAsync(10);
      expect(await none).toBeNull();
      await vi.advanceTimersByTimeAsync(30_000);
      expect(pool.inUse).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('EventLog', () => {
  it('hands every event to its consumer once, in order, and knows what lies there', async () => {
    const read: VideoEvent[] = [];
    const log = new EventLog((event) => read.push(event), true);
    for (let event = 0; event < 250; event += 1) log.publish(event % 2 === 0 ? 'queued' : 'finished');
    expect(log.lag).toBe(250);
    await vi.waitFor(() => expect(log.lag).toBe(0));
    expect(read).toEqual(Array.from({ length: 250 }, (_, event) => (event % 2 === 0 ? 'queued' : 'finished')));
    log.close();
  });

  it('grows where the consumer stands still', () => {
    const log = new EventLog(() => undefined, false);
    log.publish('queued');
    log.publish('started');
    expect([log.lag, log.published]).toEqual([2, 2]);
  });
});

describe('partsOf', () => {
  const clip: ClipParameters = { durationS: 10, width: 160, height: 90, framesPerSecond: 30, preset: 'veryfast', seed: 7, title: '' };

  it('cuts a long clip into parts of whole frames that are as long as the whole, and leaves a short one whole', () => {
    expect(partsOf({ ...clip, durationS: 5 })).toEqual([{ ...clip, durationS: 5 }]);
    for (const durationS of [6, 10, 59.9]) {
      const parts = partsOf({ ...clip, durationS });
      expect(parts.reduce((sum, part) => sum + part.durationS, 0)).toBeCloseTo(durationS, 1);
      expect(parts.every((part) => Math.abs(part.durationS * 30 - Math.round(part.durationS * 30)) < 1e-9)).toBe(true);
      expect(new Set(parts.map(({ seed }) => seed)).size).toBe(parts.length);
    }
    expect(partsOf({ ...clip, durationS: 60 })).toHaveLength(16);
  });
});
