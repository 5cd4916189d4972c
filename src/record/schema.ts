import { z } from 'zod';

/**
 * The run record, `result.json`: what was measured, on what, and what was made of it.
 * Times are milliseconds unless a unit says otherwise. Fields are added, never changed in meaning; a change of meaning
 * raises `SCHEMA_VERSION`.
 */
export const SCHEMA_VERSION = 1;

/** What tells two metrics of one id apart inside a workload: `{ encoder: 'libx264', concurrency: '2' }`, `{ step: 'submit' }`. */
const labels = z.record(z.string(), z.string());

export const unit = z.enum(['ms', '1/s', '1/h', 'ratio', 'fps', 'x', 'bytes', 'bytes/s', 'bit/s', 'dB', 'score', 'count', 'J', 'W', 'share']);

const metric = z.object({
  id: z.string().describe('stable and dotted: latency.p95'),
  labels,
  unit,
  better: z.enum(['lower', 'higher']),
  value: z.number().describe('of the whole run: percentiles from the merged histogram, shares from all requests together, otherwise the median of the rounds'),
  rounds: z.array(z.number().nullable()).describe('one value a round, aligned with the round number; null where that round has none'),
  n: z.number().int().describe('samples behind `value`'),
});

const finding = z.object({
  severity: z.enum(['warning', 'invalid']),
  code: z.string().describe('stable, kebab-case: generator-saturated'),
  message: z.string(),
  remedy: z.string(),
  round: z.number().int().optional(),
});

const waived = z.object({ until: z.string().describe('the last day on which it holds'), reason: z.string() }).optional().describe('a person accepts this fault until then: it fails nothing');

const slaVerdict = z.enum(['pass', 'breach', 'undecided', 'too-few-samples', 'not-measured']);

const slaResult = z.object({
  metric: z.string().describe('metric key: id, or id{label=value,…}'),
  operator: z.enum(['<=', '>=']),
  limit: z.number(),
  unit,
  actual: z.number().nullable(),
  interval: z.object({ low: z.number(), high: z.number(), confidence: z.number() }).nullable(),
  n: z.number().int(),
  samplesNeeded: z.number().int().nullable().describe('where there are too few'),
  verdict: slaVerdict,
  severity: z.enum(['critical', 'warning', 'info']),
  sentence: z.string(),
  waived,
});

const comparisonVerdict = z.enum(['regression', 'improved', 'same', 'inconclusive', 'advisory', 'no-baseline', 'not-comparable', 'not-measured']);

const comparisonResult = z.object({
  metric: z.string(),
  verdict: comparisonVerdict,
  unit,
  baseline: z.number().nullable(),
  current: z.number().nullable(),
  change: z.number().nullable().describe('current / baseline − 1'),
  interval: z.object({ low: z.number(), high: z.number(), confidence: z.number() }).nullable().describe('of the change'),
  pValue: z.number().nullable().describe('one-sided, adjusted over all gated metrics of the run (Holm)'),
  suspected: z.boolean().describe('worse by the minimum effect or more and improbable (p <= 0.10) had nothing changed; not a regression by itself'),
  smallestDetectable: z.number().nullable().describe('smallest change this comparison would have seen, as a share'),
  sessions: z.number().int().describe('stored sessions compared with'),
  pairs: z.number().int().optional().describe('of a paired comparison (--against): rounds in which both sides were measured; absent where stored sessions were compared with'),
  sentence: z.string(),
  waived,
});

const notMeasured = z.object({
  what: z.string().describe('h264_nvenc'),
  cause: z.string().describe('stable, kebab-case: no-driver'),
  reason: z.string(),
  remedy: z.string(),
});

const histogram = z.object({
  id: z.string().describe('latency, service, firstByte, connect, tls, iteration; failed: of wrong answers and broken connections'),
  labels,
  round: z.number().int(),
  unit: z.literal('us'),
  encoded: z.string().describe('HdrHistogram V2, deflated, base64'),
});

/** One second of load. Latencies in ms; null where nothing completed. */
const httpWindow = z.object({
  second: z.number().int(),
  offered: z.number().describe('arrivals that were due; closed loop: requests sent'),
  sent: z.number(),
  completed: z.number().describe('answered as expected'),
  failed: z.number().describe('everything else that ended: wrong answers, broken connections, timeouts, dropped arrivals'),
  inFlight: z.number(),
  p50: z.number().nullable(),
  p95: z.number().nullable(),
  p99: z.number().nullable(),
  max: z.number().nullable(),
  loopDelayP99Ms: z.number().nullable(),
  loopUtilisation: z.number().nullable(),
  dispatchLagP99Ms: z.number().nullable(),
  dropped: z.number().describe('arrivals not sent because the in-flight limit was reached; also in `failed`'),
});

