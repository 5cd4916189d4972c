import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { planCapacity, type PlanRequest } from '../../src/plan-capacity.ts';
import { videosMade } from '../../src/pipeline/videos-made.ts';
import type { CapacityRecord } from '../../src/record/capacity.ts';
import { metric } from '../../src/record/metrics.ts';
import type { ScalingRecord } from '../../src/record/scaling.ts';
import type { HostLoad, RunRecord, WorkloadRecord } from '../../src/record/schema.ts';
import { identityOf } from '../../src/scenario/identity.ts';
import { parseScenario } from '../../src/scenario/load.ts';
import { searchRecord } from './capacity-records.ts';
import { encodeWorkload, slaResult } from './records.ts';

/** Stored runs and a scenario to plan from, for tests of the plan. The figures are made up and hang together. */

/** Jobs that make 0.2 s of 90 lines, and a batch of 30 s. */
export const SCENARIO = `name: video-generation-api
target: { baseUrl: embedded }
workloads:
  - name: make-video
    job:
      submit: { request: { method: POST, path: /videos, json: {} }, expect: { status: 202 }, capture: { id: { json: /id } } }
      poll: { request: { path: "/videos/\${id}" } }
      until: { done: { at: /status, is: done } }
      fetch: { request: { path: "/videos/\${id}/file" }, verify: { video: { duration: 200ms, height: 90 } } }
      rate: 10/s
      jobs: 100
    sla: { completion: { p95: 100ms } }
  - name: encode-batch-10
    encode: { clip: bbb-480p, encoders: [libx264, h264_nvenc], jobs: 10, output: { height: 360 } }
    sla: { wall: 7m }
`;
const VIDEO = 'video: { duration: 30s, height: 360 }, ';
export const CAPACITY = `capacity:
  production: { videosPerDay: [100, 500], peakFactor: 3, growthPerMonth: 5%, retention: 90d, concurrent: [1, 20], storagePerWeek: [10GB, 50GB] }
`;
/** With what a video is: 30 s of 360 lines. */
export const OF_BATCH = CAPACITY.replace('{ videosPerDay', `{ ${VIDEO}videosPerDay`);
export const PRICES = 'prices: { currency: USD, cpu: 0.34/h, gpu: 0.526/h, storage: 0.023/GB-month, asOf: 2026-11-01 }\n';

/** What the workloads of that scenario are, as a run stores it. */
export function identity(): string {
  const { value } = parseScenario(SCENARIO, 'api.yaml', { env: {}, unset: 'error' });
  if (value === undefined) throw new Error('the scenario is wrong');
  const sha256 = identityOf(value.scenario.published.workloads);
  if (videosMade(value, { profile: 'quick', sha256 }).size === 0) throw new Error('the identity is another');
  return sha256;
}

/** The same record, of the scenario above as it stands. */
export function ofScenario<R extends RunRecord | CapacityRecord | ScalingRecord>(record: R): R {
  return 'scenarios' in record ? { ...record, scenarios: record.scenarios.map((each) => ({ ...each, sha256: identity() })) } : { ...record, scenario: { ...record.scenario, sha256: identity() } };
}

/** A batch, libx264 and NVENC, with what equal quality costs. */
export function bothEncoders(): WorkloadRecord {
  const workload = encodeWorkload({ name: 'encode-batch-10', jobs: 10, concurrency: [1, 2], encoders: ['libx264', 'h264_nvenc'] });
  if (workload.detail.kind !== 'encode') throw new Error('not an encode');
  const equal = { bitsPerSecond: 1e6, bdRate: null, why: null };
  const busy: HostLoad = { round: 0, subject: 'libx264', concurrency: 2, cpuMean: 0.9, cpuMax: 1, memoryMaxBytes: null, diskReadBytes: null, diskWrittenBytes: null, cpuEnergyJ: null, gpu: null };
  const rate = { bitsPerSecond: 1e6, psnr: 40, ssim: null, vmaf: null, deviation: 0, ratios: null, scores: null, pareto: true };
  return {
    ...workload,
    sla: [slaResult(workload, 'encode.wall', '<=', 420_000, { n: 3, interval: null })],
    detail: {
      ...workload.detail,
      load: [busy],
      analysis: {
        reference: 'libx264', targetBitrate: 1e6, curve: [], bounds: [], sweeps: [], costs: null,
        equalRate: [{ subject: 'libx264', framesPerSecond: 100, ...rate }, { subject: 'h264_nvenc', framesPerSecond: 500, ...rate }],
        equalQuality: { psnr: 40, encoders: [{ encoder: 'libx264', framesPerSecond: 100, ...equal }, { encoder: 'h264_nvenc', framesPerSecond: 400, ...equal }] },
      },
    },
  };
}

