import { metric, metricKey } from '../../src/record/metrics.ts';
import type { ComparisonResult, EncodeJob, Finding, HttpWindow, Metric, NotMeasured, Reason, RunRecord, SlaResult, WorkloadRecord } from '../../src/record/schema.ts';
import { seededRandom } from '../../src/random.ts';

/** Run records as the pipeline writes them, for tests of what reads them. The figures are made up and hang together. */

export interface HttpOptions {
  name?: string;
  rounds?: number;
  /** Length of a round. */
  seconds?: number;
  ratePerSecond?: number;
  p50Ms?: number;
  errorShare?: number;
  /** Rounds that were measured before the run was interrupted. */
  measuredRounds?: number;
  seed?: number;
}

const round3 = (value: number): number => Number(value.toPrecision(4));

/** An open-loop workload with latencies around `p50Ms`. */
export function httpWorkload(options: HttpOptions = {}): WorkloadRecord {
  const { name = 'health', rounds = 3, seconds = 15, ratePerSecond = 50, p50Ms = 1.2, errorShare = 0, seed = 7 } = options;
  const measured = options.measuredRounds ?? rounds;
  const random = seededRandom(seed);
  const series = Array.from({ length: measured }, (_, round) => ({
    round,
    windows: Array.from({ length: seconds }, (_each, second) => httpWindow(second, { ratePerSecond, p50Ms, errorShare, random })),
  }));
  const windows = series.flatMap((each) => each.windows);
  const sent = sum(windows, 'sent');
  const failed = sum(windows, 'failed');
  const figures = (scale: number): (number | null)[] =>
    Array.from({ length: rounds }, (_, round) => (round < measured ? round3(p50Ms * scale * (0.96 + random() * 0.08)) : null));
  const percentile = (id: string, scale: number): Metric => metric(id, {}, round3(p50Ms * scale), figures(scale), sent);
  return {
    name,
    kind: 'http',
    status: measured === rounds ? 'measured' : measured === 0 ? 'not-measured' : 'interrupted',
    validity: { status: 'valid', findings: [] },
    metrics: measured === 0 ? [] : [
      percentile('latency.p50', 1),
      percentile('latency.p90', 1.7),
      percentile('latency.p95', 2.4),
      percentile('latency.p99', 5.1),
      percentile('service.p95', 2.1),
      metric('throughput', {}, round3((sent - failed) / (seconds * measured)), series.map((each) => round3(sum(each.windows, 'completed') / seconds)), sent),
      metric('errors.rate', {}, round3(failed / sent), series.map((each) => round3(sum(each.windows, 'failed') / sum(each.windows, 'sent'))), sent),
    ],
    sla: [],
    comparison: [],
    notMeasured: [],
    histograms: [],
    series: { kind: 'http', rounds: series, spectrum: measured === 0 ? [] : [{ labels: {}, points: spectrum(p50Ms) }] },
    detail: {
      kind: 'http',
      model: 'open',
      engine: 'readybench-open',
      requests: measured === 0 ? [] : [
        {
          labels: {},
          sent,
          completed: sent - failed,
          failed,
          statuses: failed === 0 ? { '200': sent } : { '200': sent - failed, '503': failed },
          errors: failed === 0 ? [] : [{ kind: '5xx', count: failed, example: 'GET /health answered 503 Service Unavailable: {"error":"queue full"}' }],
        },
      ],
    },
  };
}

function httpWindow(second: number, load: { ratePerSecond: number; p50Ms: number; errorShare: number; random: () => number }): HttpWindow {
  const { ratePerSecond, p50Ms, errorShare, random } = load;
  const sent = Math.max(1, Math.round(ratePerSecond * (0.9 + random() * 0.2)));
  const failed = Math.min(sent, Math.round(sent * errorShare * random() * 2));
  const p50 = p50Ms * (0.85 + random() * 0.3);
  const p95 = p50 * (1.9 + random());
  const p99 = p95 * (1.5 + random() * 1.2);
  return {
    second,
    offered: ratePerSecond,
    sent,
    completed: sent - failed,
    failed,
    inFlight: Math.ceil((sent * p50) / 1_000),
    p50: round3(p50),
    p95: round3(p95),
    p99: round3(p99),
    max: round3(p99 * 1.3),
    loopDelayP99Ms: round3(1.1 + random() * 2),
    loopUtilisation: round3(0.06 + random() * 0.05),
    dispatchLagP99Ms: round3(0.4 + random()),
    dropped: 0,
  };
}

