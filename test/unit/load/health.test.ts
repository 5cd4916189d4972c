import { describe, expect, it } from 'vitest';
import { closedLoopFindings, openLoopFindings } from '../../../src/load/health.ts';
import { Histogram } from '../../../src/load/histogram.ts';
import type { GeneratorFacts, LoadResult } from '../../../src/load/result.ts';
import type { HttpWindow } from '../../../src/record/schema.ts';

const EASE: HttpWindow = {
  second: 0,
  offered: 100,
  sent: 100,
  completed: 100,
  failed: 0,
  inFlight: 2,
  p50: 1,
  p95: 2,
  p99: 3,
  max: 4,
  loopDelayP99Ms: 1,
  loopUtilisation: 0.2,
  dispatchLagP99Ms: 0.1,
  dropped: 0,
};
const FINE: GeneratorFacts = { connectionsOpened: 4, localFailures: null, reconnects: 0, unanswered: 2 };

/** `bad` windows of a kind among `all`. */
function windows(all: number, bad: number, change: Partial<HttpWindow>): HttpWindow[] {
  return Array.from({ length: all }, (_, second) => ({ ...EASE, second, ...(second < bad ? change : {}) }));
}

const codes = (list: HttpWindow[], generator = FINE): string[] => openLoopFindings({ windows: list, generator }).map(({ code, severity }) => `${severity} ${code}`);

function closed(generator: Partial<GeneratorFacts>, answered = 10, list = windows(3, 0, {})): string[] {
  const none = new Histogram().toData();
  const request = { labels: {}, sent: 10, completed: answered, failed: 0, completedInTime: answered, statuses: {}, errors: [], latency: none, service: none, connect: none, tls: none, firstByte: none, receivedInTimeBytes: 0, failedLatency: none };
  const result: LoadResult = { engine: 'autocannon', ended: 'complete', measuredMs: 3_000, requests: [request], iterations: [], started: 10, windows: list, samples: [], generator: { ...FINE, ...generator } };
  return closedLoopFindings(result, 4).map(({ code, severity }) => `${severity} ${code}`);
}

describe('open loop', () => {
  it('is trusted when the generator was at ease', () => {
    expect(codes(windows(15, 0, {}))).toEqual([]);
    expect(codes([])).toEqual([]);
  });

  it.each<[Partial<HttpWindow>, string[]]>([
    [{ loopUtilisation: 0.8 }, ['warning generator-strained-busy']],
    [{ loopUtilisation: 0.95 }, ['invalid generator-saturated-busy']],
    [{ loopDelayP99Ms: 30 }, ['warning generator-strained-delayed']],
    [{ loopDelayP99Ms: 60 }, ['invalid generator-saturated-delayed']],
    [{ dispatchLagP99Ms: 30 }, ['warning generator-strained-late']],
    [{ dispatchLagP99Ms: 60 }, ['invalid generator-saturated-late']],
  ])('%o in over a tenth of the windows: %o', (change, expected) => {
    expect(codes(windows(20, 3, change))).toEqual(expected);
    expect(codes(windows(20, 2, change))).toEqual([]);
  });

  it('lets one bad second pass in a short run, not the only one', () => {
    expect(codes(windows(3, 1, { loopDelayP99Ms: 60 }))).toEqual([]);
    expect(codes(windows(2, 1, { loopDelayP99Ms: 60 }))).toEqual(['invalid generator-saturated-delayed']);
  });

  it('never blames the generator for a slow target', () => {
    const slow = { sent: 10, dropped: 90, inFlight: 1_000, completed: 10, failed: 90 };
    expect(codes(windows(15, 15, slow))).toEqual(['warning in-flight-limit-reached']);
    expect(codes(windows(15, 15, { ...slow, loopUtilisation: 0.75 }))).toEqual(['warning generator-strained-busy', 'warning in-flight-limit-reached']);
  });

  it('blames the generator for drops and missing sends while it could not keep up', () => {
    expect(codes(windows(15, 15, { dropped: 10, sent: 50, dispatchLagP99Ms: 300 }))).toEqual([
      'invalid generator-saturated-late',
      'invalid generator-saturated-drops',
      'invalid generator-saturated-rate',
    ]);
    expect(codes(windows(15, 15, { sent: 97, dispatchLagP99Ms: 25 }))).toEqual(['warning generator-strained-late', 'warning generator-strained-rate']);
  });

  it('does not judge seconds in which nothing was due', () => {
    expect(codes([...windows(10, 0, {}), { ...EASE, offered: 0, sent: 0, loopUtilisation: 1 }, { ...EASE, offered: 0, sent: 0, loopUtilisation: 1 }])).toEqual([]);
  });

  it('says what was seen and what to do', () => {
    expect(openLoopFindings({ windows: windows(4, 4, { loopUtilisation: 0.96 }), generator: { ...FINE, localFailures: { count: 3, example: 'connect EMFILE' } } })).toMatchInlineSnapshot(`
      [
        {
          "code": "generator-saturated-busy",
          "message": "The load generator could not keep up: event loop 96 % busy at worst, above 90 % in 4 of 4 seconds.",
          "remedy": "Lower the rate, stop what else runs on this machine, or generate the load from another one.",
          "severity": "invalid",
        },
        {
          "code": "generator-out-of-sockets",
          "message": "3 requests could not be started on this machine: connect EMFILE.",
          "remedy": "Raise the limit of open files (ulimit -n), lower the rate or maxInFlight.",
          "severity": "invalid",
        },
      ]
    `);
  });
});

describe('closed loop', () => {
  it('is trusted with steady connections and every request accounted for', () => {
    expect(closed({})).toEqual([]);
    expect(closed({ unanswered: 4 })).toEqual([]);
  });

  it('is invalid after a reconnect, with lost requests, or without an answer', () => {
    expect(closed({ reconnects: 1 })).toEqual(['invalid closed-loop-reconnected']);
    expect(closed({ unanswered: 5 })).toEqual(['invalid closed-loop-lost-requests']);
    expect(closed({}, 0)).toEqual(['invalid no-answers']);
  });

  it('says when the throughput may be the generator’s own', () => {
    expect(closed({}, 10, windows(4, 3, { loopUtilisation: 0.99 }))).toEqual(['warning generator-is-the-limit']);
  });
});
