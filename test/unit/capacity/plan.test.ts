import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paysFrom, volumeTable } from '../../../src/capacity/plan/break-even.ts';
import { costPerVideoAt, monthlyCost } from '../../../src/capacity/plan/cost.ts';
import { grown, peakPerSecond } from '../../../src/capacity/plan/demand.ts';
import { burstMs, longestQueue } from '../../../src/capacity/plan/queue.ts';
import { consequencesOf, sensitivity, type Assumptions } from '../../../src/capacity/plan/sensitivity.ts';
import { serversFor, utilisation } from '../../../src/capacity/plan/servers.ts';
import { paidBytes, storageOf } from '../../../src/capacity/plan/storage.ts';

const positive = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true });
const sizing = fc.record({ videosPerDay: positive(0.1, 1e6), peakFactor: positive(1, 24), perSecond: positive(1e-5, 100), headroom: positive(0, 0.9) });
const more = positive(1, 10);

describe('by hand', () => {
  it('500 videos a day, three times the mean in the busiest hour, 12 an hour per server, 30 % free: 8 servers', () => {
    // 500 × 3 / 24 = 62.5 an hour at the peak; 12 × 0.7 = 8.4 an hour each; 62.5 / 8.4 = 7.44
    const server = { videosPerDay: 500, peakFactor: 3, perSecond: 12 / 3_600, headroom: 0.3 };
    expect(peakPerSecond(server) * 3_600).toBeCloseTo(62.5);
    expect(serversFor(server)).toBe(8);
    // 62.5 / 96 and 20.83 / 96
    expect(utilisation(server, 8).peak).toBeCloseTo(0.651, 3);
    expect(utilisation(server, 8).mean).toBeCloseTo(0.217, 3);
  });

  it('exactly full servers need no other', () => {
    expect(serversFor({ videosPerDay: 240, peakFactor: 1, perSecond: 10 / 3_600, headroom: 0 })).toBe(1);
    expect(serversFor({ videosPerDay: 480, peakFactor: 3, perSecond: 20 / 3_600, headroom: 0.5 })).toBe(6);
  });

  it('100 videos a day of 70 MB are 49 GB a week, and 2.1 TB of 300 days', () => {
    expect(storageOf(100, 70e6, 300)).toEqual({ perWeekBytes: 49e9, keptBytes: 2.1e12 });
    expect(storageOf(100, 70e6, null).keptBytes).toBeNull();
    // Nothing removed: 100 × 70 MB × 365 days after a year; what is removed is paid for as long as it is kept.
    expect(paidBytes(storageOf(100, 70e6, null), 365)).toBe(2.555e12);
    expect(paidBytes(storageOf(100, 70e6, 300), 365)).toBe(2.1e12);
  });

  it('0.36 an hour at 10 videos an hour and half busy are 0.072 a video; two servers and a TB for a month', () => {
    expect(costPerVideoAt(0.36, 10 / 3_600, 0.5)).toBeCloseTo(0.072);
    // 2 × 0.36 × 730 = 525.6; 1000 GB × 0.02 = 20; 100 a day are 3,041.67 a month
    const cost = monthlyCost({ servers: 2, pricePerHour: 0.36, storedBytes: 1e12, pricePerGbMonth: 0.02, videosPerDay: 100 });
    expect(cost).toMatchObject({ servers: 525.6, storage: 20, total: 545.6 });
    expect(cost.perVideo).toBeCloseTo(0.1794, 4);
  });

  it('a busiest hour 1.1 times the mean one is never 20 % less, one 1.25 times is the mean hour then', () => {
    const at = (peakFactor: number) => sensitivity({ videosPerDay: 480, peakFactor, perSecond: 10 / 3_600, headroom: 0, spare: 0, bytesPerVideo: null, retentionDays: null, horizonDays: 365, pricePerHour: null, pricePerGbMonth: 0 }).find(({ varied }) => varied === 'peakFactor');
    expect(at(1.1)?.low).toBeNull();
    // 480 × 1.1 × 1.2 / 24 = 26.4 an hour
    expect(at(1.1)?.high.servers).toBe(3);
    expect(at(1.25)?.low?.servers).toBe(2);
  });

  it('5 % a month for a year are 1.796 times as many', () => {
    expect(grown(100, 0.05, 12)).toBeCloseTo(179.59, 2);
  });

  it('one more behind 9 waiting at 6 a minute, taking 30 s itself, is done in 2 min', () => {
    expect(longestQueue({ perSecond: 0.1, processingMs: 30_000, limitMs: 120_000 })).toBe(9);
    expect(longestQueue({ perSecond: 0.1, processingMs: 130_000, limitMs: 120_000 })).toBeLessThan(0);
    expect(burstMs(20, 2, { perSecond: 0.1, processingMs: 30_000 })).toBe(100_000);
    expect(burstMs(1, 2, { perSecond: 0.1, processingMs: 30_000 })).toBe(30_000);
  });

  it('a GPU five times as fast at three times the price pays at work, not for ten videos a day', () => {
    const [cpu, gpu] = [{ perSecond: 10 / 3_600, pricePerHour: 0.3 }, { perSecond: 50 / 3_600, pricePerHour: 0.9 }];
    expect(paysFrom(cpu, gpu).speedup).toBeCloseTo(5);
    expect(paysFrom(cpu, gpu).needed).toBeCloseTo(3);
    const table = volumeTable(cpu, gpu, { peakFactor: 1, headroom: 0, spare: 0 }, []);
    expect(table.find(({ videosPerDay }) => videosPerDay === 10)?.cheaper).toBe('cpu');
    // 10,000 a day are 416.7 an hour: 42 × 0.3 = 12.6 against 9 × 0.9 = 8.1 an hour
    expect(table.find(({ videosPerDay }) => videosPerDay === 10_000)).toMatchObject({ cpu: { servers: 42 }, gpu: { servers: 9 }, cheaper: 'gpu' });
  });
});

