import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constantArrivals, poissonArrivals, type Arrivals } from '../../../src/load/arrivals.ts';
import { pace } from '../../../src/load/pacer.ts';
import { FakeClock } from './fake-clock.ts';

function paced(arrivals: Arrivals, clock = new FakeClock(), onDue: (intendedMs: number) => void = () => undefined) {
  const sends: { intendedMs: number; nowMs: number }[] = [];
  const turns: number[] = [];
  const passed: { upToMs: number; handedOver: number }[] = [];
  const stop = pace(arrivals, clock, clock.now(), {
    begin: (nowMs) => turns.push(nowMs),
    due(intendedMs, nowMs) {
      sends.push({ intendedMs, nowMs });
      onDue(intendedMs);
    },
    end(nowMs, nextMs) {
      passed.push({ upToMs: Math.min(nowMs, nextMs), handedOver: sends.length });
      return nextMs === Number.POSITIVE_INFINITY ? null : nowMs + 1_000;
    },
  });
  return { sends, turns, passed, stop, clock };
}

describe('pace', () => {
  it('hands over every arrival, in order, never early and at most a poll late', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 20_000 }), (seed, rate) => {
        const durationMs = Math.min(2_000, 100_000 / rate);
        const { sends, clock } = paced(poissonArrivals(rate, durationMs, seed));
        clock.run();
        const expected = poissonArrivals(rate, durationMs, seed);
        for (const { intendedMs, nowMs } of sends) {
          expect(intendedMs).toBe(expected.next());
          expect(nowMs).toBeGreaterThanOrEqual(intendedMs);
          expect(nowMs - intendedMs).toBeLessThanOrEqual(0.05 + 1e-9);
        }
        expect(expected.next()).toBe(Number.POSITIVE_INFINITY);
      }),
      { numRuns: 25 },
    );
  });

  it('sleeps between distant arrivals and polls only the last milliseconds', () => {
    const { turns, clock } = paced(constantArrivals(10, 1_000));
    clock.run();
    // 100 ms apart: at most 2.2 ms of polling before each, in steps of 0.05 ms.
    expect(clock.polls).toBeLessThan(10 * 50);
    expect(turns.length).toBeLessThan(10 * 55);
  });

  it('hands over at once, with their own intended times, all that fell due while the loop was blocked', () => {
    const clock = new FakeClock();
    const { sends } = paced(constantArrivals(100, 200), clock, (intendedMs) => {
      if (intendedMs === 50) clock.block(95);
    });
    clock.run();
    expect(sends.map(({ intendedMs }) => intendedMs)).toEqual(Array.from({ length: 20 }, (_, index) => index * 10));
    const late = sends.filter(({ intendedMs }) => intendedMs > 50 && intendedMs <= 140);
    expect(late).toHaveLength(9);
    expect(new Set(late.map(({ nowMs }) => nowMs)).size).toBe(1);
  });

  it('says at the end of a turn what fell due meanwhile, so that no time passes over it', () => {
    const clock = new FakeClock();
    const { sends, passed } = paced(constantArrivals(100, 200), clock, (intendedMs) => {
      if (intendedMs === 50) clock.block(95);
    });
    clock.run();
    for (const { upToMs, handedOver } of passed) for (const { intendedMs } of sends.slice(handedOver)) expect(intendedMs).toBeGreaterThanOrEqual(upToMs);
    // The turn that was blocked had not come to what fell due in it.
    expect(passed.find(({ handedOver }) => handedOver === 6)?.upToMs).toBe(60);
  });

  it('lets the event loop turn when arrivals come faster than they can be handled', () => {
    const clock = new FakeClock();
    const { sends, turns } = paced(constantArrivals(1_000, 50), clock, () => clock.block(2));
    clock.run();
    expect(sends).toHaveLength(50);
    expect(turns.length).toBeGreaterThan(4);
  });

  it('reads answers between short slices of a backlog, so that it needs few connections', () => {
    const clock = new FakeClock();
    let dueMs = 0;
    const { sends, turns } = paced(constantArrivals(10_000, 100), clock, (intendedMs) => {
      clock.block(intendedMs === 10 ? 50 : 0.04);
      dueMs = intendedMs;
    });
    clock.run();
    expect(dueMs).toBeGreaterThan(99);
    const slices = turns.map((turnMs, index) => sends.filter(({ nowMs }) => nowMs >= turnMs && nowMs < (turns[index + 1] ?? Number.POSITIVE_INFINITY)).length);
    expect(Math.max(...slices)).toBe(3);
  });

  it('stops', () => {
    const clock = new FakeClock();
    const { sends, stop } = paced(constantArrivals(1_000, 1_000), clock);
    clock.run(1_010);
    stop();
    const before = sends.length;
    clock.run();
    expect(sends).toHaveLength(before);
  });
});