/** A log-normal-like tail up to four nines. */
function spectrum(p50Ms: number): [number, number][] {
  return Array.from({ length: 60 }, (_, index) => {
    const quantile = 1 - 10 ** (-4 * (index / 59));
    return [Number(quantile.toFixed(6)), round3(p50Ms * (0.7 + 0.35 * index ** 0.5 + (index / 30) ** 3))];
  });
}

export interface EncodeOptions {
  name?: string;
  rounds?: number;
  jobs?: number;
  concurrency?: number[];
  encoders?: string[];
  wallMs?: number;
  seed?: number;
}

/** Encodes of the 30-second clip: one job is a single clip, more are a batch. */
export function encodeWorkload(options: EncodeOptions = {}): WorkloadRecord {
  const { name = 'encode-30s', rounds = 3, jobs = 1, concurrency = [1], encoders = ['libx264'], wallMs = 2_700, seed = 11 } = options;
  const random = seededRandom(seed);
  const done: EncodeJob[] = [];
  const metrics: Metric[] = [];
  const progress: { round: number; encoder: string; points: [number, number][] }[] = [];
  for (const encoder of encoders) {
    for (const level of concurrency) {
      const levelJobs = Array.from({ length: rounds }, (_, round) => encodeRound({ encoder, level, jobs, round, wallMs: encoder.endsWith('nvenc') ? wallMs / 4 : wallMs, random }));
      done.push(...levelJobs.flat());
      const labels: Record<string, string> = jobs === 1 ? { encoder } : { encoder, concurrency: String(level) };
      const perRound = (value: (jobs: EncodeJob[]) => number): number[] => levelJobs.map((each) => round3(value(each)));
      const add = (id: string, value: (jobs: EncodeJob[]) => number): void => {
        const values = perRound(value);
        metrics.push(metric(id, labels, median(values), values, jobs * rounds));
      };
      add('encode.wall', (each) => median(each.map((job) => job.wallMs)));
      if (jobs === 1) add('encode.cpu', (each) => median(each.map((job) => job.cpuMs ?? 0)));
      add('encode.fps', (each) => 720_000 / median(each.map((job) => job.wallMs)));
      add('encode.speed', (each) => 30_000 / median(each.map((job) => job.wallMs)));
      if (jobs > 1) {
        add('batch.makespan', (each) => Math.max(...each.map((job) => job.endMs)));
        add('batch.cpu', (each) => each.reduce((total, job) => total + (job.cpuMs ?? 0), 0));
        add('batch.videosPerHour', (each) => (3_600_000 * each.length) / Math.max(...each.map((job) => job.endMs)));
      }
      add('output.bytes', () => 7_400_000);
    }
    for (let round = 0; round < (jobs === 1 ? rounds : 0); round += 1) {
      progress.push({ round, encoder, points: Array.from({ length: Math.max(1, Math.round(wallMs / 250)) }, (_, index) => [(index + 1) * 250, round3((720_000 / wallMs) * (0.85 + random() * 0.3))]) });
    }
  }
  return {
    name,
    kind: 'encode',
    status: 'measured',
    validity: { status: 'valid', findings: [] },
    metrics,
    sla: [],
    comparison: [],
    notMeasured: [],
    histograms: [],
    series: { kind: 'encode', jobs: done, progress },
    detail: {
      kind: 'encode',
      clip: { name: 'bbb-480p', sha256: 'b5a9c2d4'.repeat(8), bytes: 5_253_880, codec: 'h264', width: 854, height: 480, framesPerSecond: 24, frames: 720, durationMs: 30_000 },
      commands: encoders.map((encoder) => ({ encoder, command: `ffmpeg -nostdin -i bbb-480p.mp4 -c:v ${encoder} -preset medium -b:v 2000000 -maxrate 3000000 -bufsize 4000000 -g 48 -bf 2 -pix_fmt yuv420p -an out.mp4` })),
      probes: encoders.map((encoder) => ({ encoder, available: true, cause: null, reason: null, remedy: null })),
    },
  };
}