/** Jobs, 10 at once: 7,200 an hour, the lowest round 6,840; half done within 2 s, nearly all within 4 s. */
export function jobsWorkload({ ratePerSecond = null }: { ratePerSecond?: number | null } = {}): WorkloadRecord {
  const percentiles = (id: string, p50: number, p95: number) => [metric(`${id}.p50`, {}, p50, [p50, p50], 60), metric(`${id}.p95`, {}, p95, [p95, p95], 60)];
  const workload: WorkloadRecord = {
    name: 'make-video', kind: 'job', status: 'measured', validity: { status: 'valid', findings: [] }, sla: [], comparison: [], notMeasured: [], histograms: [],
    metrics: [...percentiles('completion', 5_000, 6_000), ...percentiles('processing', 2_000, 4_000), metric('batch.videosPerHour', {}, 7_200, [7_560, 6_840], 60), metric('success.rate', {}, 1, [1, 1], 60)],
    series: { kind: 'job', jobs: [{ round: 0, job: 0, lane: 0, outcome: 'done', submittedMs: 0, acceptedMs: 1, endMs: 5_000, lateByMs: 5, queueWaitMs: 3_000, processingMs: 2_000, polls: 9, bytes: 12_000, removed: 'yes', message: null }] },
    detail: { kind: 'job', jobs: 30, concurrency: ratePerSecond === null ? 10 : null, ratePerSecond, timeoutMs: 300_000, seenBy: 'poll', pollIntervalMs: 50, lateBy: null, outcomes: { done: 60 }, failures: [], leftovers: null },
  };
  return { ...workload, sla: [slaResult(workload, 'completion.p50', '<=', 180_000), slaResult(workload, 'completion.p95', '<=', 420_000), slaResult(workload, 'success.rate', '>=', 0.95)] };
}

/** The search of the fixtures, over jobs. */
export function jobSearch(changes: Partial<CapacityRecord> = {}): CapacityRecord {
  const search = searchRecord();
  const levels = search.levels.map((level) => ({ ...level, trials: level.trials.map((trial) => ({ ...trial, figures: trial.figures.map((figure) => ({ ...figure, metric: 'completion.p95' })) })) }));
  return { ...search, workload: 'make-video', workloadKind: 'job', levels, ...changes };
}

/** A project with stored runs; `plan` plans in it. */
export async function project(stored: Record<string, object>, { config = PRICES, capacity = CAPACITY }: { config?: string; capacity?: string } = {}): Promise<(more?: Partial<PlanRequest>) => ReturnType<typeof planCapacity>> {
  const dir = await mkdtemp(join(tmpdir(), 'readybench-plan-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  // The scenario lies beside the project: its path is then absolute, whatever folder the tests run in.
  const cwd = join(dir, 'project');
  await mkdir(cwd);
  await writeFile(join(dir, 'api.yaml'), SCENARIO + capacity);
  await writeFile(join(cwd, 'bench.config.yaml'), config);
  for (const [path, record] of Object.entries(stored)) {
    await mkdir(join(cwd, 'reports', path, '..'), { recursive: true });
    await writeFile(join(cwd, 'reports', path), JSON.stringify(record));
  }
  return (more = {}) => planCapacity({ scenario: join(dir, 'api.yaml'), from: [], gpu: null, workload: null, deployment: null, cost: true, out: null, reportsDir: join(cwd, 'reports'), command: 'bench capacity plan api.yaml', version: '0.1.0', cwd, env: {}, ...more });
}
