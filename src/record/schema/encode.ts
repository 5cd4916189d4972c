import { z } from 'zod';

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

export const encodeSeries = z.object({
  kind: z.literal('encode'),
  jobs: z.array(encodeJob),
  progress: z.array(z.object({ round: z.number().int(), encoder: z.string(), points: z.array(z.tuple([z.number(), z.number()])).describe('[ms since start, fps in that interval]') })),
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

export const encodeDetail = z.object({
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

export type EncodeJob = z.infer<typeof encodeJob>;
export type EncodeSeries = z.infer<typeof encodeSeries>;
export type EncodeAnalysis = z.infer<typeof encodeAnalysis>;
export type HostLoad = z.infer<typeof hostLoad>;
export type EncodeDetail = z.infer<typeof encodeDetail>;
