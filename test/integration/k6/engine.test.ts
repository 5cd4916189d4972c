import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { BenchError } from '../../../src/errors.ts';
import { k6Engine } from '../../../src/k6/engine.ts';
import { findK6 } from '../../../src/host/k6-tool.ts';
import { inspectScript } from '../../../src/k6/script/inspect.ts';
import { Histogram } from '../../../src/load/histogram.ts';
import type { LoadResult } from '../../../src/load/result.ts';
import { openPlan } from '../../support/k6/plans.ts';

const FAKE = fileURLToPath(new URL('../../support/k6/fake-k6.js', import.meta.url));
const workDir = mkdtempSync(join(tmpdir(), 'k6-engine-'));
afterAll(() => rmSync(workDir, { recursive: true, force: true }));
afterEach(() => {
  for (const name of ['FAKE_K6', 'FAKE_K6_SEGMENT', 'FAKE_K6_LATENCY_MS']) delete process.env[name];
});

const plan = openPlan({ warmupMs: 0, durationMs: 3_000, timeoutMs: 1_000 });
const context = { workload: 'health', round: 0, workDir };

async function onFake(segments: number, mode = 'ok', segment?: number, slackMs?: number): Promise<LoadResult> {
  process.env['FAKE_K6'] = mode;
  if (segment === undefined) delete process.env['FAKE_K6_SEGMENT'];
  else process.env['FAKE_K6_SEGMENT'] = String(segment);
  return k6Engine(await findK6({ K6_PATH: FAKE }), segments, slackMs).run(plan, context);
}

const codes = ({ findings = [] }: LoadResult): string[] => findings.map(({ severity, code }) => `${severity} ${code}`);

describe('k6 as a generator (a stand-in that replays its output)', () => {
  it.each([1, 2, 8])('%i segments are one result', async (segments) => {
    const result = await onFake(segments);
    expect(result).toMatchObject({ engine: 'k6', ended: 'complete', measuredMs: 3_000 });
    expect(result.requests[0]).toMatchObject({ completed: 300, failed: 0 });
    expect(Histogram.fromData(result.requests[0]!.latency).quantile(0.99)).toBe(20_000);
    expect(codes(result)).toEqual([]);
  });

  it.each([97, 99, 105, 108, 110])('exit code %i of one segment makes the run invalid', async (code) => {
    const result = await onFake(2, `exit:${code}`, 1);
    expect(codes(result)).toEqual([`invalid k6-exit-${code}`]);
    expect(result.findings?.[0]?.message).toContain(`it ended with ${code}`);
  });

  it.each([104, 107])('exit code %i before the first request is a mistake of the input', async (code) => {
    const error = await onFake(1, `exit:${code}`).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BenchError);
    expect(error).toMatchObject({ exitCode: 2, message: expect.stringContaining(`ended with ${code}`) as string });
    expect((error as BenchError).message).toContain('Error: boom');
  });

  it('a script that fails in one segment alone leaves an invalid run', async () => {
    expect(codes(await onFake(2, 'exit:107', 1))).toEqual(['invalid k6-exit-107', 'invalid k6-segment-missing', 'invalid k6-rate-not-reached']);
  });

  it('a segment that is killed in the middle', async () => {
    expect(codes(await onFake(2, 'die', 0))).toEqual(['invalid k6-killed', 'invalid k6-rate-not-reached', 'invalid k6-segment-ended-early']);
  });

  it('a segment without a sample, and none with one', async () => {
    expect(codes(await onFake(2, 'silent', 1))).toEqual(['invalid k6-segment-missing', 'invalid k6-rate-not-reached']);
    expect(codes(await onFake(1, 'silent'))).toContain('invalid k6-no-samples');
  });

  it('what only the log says: iterations that threw, points that could not be written', async () => {
    expect(codes(await onFake(1, 'throw:2'))).toEqual(['warning k6-exceptions']);
    const threw = await onFake(2, 'throw:20', 1);
    expect(codes(threw)).toEqual(['invalid k6-exceptions']);
    expect(threw.findings?.[0]?.message).toBe('An exception ended 20 of 300 iterations (6.67 %): Error: in an iteration.');
    expect(codes(await onFake(1, 'full'))).toEqual(['invalid k6-points-lost']);
  });

  it('one that hangs is stopped', async () => {
    // Longer than the plan takes, less than a person waits: the plan's end and a bit.
    expect(codes(await onFake(1, 'hang', 0, -4_500))).toEqual(['invalid k6-hung']);
  });

  it('an interrupt stops it and keeps what there is', async () => {
    process.env['FAKE_K6'] = 'hang';
    const stop = new AbortController();
    const written = (): number => [1, 2, 3, 4].filter((segment) => (statSync(join(workDir, 'k6-0', `segment-${segment}.ndjson`), { throwIfNoEntry: false })?.size ?? 0) > 100_000).length;
    const engine = k6Engine(await findK6({ K6_PATH: FAKE }), 4);
    const running = engine.run(plan, { ...context, signal: stop.signal, onProgress: () => (written() === 4 ? stop.abort() : undefined) });
    expect(await running).toMatchObject({ ended: 'aborted', started: 300 });
  });
});

describe('how long a script goes on', () => {
  const inspected = async () => inspectScript(await findK6({ K6_PATH: FAKE }), 'script.js', 'w: script.js', {});

  it('is what its scenarios say, without graceful stops; one that ends with its iterations says nothing', async () => {
    expect(await inspected()).toMatchObject({ plannedMs: 3_000, longestMs: 33_000 });
    process.env['FAKE_K6'] = 'inspect:iterations';
    expect(await inspected()).toMatchObject({ plannedMs: null, longestMs: 33_000 });
  });
});

describe('looking for k6', () => {
  it('says how to get it where there is none', async () => {
    const error = await findK6({ PATH: '/nowhere' }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ exitCode: 6, message: 'PATH has no k6', hint: expect.stringContaining('K6_PATH') as string });
    await expect(findK6({ K6_PATH: '/nowhere/k6' })).rejects.toThrow('/nowhere/k6 does not exist');
  });

  it('does not take an old one, nor another program', async () => {
    process.env['FAKE_K6_VERSION'] = '0.49.0';
    await expect(findK6({ K6_PATH: FAKE })).rejects.toThrow('1.0 or newer is needed');
    delete process.env['FAKE_K6_VERSION'];
    await expect(findK6({ K6_PATH: '/bin/true' })).rejects.toThrow('is no working k6');
  });
});