const httpSeries = z.object({
  kind: z.literal('http'),
  rounds: z.array(z.object({ round: z.number().int(), windows: z.array(httpWindow) })),
  spectrum: z.array(z.object({ labels, points: z.array(z.tuple([z.number(), z.number()])).describe('[quantile 0..1, latency ms]') })),
});

const encodeJob = z.object({
  round: z.number().int(),
  encoder: z.string().describe('with what tells it from its other cases: h264_nvenc, decoded by gpu'),
  concurrency: z.number().int(),
  job: z.number().int(),
  worker: z.number().int(),
  startMs: z.number().describe('since the start of its batch'),
  endMs: z.number(),
  wallMs: z.number(),
  cpuMs: z.number().nullable(),
  peakMemoryBytes: z.number().nullable(),
  firstOutputMs: z.number().nullable(),
  frames: z.number().int().nullable(),
  outputBytes: z.number().nullable(),
  failure: z.object({ cause: z.string(), message: z.string(), remedy: z.string() }).nullable(),
});

const encodeSeries = z.object({
  kind: z.literal('encode'),
  jobs: z.array(encodeJob),
  progress: z.array(z.object({ round: z.number().int(), encoder: z.string(), points: z.array(z.tuple([z.number(), z.number()])).describe('[ms since start, fps in that interval]') })),
});

const errorGroup = z.object({
  kind: z.string().describe('timeout, refused, reset, dns, tls, 4xx, 5xx, check, capture, dropped, redirect, other'),
  count: z.number().int(),
  example: z.string(),
});

const httpDetail = z.object({
  kind: z.literal('http'),
  model: z.enum(['open', 'closed']),
  engine: z.string().describe('which engine sent the load: readybench-open, readybench-closed, autocannon'),
  requests: z.array(
    z.object({
      labels,
      sent: z.number().int(),
      completed: z.number().int(),
      failed: z.number().int(),
      statuses: z.record(z.string(), z.number().int()),
      errors: z.array(errorGroup),
    }),
  ),
  iterations: z.array(z.object({ labels, completed: z.number().int(), failed: z.number().int() })).optional().describe('of flows: all steps as expected, or ended early'),
});

const qualityFigures = { psnr: z.number().nullable(), ssim: z.number().nullable(), vmaf: z.number().nullable() };

const sweepLevel = z.object({
  concurrency: z.number().int(),
  rounds: z.number().int(),
  makespanMs: z.number().nullable(),
  videosPerHour: z.number().nullable(),
  speedup: z.number().nullable().describe('throughput against one at a time'),
  efficiency: z.number().nullable().describe('speedup by worker'),
  jobP50Ms: z.number().nullable(),
  jobP95Ms: z.number().nullable().describe('null below 20 jobs'),
  jobMaxMs: z.number().nullable(),
  slowestWorkerMs: z.number().nullable(),
  tailMs: z.number().nullable().describe('from the first idle worker to the end'),
  failures: z.array(z.object({ cause: z.string(), count: z.number().int() })),
});

