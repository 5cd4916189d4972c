import { stat } from 'node:fs/promises';
import { z } from 'zod';
import { capacityRecord } from './capacity.ts';
import { readJson } from './read.ts';

/** `scaling.json`: throughput over concurrency and the law of scalability fitted to it. Times in ms, throughput per second. */
export const SCALING_FILE = 'scaling.json';

const round = z.object({
  round: z.number().int(),
  throughputPerSecond: z.number().nullable().describe('completed well; null: nothing was measured'),
  residenceMs: z.number().nullable().describe('mean, from start to end'),
  p95Ms: z.number().nullable(),
  inFlight: z.number().nullable().describe('mean number under way, counted by itself; null where nobody counts it, or a round of requests was too short for it'),
  failedShare: z.number().nullable().optional().describe('of requests, jobs or encodes; what failed is in no throughput and no time; absent in older records'),
  littleOff: z.number().nullable().describe("Little's law: throughput × residence / in flight − 1; null: not checked"),
  machineBusy: z.number().nullable().describe('share of the processors of this machine, of encodes while this subject was encoded; null where the system does not say'),
  bytes: z.number().nullable().optional().describe('median size of a result; absent in older records'),
  unfit: z.string().nullable().optional().describe('why it says nothing, as far as the workload knows: the generator, its set-up, failures, too few at work; absent in older records'),
  invalid: z.string().nullable().describe('why it does not count: unfit, or Little’s law; null where it does'),
});

const level = z.object({
  concurrency: z.number().int(),
  rounds: z.array(round),
  throughputPerSecond: z.number().nullable().describe('median of the rounds that count'),
  residenceMs: z.number().nullable(),
  p95Ms: z.number().nullable(),
});

const parameter = z.object({ value: z.number(), low: z.number(), high: z.number() });

const fit = z.object({
  sigma: parameter.describe('contention: the share of the work that is done one at a time'),
  kappa: parameter.describe('coherence: what keeping each in step with every other costs'),
  lambda: parameter.describe('throughput per second of one alone'),
  confidence: z.number(),
  residual: z.number().describe('root mean square of the relative residuals'),
  peak: z
    .discriminatedUnion('type', [
      z.object({ type: z.literal('at'), concurrency: z.number(), throughput: z.number(), extrapolated: z.boolean(), low: z.number().nullable(), high: z.number().nullable().describe('null: farther out than anything that is said') }),
      z.object({ type: z.literal('none'), upTo: z.number().describe('1.5 × the highest level measured: beyond it nothing is claimed') }),
    ])
    .describe('where throughput is highest'),
  band: z.array(z.tuple([z.number(), z.number(), z.number(), z.number()])).describe('[concurrency, fitted throughput, low, high] up to 1.5 × the highest level'),
});

const series = z.object({
  subject: z.string().describe('encoder and thread policy; empty for requests and jobs'),
  levels: z.array(level).describe('by rising concurrency'),
  fit: z.discriminatedUnion('type', [z.object({ type: z.literal('fitted') }).extend(fit.shape), z.object({ type: z.literal('refused'), why: z.string() })]),
  knee: z.number().int().nullable().describe('the level before the first step that gains less than 5 %, and less than half of what linear growth would; null where every step gains'),
  best: z.number().int().nullable().describe('the level with the highest throughput'),
});

const { run, environment, scenario, limits } = capacityRecord.shape;

export const scalingRecord = z.object({
  schemaVersion: z.literal(1),
  kind: z.literal('scaling'),
  run,
  environment,
  scenario,
  workload: z.string(),
  workloadKind: z.enum(['http', 'job', 'encode']),
  target: z.string().nullable(),
  options: z
    .object({
      levels: z.array(z.number().int()),
      rounds: z.number().int(),
      trialMs: z.number().nullable().optional().describe('--trial; null: as the profile says'),
      target: z.string().nullable().optional().describe('--target; null: the one of the scenario'),
    })
    .describe('what it was begun with, and goes on with'),
  limits: limits.describe('of its SLA, for the curves; absent in older records'),
  series: z.array(series),
  bytesPerVideo: z.number().nullable().describe('median size of a result that ended well, of the subject that makes most; null where none was fetched or written'),
  notMeasured: z.array(z.object({ what: z.string(), reason: z.string(), remedy: z.string() })),
});

/** A stored scaling; null where there is no such file. Throws a BenchError (2) for a file that is something else. */
export async function readScaling(file: string): Promise<ScalingRecord | null> {
  const there = await stat(file).then((found) => found.isFile(), () => false);
  return there ? readJson(file, scalingRecord, `it must be a ${SCALING_FILE} that bench capacity scale wrote`) : null;
}

export type ScalingRecord = z.infer<typeof scalingRecord>;
export type ScalingSeries = z.infer<typeof series>;
export type ScalingLevel = z.infer<typeof level>;
export type ScalingRound = z.infer<typeof round>;
export type ScalingFit = Extract<ScalingSeries['fit'], { type: 'fitted' }>;
