import { expect, test } from 'vitest';
import { estimateRoundMs } from '../../../../src/workloads/encode/estimate.ts';
import { encodeSpec } from '../../../../src/workloads/encode/schema.ts';

const estimate = (change: object): number => estimateRoundMs(encodeSpec.parse({ clip: 'bbb-480p', encoders: ['libx264'], output: { preset: 'fast' }, ...change }), 2);

test('grows with pixels, effort, jobs and levels, and shrinks with threads that work at once', () => {
  const one = estimate({});
  expect(one).toBeGreaterThan(1_000);
  expect(one).toBeLessThan(60_000);
  expect(estimate({ clip: 'bbb-1080p' }) / one).toBeCloseTo((1920 * 1080) / (854 * 480), 6);
  expect(estimate({ output: { preset: 'slow' } })).toBeGreaterThan(one);
  expect(estimate({ jobs: 10 })).toBeCloseTo(10 * one, 6);
  expect(estimate({ jobs: 10, concurrency: [1, 2] })).toBeCloseTo(20 * one, 6);
  expect(estimate({ threads: 1 })).toBeCloseTo(2 * one, 6);
  expect(estimate({ threads: 1, jobs: 10, concurrency: 2 })).toBeCloseTo(10 * one, 6);
});