/** What the jobs of a workload come to; computed by the workload, so that every report says the same. */
const encodeAnalysis = z.object({
  reference: z.string().nullable().describe('the encoder that ratios are against'),
  targetBitrate: z.number().describe('bit/s asked of every encoder'),
  equalRate: z.array(
    z.object({
      subject: z.string(),
      framesPerSecond: z.number(),
      bitsPerSecond: z.number(),
      deviation: z.number().describe('of the bit rate from its target, as a share'),
      ...qualityFigures,
      ratios: z.object({ s: z.number(), b: z.number(), q: z.number() }).nullable().describe('vbench: speed, bit rate, quality against the reference; above 1 is better'),
      scores: z.object({ upload: z.number(), live: z.number(), vod: z.number(), popular: z.number(), platform: z.number() }).nullable().describe('vbench scenarios; 0: its constraint is missed'),
      pareto: z.boolean().describe('nothing measured here is both faster and better'),
    }),
  ),
  curve: z.array(z.object({ encoder: z.string(), targetBitrate: z.number(), bitsPerSecond: z.number(), ...qualityFigures, wallMs: z.number(), cpuMs: z.number().nullable(), framesPerSecond: z.number() })),
  equalQuality: z
    .object({
      psnr: z.number().describe('of the reference at the target bit rate'),
      encoders: z.array(z.object({ encoder: z.string(), bitsPerSecond: z.number().nullable(), framesPerSecond: z.number().nullable(), bdRate: z.number().nullable().describe('−0.2: 20 % less bit rate than the reference for the same quality'), why: z.string().nullable() })),
    })
    .nullable(),
  bounds: z.array(z.object({ subject: z.string(), framesPerSecond: z.number(), decodeFramesPerSecond: z.number(), bound: z.enum(['decode', 'encode', 'both']) })),
  sweeps: z.array(z.object({ subject: z.string(), levels: z.array(sweepLevel), knee: z.number().int().nullable(), best: z.number().int().nullable() })),
  costs: z
    .object({
      currency: z.string(),
      perVideo: z.array(z.object({ subject: z.string(), pricePerHour: z.number(), videosPerHour: z.number(), cost: z.number() })),
      breakEven: z.object({ cpu: z.string(), gpu: z.string(), speedup: z.number(), needed: z.number(), cheaper: z.enum(['cpu', 'gpu', 'equal']) }).nullable(),
      missing: z.array(z.string()),
    })
    .nullable(),
});

/** What the machine did while one case was measured. Null: not known here; never 0 for unknown. */
const hostLoad = z.object({
  round: z.number().int(),
  subject: z.string(),
  concurrency: z.number().int(),
  cpuMean: z.number().nullable().describe('share of all cores'),
  cpuMax: z.number().nullable(),
  memoryMaxBytes: z.number().nullable(),
  diskReadBytes: z.number().nullable(),
  diskWrittenBytes: z.number().nullable(),
  cpuEnergyJ: z.number().nullable(),
  gpu: z
    .object({
      samples: z.number().int(),
      utilisation: z.number().nullable(),
      encoder: z.number().nullable(),
      encoderMax: z.number().nullable(),
      decoder: z.number().nullable(),
      sessionsMax: z.number().nullable(),
      powerW: z.number().nullable(),
      energyJ: z.number().nullable(),
      temperatureMaxC: z.number().nullable(),
    })
    .nullable(),
});

const encodeDetail = z.object({
  kind: z.literal('encode'),
  clip: z.object({
    name: z.string(),
    sha256: z.string(),
    bytes: z.number(),
    codec: z.string(),
    width: z.number().int(),
    height: z.number().int(),
    framesPerSecond: z.number(),
    frames: z.number().int(),
    durationMs: z.number(),
  }),
  commands: z.array(z.object({ encoder: z.string(), command: z.string() })),
  probes: z.array(
    z.object({
      encoder: z.string(),
      available: z.boolean(),
      device: z.string().nullable().optional().describe('the GPU that encoded'),
      cause: z.string().nullable(),
      reason: z.string().nullable(),
      remedy: z.string().nullable(),
    }),
  ),
  parity: z.array(z.object({ encoder: z.string(), preset: z.string(), profile: z.string().nullable(), unlike: z.array(z.string()) })).optional().describe('what each encoder was given, and what the same options do not make the same'),
  sessionCaps: z.array(z.object({ encoder: z.string(), cap: z.number().int().nullable().describe('null: none found'), tried: z.number().int() })).optional(),
  quality: z.array(z.object({ round: z.number().int(), subject: z.string(), sha256: z.string(), frames: z.number().int(), ...qualityFigures })).optional().describe('one entry for each distinct output'),
  load: z.array(hostLoad).optional(),
  analysis: encodeAnalysis.optional(),
});

const confirmation = z.object({
  from: z.number().int().describe('the first round measured afresh, after all the planned ones, because something looked worse than its baseline'),
  metrics: z.array(z.string()).describe('metric keys that were flagged; fresh rounds alone decide on them'),
});

