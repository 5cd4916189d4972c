import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createToolResolver } from '../../src/host/tools.ts';
import type { ChosenScenario } from '../../src/pipeline/choose.ts';
import type { PreflightBase } from '../../src/pipeline/preflight.ts';
import { Releases } from '../../src/pipeline/workspace.ts';
import { metric } from '../../src/record/metrics.ts';
import type { Finding, HttpWindow } from '../../src/record/schema.ts';
import type { Measurement, RateLevel } from '../../src/workloads/contract.ts';
import type { BoundWorkload } from '../../src/workloads/registry.ts';

/** A workload that is no load at all: what each of its rounds comes to is said beforehand. For the logic of searches, without a clock. */

/** What one round of it comes to. */
export interface Round {
  /** In ms; null: nothing was measured. */
  p95: number | null;
  findings?: Omit<Finding, 'round'>[];
  /** Of the generator in each second, in ms. */
  lateMs?: number;
}

export const SATURATED: Omit<Finding, 'round'> = { severity: 'invalid', code: 'generator-saturated-late', message: 'The load generator could not keep up.', remedy: 'Lower the rate.' };

export const QUIET: HttpWindow = { second: 0, offered: 100, sent: 100, completed: 100, failed: 0, inFlight: 2, p50: 1, p95: 2, p99: 3, max: 4, loopDelayP99Ms: 1, loopUtilisation: 0.2, dispatchLagP99Ms: 0.1, dropped: 0 };

/** `roundAt`: what round `round` at that rate comes to. `limitMs`: on the p95 of its latency. */
export function boundDouble(roundAt: (level: RateLevel, round: number) => Round, limitMs = 100, level: RateLevel = { ratePerSecond: 10, warmupMs: 0, durationMs: 1_000 }): BoundWorkload {
  return {
    kind: 'http', needsTarget: false, readOnly: true, once: false,
    estimateRoundMs: level.warmupMs + level.durationMs,
    limits: [{ id: 'latency.p95', labels: {}, operator: '<=', limit: limitMs, severity: 'critical' }],
    ratePerSecond: level.ratePerSecond,
    atRate: (other) => boundDouble(roundAt, limitMs, other),
    atConcurrency: () => null,
    prepare: () => {
      const rounds: Round[] = [];
      return Promise.resolve({
        runRound: (round: number) => {
          rounds.push(roundAt(level, round));
          return Promise.resolve();
        },
        measurement: () => measurementOf(rounds),
        close: () => Promise.resolve(),
      });
    },
  };
}

function measurementOf(rounds: readonly Round[]): Measurement {
  const known = rounds.flatMap(({ p95 }) => p95 ?? []);
  return {
    validity: { status: 'valid', findings: rounds.flatMap(({ findings = [] }, round) => findings.map((finding) => ({ ...finding, round }))) },
    metrics: known.length === 0 ? [] : [metric('latency.p95', {}, Math.max(...known), rounds.map(({ p95 }) => p95), 1_000)],
    histograms: [],
    notMeasured: [],
    series: { kind: 'http', spectrum: [], rounds: rounds.map(({ lateMs = 0 }, round) => ({ round, windows: [0, 1, 2].map((second) => ({ ...QUIET, second, dispatchLagP99Ms: lateMs })) })) },
    detail: { kind: 'http', model: 'open', engine: 'readybench-open', requests: [], iterations: [] },
  };
}

export function chosenDouble(bound: BoundWorkload): ChosenScenario {
  return {
    name: 'double', file: 'double.yaml', dir: '.', sha256: '0'.repeat(64), target: null, gate: {} as ChosenScenario['gate'], rounds: 1,
    observe: null, readiness: null, host: null, source: '', readOnlyOnly: false, workloads: [{ name: 'double', bound }], skipped: [],
  };
}

/** What a preflight would hand over, with a folder that is removed after the test. */
export async function needsDouble(signal = new AbortController().signal): Promise<PreflightBase> {
  const workDir = await mkdtemp(join(tmpdir(), 'readybench-test-'));
  onTestFinished(() => rm(workDir, { recursive: true, force: true }));
  return {
    request: {
      scenarios: [], profile: 'quick', target: null, tag: null, filter: null, rounds: null, seed: 1, out: null, reportsDir: workDir, baselinesDir: workDir, compare: false, against: null, control: false, failOn: undefined,
      insecureTls: false, engine: null, confirmTarget: undefined, command: 'bench capacity double', version: 'test', cwd: workDir, env: {},
    },
    config: { allowTargets: [] }, tools: createToolResolver({}), workDir, signal, observe: () => undefined, releases: new Releases(), keepSecret: () => undefined,
  };
}
