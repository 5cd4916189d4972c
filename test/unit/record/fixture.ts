import { metric } from '../../../src/record/metrics.ts';
import { SCHEMA_VERSION, type Metric, type RunRecord, type ScenarioRecord, type WorkloadRecord } from '../../../src/record/schema.ts';

/** Complete values for tests; each takes what matters to the test. */
export function httpWorkload(changes: Partial<WorkloadRecord> = {}): WorkloadRecord {
  return {
    name: 'health',
    kind: 'http',
    status: 'measured',
    validity: { status: 'valid', findings: [] },
    metrics: [],
    sla: [],
    comparison: [],
    notMeasured: [],
    histograms: [],
    series: { kind: 'http', rounds: [], spectrum: [] },
    detail: { kind: 'http', model: 'open', engine: 'readybench-open', requests: [] },
    ...changes,
  };
}

export function encodeWorkload(changes: Partial<WorkloadRecord> = {}): WorkloadRecord {
  return {
    ...httpWorkload(),
    name: 'encode-30s',
    kind: 'encode',
    series: { kind: 'encode', jobs: [], progress: [] },
    detail: {
      kind: 'encode',
      clip: { name: 'bbb-480p', sha256: 'a'.repeat(64), bytes: 1, codec: 'h264', width: 854, height: 480, framesPerSecond: 24, frames: 720, durationMs: 30_000 },
      commands: [],
      probes: [],
    },
    ...changes,
  };
}

export function scenario(workloads: WorkloadRecord[], changes: Partial<ScenarioRecord> = {}): ScenarioRecord {
  return { name: 'demo', file: 'demo.yaml', sha256: 'c'.repeat(64), target: 'embedded', source: 'name: demo\n', workloads, ...changes };
}

export function record(scenarios: ScenarioRecord[], changes: Partial<RunRecord['run']> = {}, rest: Partial<RunRecord> = {}): RunRecord {
  return {
    schemaVersion: SCHEMA_VERSION,
    run: {
      id: '20260131T070503.042Z-9f3c21',
      status: 'complete',
      startedAt: '2026-01-31T07:05:03.042Z',
      endedAt: '2026-01-31T07:07:03.042Z',
      durationMs: 120_000,
      profile: 'quick',
      seed: 1,
      rounds: 3,
      command: 'bench run',
      insecureTls: false,
      git: null,
      tools: { readybench: '0.1.0', node: 'v20.20.2', ffmpeg: null },
      ...changes,
    },
    environment: { hard: { cpu: 'Test CPU', cores: 2 }, soft: { os: 'Linux' }, hash: 'h'.repeat(12) },
    verdict: { status: 'pass', sentence: 'Passed', reasons: [], warnings: [] },
    exitCode: 0,
    scenarios,
    ...rest,
  };
}

/** A metric whose value is the middle one of its rounds. */
export function rounds(id: string, values: number[], n = 3_000, labels: Record<string, string> = {}): Metric {
  const sorted = [...values].sort((a, b) => a - b);
  return metric(id, labels, sorted[Math.floor(sorted.length / 2)] ?? 0, values, n);
}