function encodeRound(options: { encoder: string; level: number; jobs: number; round: number; wallMs: number; random: () => number }): EncodeJob[] {
  const { encoder, level, jobs, round, wallMs, random } = options;
  const freeAt = Array.from({ length: Math.min(level, jobs) }, () => 0);
  return Array.from({ length: jobs }, (_, job) => {
    const worker = freeAt.indexOf(Math.min(...freeAt));
    const startMs = freeAt[worker] ?? 0;
    const jobMs = wallMs * (1 + (level - 1) * 0.8) * (0.95 + random() * 0.1);
    freeAt[worker] = startMs + jobMs;
    return {
      round, encoder, concurrency: level, job, worker,
      startMs: round3(startMs), endMs: round3(startMs + jobMs), wallMs: round3(jobMs),
      cpuMs: encoder.endsWith('nvenc') ? round3(wallMs * 0.4) : round3(wallMs * 1.8),
      peakMemoryBytes: 182_000_000, firstOutputMs: round3(120 + random() * 30), frames: 720, outputBytes: 7_400_000, failure: null,
    };
  });
}

/** A limit on a metric, judged as the figure says. */
export function slaResult(source: WorkloadRecord, id: string, operator: '<=' | '>=', limit: number, more: Partial<SlaResult> = {}): SlaResult {
  const found = source.metrics.find((each) => each.id === id);
  const actual = found?.value ?? null;
  const kept = actual !== null && (operator === '<=' ? actual <= limit : actual >= limit);
  return {
    metric: metricKey(found ?? { id, labels: {} }),
    operator,
    limit,
    unit: found?.unit ?? metric(id, {}, 0, [], 0).unit,
    actual,
    interval: actual === null ? null : { low: round3(actual * 0.95), high: round3(actual * 1.08), confidence: 0.95 },
    n: found?.n ?? 0,
    samplesNeeded: null,
    verdict: actual === null ? 'not-measured' : kept ? 'pass' : 'breach',
    severity: 'critical',
    sentence: `${id} of ${source.name} is ${actual ?? 'not measured'}, the limit is ${limit}`,
    ...more,
  };
}

export function comparison(source: WorkloadRecord, id: string, change: number, more: Partial<ComparisonResult> = {}): ComparisonResult {
  const found = source.metrics.find((each) => each.id === id);
  const current = found?.value ?? null;
  return {
    metric: metricKey(found ?? { id, labels: {} }),
    verdict: 'same',
    unit: found?.unit ?? 'ms',
    baseline: current === null ? null : round3(current / (1 + change)),
    current,
    change,
    interval: { low: round3(change - 0.03), high: round3(change + 0.03), confidence: 0.95 },
    pValue: 0.4,
    suspected: false,
    smallestDetectable: 0.12,
    sessions: 8,
    sentence: `${id} of ${source.name} changed by ${(change * 100).toFixed(1)} %`,
    ...more,
  };
}

const noBaseline = (source: WorkloadRecord): ComparisonResult[] =>
  source.metrics.map((each) =>
    comparison(source, each.id, 0, {
      metric: metricKey(each),
      verdict: 'no-baseline', unit: each.unit, current: each.value, baseline: null, change: null, interval: null, pValue: null, smallestDetectable: null, sessions: 0, sentence: 'no baseline on this machine yet',
    }));

export const NVENC_MISSING: NotMeasured = {
  what: 'h264_nvenc',
  cause: 'no-driver',
  reason: 'ffmpeg has the encoder, but the NVIDIA driver is not there (Cannot load libcuda.so.1)',
  remedy: 'Install the NVIDIA driver, or pass the GPU into the container (docker run --gpus all).',
};

const SOURCE = `# yaml-language-server: $schema=../schema.json
name: video-generation-api
tags: [default]
target: { baseUrl: embedded, headers: { authorization: "Bearer \${secret.API_TOKEN}" } }
workloads:
  - name: health
    http:
      request: { method: GET, path: /health }
      load: { model: open, rate: 50, arrivals: poisson, duration: 15s, warmup: 3s }
    sla: { latency: { p50: 20ms, p95: 100ms, p99: 200ms }, errorRate: 1% }
`;

