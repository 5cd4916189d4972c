import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BenchError } from '../../../src/errors.ts';
import { NO_FAULTS, parseFaults } from '../../../src/service/faults.ts';
import { serviceOptions } from '../../../src/service/options.ts';

describe('parseFaults', () => {
  it('reads every kind, in the order they strike', () => {
    expect(parseFaults('errors=5%, hang=5%,drop=10%,latency=50ms@/videos,stall=1s/5s,encode-cost=1.5,off=auth,off=drain,job-time=2s,lose=1%,stuck=2%,double=3%,pool-leak=4%,front-latency=20ms')).toEqual({
      requests: [
        { kind: 'stall', pathPrefix: '/', stallMs: 1_000, everyMs: 5_000 },
        { kind: 'latency', pathPrefix: '/videos', delayMs: 50 },
        { kind: 'drop', pathPrefix: '/', share: 0.1 },
        { kind: 'hang', pathPrefix: '/', share: 0.05 },
        { kind: 'errors', pathPrefix: '/', share: 0.05 },
      ],
      encodeCost: 1.5,
      jobTimeMs: 2_000,
      jobs: { lose: 0.01, stuck: 0.02, double: 0.03 },
      poolLeak: 0.04,
      frontDelayMs: 20,
      off: new Set(['auth', 'drain']),
    });
    expect([parseFaults(undefined), parseFaults(''), parseFaults(' , ')]).toEqual([NO_FAULTS, NO_FAULTS, NO_FAULTS]);
  });

  it('says which part it cannot read and what would be right', () => {
    const refusal = (text: string): string => {
      try {
        return JSON.stringify(parseFaults(text));
      } catch (error) {
        return error instanceof BenchError ? `${error.exitCode}: ${error.message} -> ${error.hint}` : String(error);
      }
    };
    expect(['latency=50', 'stall=5s/1s', 'errors=0.05', 'drop=101%', 'encode-cost=0.5', 'encode-cost=2@/x', 'latncy=5ms', 'latency', 'latency=5ms,hang=1', 'lose=1%@/x', 'pool-leak=200%'].map(refusal)).toMatchInlineSnapshot(`
      [
        "2: READYBENCH_FAULTS: cannot read "latency=50" -> Write latency=50ms.",
        "2: READYBENCH_FAULTS: cannot read "stall=5s/1s" -> Write stall=1s/5s (1 s in every 5 s).",
        "2: READYBENCH_FAULTS: cannot read "errors=0.05" -> Write errors=5% (at most 100%).",
        "2: READYBENCH_FAULTS: cannot read "drop=101%" -> Write drop=5% (at most 100%).",
        "2: READYBENCH_FAULTS: cannot read "encode-cost=0.5" -> Write encode-cost=1.5 (from 1 to 100, without a path).",
        "2: READYBENCH_FAULTS: cannot read "encode-cost=2@/x" -> Write encode-cost=1.5 (from 1 to 100, without a path).",
        "2: READYBENCH_FAULTS: cannot read "latncy=5ms" -> Write latency, stall, errors, drop, hang, encode-cost, job-time, lose, stuck, double, pool-leak, front-latency or off, for example latency=50ms.",
        "2: READYBENCH_FAULTS: cannot read "latency" -> Write latency, stall, errors, drop, hang, encode-cost, job-time, lose, stuck, double, pool-leak, front-latency or off, for example latency=50ms.",
        "2: READYBENCH_FAULTS: cannot read "hang=1" -> Write hang=5% (at most 100%).",
        "2: READYBENCH_FAULTS: cannot read "lose=1%@/x" -> Write lose=5% (without a path).",
        "2: READYBENCH_FAULTS: cannot read "pool-leak=200%" -> Write pool-leak=5% (at most 100%).",
      ]
    `);
  });

  it('never throws anything else', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseFaults(text);
        } catch (error) {
          expect(error).toBeInstanceOf(BenchError);
        }
      }),
    );
  });
});

describe('serviceOptions', () => {
  it('has defaults and reads the environment', () => {
    expect(serviceOptions({})).toEqual({ host: '127.0.0.1', port: 0, concurrency: 2, queueLimit: 100, logLevel: 'silent', behindProxy: false, drainMs: 5_000, apiKey: 'readybench-demo-key', bodyLimit: 65_536, faults: NO_FAULTS });
    expect(serviceOptions({ READYBENCH_SERVICE_CONCURRENCY: '4', READYBENCH_SERVICE_QUEUE_LIMIT: '0', READYBENCH_SERVICE_PORT: '8080' })).toMatchObject({ concurrency: 4, queueLimit: 0, port: 8080 });
  });
  it.each([{ READYBENCH_SERVICE_CONCURRENCY: '0' }, { READYBENCH_SERVICE_PORT: '70000' }, { READYBENCH_SERVICE_QUEUE_LIMIT: '-1' }, { READYBENCH_SERVICE_LOG: 'loud' }])('refuses %o', (env) => {
    expect(() => serviceOptions(env)).toThrow(BenchError);
  });
});