describe('properties', () => {
  it('enough servers, and not one too many', () => {
    fc.assert(
      fc.property(sizing, (all) => {
        const servers = serversFor(all);
        expect(utilisation(all, servers).peak).toBeLessThanOrEqual((1 - all.headroom) * (1 + 1e-6));
        if (servers > 1) expect(utilisation(all, servers - 1).peak).toBeGreaterThan((1 - all.headroom) * (1 - 1e-6));
      }),
    );
  });

  it('more videos, a higher peak or more headroom never need fewer servers; a faster server never needs more', () => {
    fc.assert(
      fc.property(sizing, more, (all, factor) => {
        const servers = serversFor(all);
        expect(serversFor({ ...all, videosPerDay: all.videosPerDay * factor })).toBeGreaterThanOrEqual(servers);
        expect(serversFor({ ...all, peakFactor: all.peakFactor * factor })).toBeGreaterThanOrEqual(servers);
        expect(serversFor({ ...all, headroom: 1 - (1 - all.headroom) / factor })).toBeGreaterThanOrEqual(servers);
        expect(serversFor({ ...all, perSecond: all.perSecond * factor })).toBeLessThanOrEqual(servers);
      }),
    );
  });

  it('a busier server makes cheaper videos, a dearer one dearer ones', () => {
    fc.assert(
      fc.property(positive(0.01, 100), positive(1e-5, 100), positive(0.05, 0.9), positive(1.01, 1.1), (price, perSecond, busy, factor) => {
        expect(costPerVideoAt(price, perSecond, busy * factor)).toBeLessThan(costPerVideoAt(price, perSecond, busy));
        expect(costPerVideoAt(price * factor, perSecond, busy)).toBeGreaterThan(costPerVideoAt(price, perSecond, busy));
      }),
    );
  });

  it('a GPU that is cheaper for its speed is the cheaper one once servers are many', () => {
    fc.assert(
      fc.property(positive(1e-5, 0.01), positive(1.5, 20), positive(0.1, 10), (perSecond, speedup, price) => {
        const [cpu, gpu] = [{ perSecond, pricePerHour: price }, { perSecond: perSecond * speedup, pricePerHour: (price * speedup) / 1.3 }];
        const many = 1_000 * gpu.perSecond * 86_400;
        expect(volumeTable(cpu, gpu, { peakFactor: 1, headroom: 0, spare: 0 }, [many]).find(({ videosPerDay }) => videosPerDay === many)?.cheaper).toBe('gpu');
      }),
    );
  });

  it('a longer queue is only allowed by a later limit, and what it allows is kept', () => {
    fc.assert(
      fc.property(positive(1e-3, 10), positive(1, 1e5), positive(1e5, 1e6), more, (perSecond, processingMs, limitMs, factor) => {
        const queue = longestQueue({ perSecond, processingMs, limitMs });
        expect(longestQueue({ perSecond, processingMs, limitMs: limitMs * factor })).toBeGreaterThanOrEqual(queue);
        expect(queue / perSecond * 1_000 + processingMs).toBeLessThanOrEqual(limitMs * (1 + 1e-6));
      }),
    );
  });

  it('videos kept longer never cost less, and those kept for ever never less than those kept up to the horizon', () => {
    fc.assert(
      fc.property(sizing, positive(1e5, 1e9), positive(1, 730), more, (all, bytesPerVideo, retentionDays, factor) => {
        const month = (kept: number | null): number => consequencesOf({ ...all, spare: 1, bytesPerVideo, retentionDays: kept, horizonDays: 730, pricePerHour: 0.34, pricePerGbMonth: 0.02 }).perMonth ?? 0;
        expect(month(retentionDays * factor)).toBeGreaterThanOrEqual(month(retentionDays));
        expect(month(null)).toBeGreaterThanOrEqual(month(retentionDays) * (1 - 1e-9));
      }),
    );
  });

  it('20 % more of what costs never costs less, and 20 % more speed never more', () => {
    fc.assert(
      fc.property(sizing, positive(1e5, 1e9), positive(0.01, 10), fc.integer({ min: 0, max: 3 }), (all, bytesPerVideo, pricePerHour, spare) => {
        const assumed: Assumptions = { ...all, spare, bytesPerVideo, retentionDays: 30, horizonDays: 365, pricePerHour, pricePerGbMonth: 0.02 };
        const now = consequencesOf(assumed);
        for (const { varied, low, high } of sensitivity(assumed)) {
          const [less, most] = varied === 'perSecond' ? [high, low ?? now] : [low ?? now, high];
          expect(less.servers).toBeLessThanOrEqual(now.servers);
          expect(most.servers).toBeGreaterThanOrEqual(now.servers);
          expect((less.perMonth ?? 0) <= (now.perMonth ?? 0) * (1 + 1e-9) && (now.perMonth ?? 0) <= (most.perMonth ?? 0) * (1 + 1e-9)).toBe(true);
        }
      }),
    );
  });
});