/** One job, from its submit to its end. Times are ms since the round began unless they are lengths. */
const jobRun = z.object({
  round: z.number().int(),
  job: z.number().int(),
  lane: z.number().int().describe('a row of its own while it is under way, for drawing'),
  outcome: z
    .enum(['done', 'failed', 'timeout', 'rejected', 'wrong-result', 'lost', 'unreachable', 'unclear', 'duplicate', 'not-submitted', 'interrupted'])
    .describe('done: ended well with the right result; failed: the service says so; rejected: the submit was; lost: the service knows it no more; unclear: its state cannot be read; duplicate: the id of another job; interrupted ones are not counted'),
  submittedMs: z.number().describe('when it was due'),
  acceptedMs: z.number().nullable().describe('when the submit was answered'),
  endMs: z.number().describe('when its end was seen'),
  lateByMs: z.number().nullable().describe('its end was seen at most this late: what lies between the poll before and the one that saw it'),
  queueWaitMs: z.number().nullable().describe("length, by the service's clock"),
  processingMs: z.number().nullable().describe("length, by the service's clock"),
  polls: z.number().int(),
  bytes: z.number().nullable().describe('of the result'),
  removed: z.enum(['yes', 'no', 'not-asked']).describe('whether the delete step removed it'),
  message: z.string().nullable().describe('why it did not end well: with what was sent and what came back'),
});

const jobSeries = z.object({ kind: z.literal('job'), jobs: z.array(jobRun) });

const jobDetail = z.object({
  kind: z.literal('job'),
  jobs: z.number().int().describe('in each round'),
  concurrency: z.number().int().nullable(),
  ratePerSecond: z.number().nullable(),
  timeoutMs: z.number(),
  seenBy: z.enum(['poll', 'webhook']),
  pollIntervalMs: z.number().nullable().describe('null with a webhook'),
  lateBy: z.object({ medianMs: z.number(), maxMs: z.number() }).nullable().describe('by how much completions were seen late at most: the error of polling'),
  outcomes: z.record(z.string(), z.number().int()),
  failures: z.array(z.object({ outcome: z.string(), count: z.number().int(), example: z.string() })),
  leftovers: z.object({ count: z.number().int(), example: z.string() }).nullable().describe('jobs that the delete step could not remove'),
});

const against = z.object({
  label: z.string().describe('what was measured in turns with the subject of this run: a URL, an ffmpeg, a git ref or a command'),
  validity: z.object({ status: z.enum(['valid', 'suspect', 'invalid']), findings: z.array(finding) }),
  metrics: z.array(metric),
});

/** Checks of behaviour have no series. */
const checkSeries = z.object({ kind: z.literal('check') });

const checkDetail = z.object({
  kind: z.literal('check'),
  checks: z.array(
    z.object({
      name: z.string().describe('rateLimit, auth, …'),
      verdict: z.enum(['pass', 'fail']),
      sentences: z.array(z.string()).describe('what does not hold; of a check that passes, what was seen'),
      evidence: z.array(z.object({ sent: z.string(), received: z.string() })).describe('requests and answers, without credentials'),
    }),
  ),
});

const workload = z.object({
  name: z.string(),
  kind: z.string(),
  status: z.enum(['measured', 'partly-measured', 'not-measured', 'interrupted']),
  validity: z.object({ status: z.enum(['valid', 'suspect', 'invalid']), findings: z.array(finding) }),
  testDouble: z.boolean().optional().describe('true: measured on a stand-in for the real device; never a baseline'),
  metrics: z.array(metric),
  confirmation: confirmation.optional(),
  against: against.optional().describe('paired A/B (--against): the other side, measured in the same rounds'),
  sla: z.array(slaResult),
  comparison: z.array(comparisonResult),
  notMeasured: z.array(notMeasured),
  histograms: z.array(histogram),
  series: z.discriminatedUnion('kind', [httpSeries, encodeSeries, jobSeries, checkSeries]),
  detail: z.discriminatedUnion('kind', [httpDetail, encodeDetail, jobDetail, checkDetail]),
});

const note = z.object({
  kind: z.enum(['changed', 'drift']).describe('changed: tools or system since the baseline; drift: of a metric since the release anchor, a warning'),
  workload: z.string().nullable(),
  metric: z.string().nullable(),
  sentence: z.string(),
});

const scenario = z.object({
  name: z.string(),
  file: z.string(),
  sha256: z.string().describe('of what is measured (workloads after the profile), not of where: comments, target and SLA do not change it'),
  target: z.string().nullable().describe('base URL, or null where no workload needs one'),
  source: z.string().describe('the file as written; secrets are references and never values'),
  workloads: z.array(workload),
  notes: z.array(note).optional().describe('what to know of the comparison; absent where nothing was compared'),
});

const control = z.object({
  rounds: z.array(z.object({ kernelMs: z.number(), loopbackMs: z.number(), waitShare: z.number().nullable() })).describe('before every round: a fixed piece of work, a null server over loopback, and how long the work waited for a processor'),
  stealShare: z.number().nullable().describe('processor time that the hypervisor gave to others during the run'),
  findings: z.array(finding).describe('what disturbed the environment; a regression found in spite of one makes its workload invalid instead'),
});