/** A whole run around workloads; `sections` replace its parts. */
export function recordOf(workloads: WorkloadRecord[], sections: { verdict?: Partial<RunRecord['verdict']>; run?: Partial<RunRecord['run']>; exitCode?: number } = {}): RunRecord {
  return {
    schemaVersion: 1,
    run: {
      id: '20260203-140509-k3f9',
      status: 'complete',
      startedAt: '2026-02-03T14:05:09.000Z',
      endedAt: '2026-02-03T14:07:01.000Z',
      durationMs: 112_000,
      profile: 'quick',
      seed: 42,
      rounds: 3,
      command: 'npx bench run scenarios/video-generation/api.yaml --profile quick --seed 42',
      insecureTls: false,
      git: { commit: '9f2c1ab47d0e5b8836c2f1a09d4e7b6c5a3f2e1d', branch: 'main', dirty: false },
      tools: { readybench: '0.1.0', node: 'v20.19.5', ffmpeg: { path: '/usr/bin/ffmpeg', version: '5.1.7-0+deb12u1', source: 'PATH', configuration: '--enable-gpl --enable-libx264 --enable-nvenc' } },
      ...sections.run,
    },
    environment: {
      hard: { cpu: 'AMD EPYC 7B13', cores: 2, memoryGiB: 8, architecture: 'x64', gpu: null, virtualisation: 'kvm' },
      soft: { kernel: '6.1.0-28-cloud-amd64', os: 'Debian GNU/Linux 12', node: 'v20.19.5' },
      hash: 'e3b0c44298fc1c14',
    },
    verdict: { status: 'pass', sentence: 'All limits are kept.', reasons: [], warnings: [], ...sections.verdict },
    exitCode: sections.exitCode ?? 0,
    scenarios: [{ name: 'video-generation-api', file: 'scenarios/video-generation/api.yaml', sha256: '5d41402a'.repeat(8), target: 'embedded', source: SOURCE, workloads }],
  };
}

const reason = (kind: Reason['kind'], sentence: string, more: Partial<Reason> = {}): Reason => ({ kind, scenario: 'video-generation-api', workload: null, metric: null, sentence, ...more });

const judged = (workload: WorkloadRecord): WorkloadRecord => ({
  ...workload,
  sla:
    workload.kind === 'http'
      ? [slaResult(workload, 'latency.p50', '<=', 20), slaResult(workload, 'latency.p95', '<=', 100), slaResult(workload, 'latency.p99', '<=', 200), slaResult(workload, 'errors.rate', '<=', 0.01)]
      : [slaResult(workload, 'encode.wall', '<=', 420_000, { n: 3, interval: null })],
});

/** Everything kept, first run on this machine: NVENC could not run and there is no baseline. */
export function passRecord(options: { rounds?: number } = {}): RunRecord {
  const rounds = options.rounds ?? 3;
  const workloads: WorkloadRecord[] = [
    judged(httpWorkload({ rounds })),
    judged(httpWorkload({ name: 'submit', rounds, ratePerSecond: 5, p50Ms: 8.4, seed: 9 })),
    { ...judged(encodeWorkload({ rounds })), status: 'partly-measured', notMeasured: [NVENC_MISSING] },
    { ...judged(encodeWorkload({ name: 'encode-batch-10', rounds, jobs: 10, concurrency: [1, 2] })), status: 'partly-measured', notMeasured: [NVENC_MISSING] },
  ];
  return recordOf(workloads.map((each) => ({ ...each, comparison: noBaseline(each) })), {
    verdict: {
      sentence: 'All 10 limits are kept; there is no baseline on this machine yet.',
      warnings: [reason('no-baseline', 'No baseline on this machine yet: nothing was compared.'), reason('not-measured', 'h264_nvenc was not measured.', { workload: 'encode-30s' })],
    },
    run: { rounds },
  });
}

/** The same machine, both encoders, compared with a baseline: nothing changed. */
export function baselinedRecord(): RunRecord {
  const workloads = [judged(httpWorkload()), judged(encodeWorkload({ encoders: ['libx264', 'h264_nvenc'] }))].map((each) => ({
    ...each,
    comparison: each.metrics.filter(({ labels }) => labels['encoder'] !== 'h264_nvenc').map(({ id }, index) => comparison(each, id, 0.004 * (index - 2))),
  }));
  return recordOf(workloads, { verdict: { sentence: 'All 5 limits are kept and nothing got worse than the baseline.' } });
}

/** p95 and p99 of one workload beyond their limits, errors with an example. */
export function breachRecord(): RunRecord {
  const slow = httpWorkload({ name: 'submit', p50Ms: 180, errorShare: 0.03, seed: 5 });
  const sla = [
    slaResult(slow, 'latency.p50', '<=', 200),
    slaResult(slow, 'latency.p95', '<=', 400),
    slaResult(slow, 'latency.p99', '<=', 500, { verdict: 'undecided', interval: { low: 470, high: 980, confidence: 0.95 } }),
    slaResult(slow, 'errors.rate', '<=', 0.01),
  ];
  const sentence = 'submit: p95 latency is 432 ms, the limit is 400 ms.';
  return recordOf([{ ...slow, sla, comparison: noBaseline(slow) }, judged(httpWorkload())], {
    verdict: {
      status: 'fail',
      sentence,
      reasons: [reason('sla', sentence, { workload: 'submit', metric: 'latency.p95' }), reason('sla', 'submit: error rate is 2.9 %, the limit is 1 %.', { workload: 'submit', metric: 'errors.rate' })],
    },
    exitCode: 1,
  });
}

