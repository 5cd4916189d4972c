import { analyseScaling } from '../../src/capacity/scaling/analyse.ts';
import { throughputAt } from '../../src/capacity/scaling/law.ts';
import { seededRandom } from '../../src/random.ts';
import type { CapacityLevel, CapacityRecord } from '../../src/record/capacity.ts';
import type { ScalingRecord } from '../../src/record/scaling.ts';
import { passRecord } from './records.ts';

/** Records of a search and of a scaling as they are written, for tests of what reads them. The figures are made up and hang together. */

const base = passRecord();
const { environment } = base;
const scenario = { name: base.scenarios[0]?.name ?? '', file: base.scenarios[0]?.file ?? '', sha256: base.scenarios[0]?.sha256 ?? '' };
const runOf = (id: string, command: string): CapacityRecord['run'] => ({ id, status: 'complete', startedAt: '2026-02-03T15:00:00.000Z', endedAt: '2026-02-03T15:03:00.000Z', profile: 'quick', seed: 1, command, readybench: '0.1.0' });

/** A search that found about 330/s for p95 ≤ 100 ms. */
export function searchRecord(): CapacityRecord {
  const level = (ratePerSecond: number, length: CapacityLevel['length'], p95: number): CapacityLevel => ({
    ratePerSecond, length, together: p95 <= 100 ? 'kept' : 'failed', verdict: p95 <= 100 ? 'kept' : 'failed', why: null,
    trials: [0.96, 1, 1.05].map((factor) => ({
      kept: p95 * factor <= 100,
      figures: [{ metric: 'latency.p95', operator: '<=' as const, limit: 100, unit: 'ms' as const, value: p95 * factor, kept: p95 * factor <= 100 }],
      completedPerSecond: Math.min(ratePerSecond, 340), inFlightAtStart: 3, inFlightAtEnd: p95 > 100 ? 60 : 4, machineBusy: Math.min(0.98, ratePerSecond / 380),
    })),
  });
  return {
    schemaVersion: 1, kind: 'capacity', run: runOf('20260203-150000-srch', 'bench capacity scenarios/video-generation/api.yaml --workload status'), environment, scenario, workload: 'status', workloadKind: 'http', target: 'embedded',
    options: { fromPerSecond: 40, downToPerSecond: 5, upToPerSecond: 20_000, resolution: 0.05 },
    levels: [level(40, 'short', 6), level(80, 'short', 8), level(160, 'short', 14), level(320, 'short', 71), level(640, 'short', 2_400), level(452.5, 'long', 900), level(380.5, 'long', 310), level(348.9, 'long', 140), level(334.1, 'long', 97), level(341.4, 'long', 118)],
    outcome: { type: 'found', keptPerSecond: 334.1, failedPerSecond: 341.4 },
    estimate: { ratePerSecond: 337, low: 326, high: 345, confidence: 0.95 },
    verification: { ratePerSecond: 303, durationMs: 50_000, kept: true, figures: [{ metric: 'latency.p95', operator: '<=', limit: 100, unit: 'ms', value: 48, kept: true }] },
    gaveWay: { metric: 'latency.p95', resource: 'queue', sentence: 'Requests in flight grew from 3 to 60 within a trial: more come than are served.' },
  };
}

/** Encodes at 1 to 8 at once with two thread policies, on two cores. */
export function scalingRecord(): ScalingRecord {
  const rounds = (sigma: number, kappa: number, lambda: number) => {
    const random = seededRandom(3);
    return [0, 1, 2].flatMap((round) =>
      [1, 2, 3, 4, 6, 8].map((concurrency) => {
        const throughputPerSecond = throughputAt({ sigma, kappa, lambda }, concurrency) * (0.98 + 0.04 * random());
        return { concurrency, round, throughputPerSecond, residenceMs: (1_000 * concurrency) / throughputPerSecond, p95Ms: (1_100 * concurrency) / throughputPerSecond, inFlight: null, machineBusy: Math.min(0.99, 0.7 + 0.1 * concurrency), unfit: null };
      }),
    );
  };
  return {
    schemaVersion: 1, kind: 'scaling', run: runOf('20260203-160000-scal', 'bench capacity scale video-generation --workload encode-batch-10'), environment, scenario, workload: 'encode-batch-10', workloadKind: 'encode', target: null,
    options: { levels: [1, 2, 3, 4, 6, 8], rounds: 3 },
    series: [analyseScaling('libx264, threads auto', rounds(0.8, 0.01, 0.9), seededRandom(1)), analyseScaling('libx264, threads split', rounds(0.6, 0.02, 0.85), seededRandom(1))],
    bytesPerVideo: 7_400_000,
    notMeasured: [{ what: 'h264_nvenc', reason: 'the NVIDIA driver is not there', remedy: 'Install it.' }],
  };
}
