import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planOf, type Figures } from '../../perf/k6/paper.ts';

const figures: Figures = {
  points: { perRequest: 15, bytesEach: 170, zippedBytesEach: 12 },
  merge: { pointsPerCpuSecond: 750_000, zippedPointsPerCpuSecond: 600_000, peakMemoryMB: 150, largestGB: 5 },
  prometheus: { pods: 100, seriesPerPod: 30, bytesPerSeries: 400, mergeSeconds: 2, mergeMemoryMB: 200 },
};

describe('a large test on paper', () => {
  it('10 minutes of 10,000/s, by hand', () => {
    // 10,000 / (1,370 × 0.7) = 10.4; 50 MB for each pod and 0.63 MB for each of 10,000 users; 6 million requests of 15 points; 11 cores for a sixth of an hour; 11 × 30 series every 5 s.
    expect(planOf(10_000, figures, { coreHour: 0.06 })).toEqual({
      ratePerSecond: 10_000, pods: 11, memoryGB: 6.85, points: 90e6, bytes: 15.3e9, zippedBytes: 1.08e9, mergeSeconds: 120, zippedMergeSeconds: 150, cost: expect.closeTo(0.11, 9) as number,
      prometheusSamplesPerSecond: 66, prometheusBytesPerSecond: 26_400, prometheusMergeSeconds: 0.22,
    });
  });

  it('a higher rate never takes fewer pods, less time or less money; what was not measured stays so', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 0, max: 1e6 }), (rate, more) => {
        const [a, b] = [planOf(rate, figures, { coreHour: 1 }), planOf(rate + more, figures, { coreHour: 1 })];
        for (const key of ['pods', 'memoryGB', 'bytes', 'mergeSeconds', 'cost'] as const) expect(b[key]).toBeGreaterThanOrEqual(a[key]);
      }),
    );
    expect(planOf(1, { ...figures, prometheus: null }, { coreHour: 1 }).prometheusMergeSeconds).toBeNull();
  });
});