/** Limits kept, but slower than the baseline. */
export function regressionRecord(): RunRecord {
  const http = judged(httpWorkload({ p50Ms: 9.8 }));
  const encode = judged(encodeWorkload());
  const sentence = 'health: p95 latency rose by 58 % against the baseline (14.9 ms to 23.5 ms).';
  return recordOf(
    [
      {
        ...http,
        comparison: [
          comparison(http, 'latency.p95', 0.58, { verdict: 'regression', pValue: 0.0008, suspected: true, interval: { low: 0.49, high: 0.67, confidence: 0.95 } }),
          comparison(http, 'latency.p50', 0.07, { verdict: 'inconclusive', pValue: 0.04, suspected: true }),
          comparison(http, 'latency.p99', 0.02),
          comparison(http, 'throughput', -0.001),
          comparison(http, 'errors.rate', 0, { change: null, interval: null, pValue: null }),
        ],
      },
      { ...encode, comparison: [comparison(encode, 'encode.wall', -0.11, { verdict: 'improved', pValue: 0.002 }), comparison(encode, 'encode.cpu', 0.01), comparison(encode, 'encode.fps', 0.12, { verdict: 'advisory', pValue: null })] },
    ],
    { verdict: { status: 'fail', sentence, reasons: [reason('regression', sentence, { workload: 'health', metric: 'latency.p95' })] }, exitCode: 3 },
  );
}

/** The load generator was the bottleneck: no figure of it can be trusted. */
export function invalidRecord(): RunRecord {
  const http = judged(httpWorkload({ ratePerSecond: 30_000, p50Ms: 60 }));
  const findings: Finding[] = [0, 1, 2].map((round) => ({
    severity: 'invalid',
    code: 'generator-saturated',
    message: 'The load generator was the bottleneck: 41 % of seconds above 0.9 event-loop utilisation, 88 % of the asked rate was sent.',
    remedy: 'Lower the rate, raise workers, or run the generator on another machine.',
    round,
  }));
  findings.push({ severity: 'warning', code: 'cpu-steal', message: 'Other guests took 6.2 % of the processor.', remedy: 'Repeat on a quieter machine.', round: 1 });
  const sentence = 'health: the load generator was the bottleneck; its latencies say nothing about the service.';
  const notCompared = http.metrics.map((each) => comparison(http, each.id, 0, { verdict: 'not-comparable', baseline: null, change: null, interval: null, pValue: null, smallestDetectable: null, sessions: 0, sentence: 'not compared: the measurement is invalid' }));
  return recordOf([{ ...http, validity: { status: 'invalid', findings }, comparison: notCompared }], { verdict: { status: 'invalid', sentence, reasons: [reason('invalid', sentence, { workload: 'health' })] }, exitCode: 4 });
}

/** A run of NVENC alone on a machine without a GPU: no figure at all. */
export function nothingMeasuredRecord(): RunRecord {
  const empty = encodeWorkload({ encoders: [] });
  return recordOf(
    [{
      ...empty,
      status: 'not-measured',
      notMeasured: [NVENC_MISSING],
      sla: [slaResult(empty, 'encode.wall', '<=', 180_000, { metric: 'encode.wall{encoder=h264_nvenc}' })],
      detail: empty.detail.kind === 'encode' ? { ...empty.detail, probes: [{ encoder: 'h264_nvenc', available: false, cause: 'no-driver', reason: NVENC_MISSING.reason, remedy: NVENC_MISSING.remedy }] } : empty.detail,
    }],
    { verdict: { status: 'invalid', sentence: 'Nothing was measured: h264_nvenc cannot run here.', reasons: [reason('not-measured', 'Nothing was measured: h264_nvenc cannot run here.')] }, exitCode: 4, run: { tools: { readybench: '0.1.0', node: 'v20.19.5', ffmpeg: null }, git: null } },
  );
}

/** Ctrl-C in the second of three rounds. */
export function interruptedRecord(): RunRecord {
  return recordOf([judged(httpWorkload({ measuredRounds: 2 })), httpWorkload({ name: 'submit', measuredRounds: 0 })], {
    run: { status: 'interrupted', endedAt: null, durationMs: 41_000 },
    verdict: { status: 'interrupted', sentence: 'Interrupted after 2 of 3 rounds: what was measured is kept, nothing is concluded.', reasons: [reason('interrupted', 'Interrupted after 2 of 3 rounds.')] },
    exitCode: 130,
  });
}