const ffmpegTool = z.object({ path: z.string(), version: z.string(), source: z.enum(['FFMPEG_PATH', 'PATH', 'npm']), configuration: z.string() });

const k6Tool = z.object({ path: z.string().describe('empty where it ran elsewhere'), version: z.string(), segments: z.number().int() }).describe('present where k6 sent the load');

const reason = z.object({
  kind: z.enum(['internal', 'usage', 'tool-missing', 'unreachable', 'invalid', 'sla', 'regression', 'no-baseline', 'not-measured', 'interrupted']),
  scenario: z.string().nullable(),
  workload: z.string().nullable(),
  metric: z.string().nullable(),
  sentence: z.string(),
});

export const runRecord = z.object({
  schemaVersion: z.literal(SCHEMA_VERSION),
  run: z.object({
    id: z.string(),
    status: z.enum(['running', 'complete', 'interrupted', 'failed']),
    startedAt: z.string(),
    endedAt: z.string().nullable(),
    durationMs: z.number(),
    profile: z.string(),
    seed: z.number().int(),
    rounds: z.number().int().describe('asked for; a scenario can ask for its own number'),
    command: z.string().describe('reproduces the run'),
    insecureTls: z.boolean(),
    git: z.object({ commit: z.string(), branch: z.string().nullable(), dirty: z.boolean() }).nullable(),
    tools: z.object({ readybench: z.string(), node: z.string(), ffmpeg: ffmpegTool.nullable(), k6: k6Tool.optional() }),
  }),
  control: control.optional().describe('the control workload of the run; absent with --no-control'),
  environment: z.object({
    hard: z.record(z.string(), z.union([z.string(), z.number(), z.null()])).describe('a difference here means another machine: figures do not compare'),
    soft: z.record(z.string(), z.union([z.string(), z.number(), z.null()])).describe('a difference here is shown'),
    hash: z.string().describe('of `hard`'),
  }),
  verdict: z.object({
    status: z.enum(['pass', 'fail', 'invalid', 'interrupted', 'error']),
    sentence: z.string(),
    reasons: z.array(reason).describe('worst first'),
    warnings: z.array(reason),
  }),
  exitCode: z.number().int(),
  scenarios: z.array(scenario),
});

export type RunRecord = z.infer<typeof runRecord>;
export type ScenarioRecord = z.infer<typeof scenario>;
export type WorkloadRecord = z.infer<typeof workload>;
export type ScenarioNote = z.infer<typeof note>;
export type Metric = z.infer<typeof metric>;
export type Confirmation = z.infer<typeof confirmation>;
export type Unit = z.infer<typeof unit>;
export type Labels = z.infer<typeof labels>;
export type ControlRecord = z.infer<typeof control>;
export type Finding = z.infer<typeof finding>;
export type SlaResult = z.infer<typeof slaResult>;
export type SlaVerdict = z.infer<typeof slaVerdict>;
export type ComparisonResult = z.infer<typeof comparisonResult>;
export type ComparisonVerdict = z.infer<typeof comparisonVerdict>;
export type NotMeasured = z.infer<typeof notMeasured>;
export type HistogramRecord = z.infer<typeof histogram>;
export type HttpSeries = z.infer<typeof httpSeries>;
export type HttpWindow = z.infer<typeof httpWindow>;
export type HttpDetail = z.infer<typeof httpDetail>;
export type EncodeSeries = z.infer<typeof encodeSeries>;
export type EncodeDetail = z.infer<typeof encodeDetail>;
export type EncodeAnalysis = z.infer<typeof encodeAnalysis>;
export type HostLoad = z.infer<typeof hostLoad>;
export type EncodeJob = z.infer<typeof encodeJob>;
export type CheckDetail = z.infer<typeof checkDetail>;
export type JobRun = z.infer<typeof jobRun>;
export type JobSeries = z.infer<typeof jobSeries>;
export type JobDetail = z.infer<typeof jobDetail>;
export type ErrorGroup = z.infer<typeof errorGroup>;
export type FfmpegTool = z.infer<typeof ffmpegTool>;
export type Environment = RunRecord['environment'];
export type Verdict = RunRecord['verdict'];
export type Reason = z.infer<typeof reason>;
export type RunTools = RunRecord['run']['tools'];