/** One round of two seconds: too short for a tail and for a chart. */
export function shortRecord(): RunRecord {
  const http = httpWorkload({ rounds: 1, seconds: 2, ratePerSecond: 10 });
  const encode = encodeWorkload({ rounds: 1, wallMs: 240 });
  const sla = [slaResult(http, 'latency.p50', '<=', 20), slaResult(http, 'latency.p99', '<=', 200, { verdict: 'too-few-samples', samplesNeeded: 299, actual: null, interval: null })];
  return recordOf([{ ...http, sla }, encode], { run: { rounds: 1, durationMs: 2_900, profile: 'smoke' }, verdict: { sentence: '1 of 2 limits is kept; p99 latency has too few samples.', warnings: [reason('sla', 'health: p99 latency has 20 samples, it needs 299.')] } });
}

export const HOSTILE = [
  '</script><script>window.pwned=1</script>',
  '<img src=x onerror="window.pwned=1">',
  `"' onmouseover='window.pwned=1' x="`,
  '\u001b[2J\u001b[31mFAKE PASS\u001b[0m\u001b]0;title\u0007',
  '<!--<script>',
  ']]>&lt;b&gt;&amp;',
  '| broken | table |\n\n# Heading\n```\n@everyone [x](javascript:alert(1))',
  '\u202Egnp.exe\u2028\u2029\u0000\u0008',
  '${7*7}{{7*7}}',
  `${'very-long-name-'.repeat(40)}end`,
];

/** Text that wants to be markup in every place where text of a service, a file or a machine can stand. */
export function hostileRecord(text: string = HOSTILE.join(' ')): RunRecord {
  const http = judged(httpWorkload({ errorShare: 0.05 }));
  const encode = encodeWorkload({ rounds: 1, jobs: 3, concurrency: [2] });
  const request = { labels: { step: text }, sent: 10, completed: 5, failed: 5, statuses: { [text]: 5 }, errors: [{ kind: text, count: 5, example: text }] };
  const broken: WorkloadRecord = {
    ...http,
    name: text,
    validity: { status: 'suspect', findings: [{ severity: 'warning', code: text, message: text, remedy: text }] },
    sla: http.sla.map((each) => ({ ...each, sentence: text, metric: `latency.p95{step=${text}}` })),
    comparison: [comparison(http, 'latency.p95', 0.5, { verdict: 'regression', sentence: text, metric: `latency.p95{step=${text}}` })],
    notMeasured: [{ what: text, cause: text, reason: text, remedy: text }],
    series: http.series.kind === 'http' ? { ...http.series, spectrum: [{ labels: { step: text }, points: spectrum(2) }] } : http.series,
    detail: { kind: 'http', model: 'open', engine: text, requests: [request] },
  };
  const jobs = encode.series.kind === 'encode' ? encode.series.jobs : [];
  const failing: WorkloadRecord = {
    ...encode,
    name: text,
    series: { kind: 'encode', jobs: jobs.map((job) => ({ ...job, encoder: text, failure: { cause: text, message: text, remedy: text } })), progress: [{ round: 0, encoder: text, points: Array.from({ length: 9 }, (_, index) => [index * 100, 200]) }] },
    metrics: encode.metrics.map((each) => ({ ...each, labels: { encoder: text, concurrency: '2' } })),
    detail: encode.detail.kind === 'encode' ? { ...encode.detail, clip: { ...encode.detail.clip, name: text, codec: text }, commands: [{ encoder: text, command: text }], probes: [{ encoder: text, available: false, cause: text, reason: text, remedy: text }] } : encode.detail,
  };
  const record = recordOf([broken, failing], {
    verdict: { status: 'fail', sentence: text, reasons: [reason('sla', text, { workload: text, metric: text })], warnings: [reason('not-measured', text)] },
    run: { id: text, profile: text, command: text, git: { commit: text, branch: text, dirty: true }, insecureTls: true, startedAt: text },
    exitCode: 1,
  });
  return {
    ...record,
    environment: { hard: { [text]: text }, soft: { [text]: text }, hash: text },
    scenarios: record.scenarios.map((each) => ({ ...each, name: text, file: text, sha256: text, target: text, source: text })),
  };
}

function sum(windows: readonly HttpWindow[], key: 'sent' | 'failed' | 'completed'): number {
  return windows.reduce((total, window) => total + window[key], 0);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
