import { stat } from 'node:fs/promises';
import { z } from 'zod';
import { SEVERITIES } from './limits.ts';
import { readJson } from './read.ts';
import { runRecord, unit } from './schema.ts';

/** `capacity.json`: a search for the highest rate that keeps every limit. Times in ms, rates per second. */
export const CAPACITY_FILE = 'capacity.json';

const figure = z.object({
  metric: z.string().describe('metric key'),
  operator: z.enum(['<=', '>=']),
  limit: z.number(),
  unit,
  value: z.number().nullable().describe('null: nothing was measured, which keeps no limit'),
  kept: z.boolean(),
});

const trial = z.object({
  kept: z.boolean().describe('every figure within its limit'),
  figures: z.array(figure),
  completedPerSecond: z.number().nullable().describe('jobs: from the first end to the last'),
  inFlightAtStart: z.number().nullable().describe('mean of the first quarter of its windows'),
  inFlightAtEnd: z.number().nullable().describe('mean of the last quarter'),
  machineBusy: z.number().nullable().describe('share of the processors of this machine, generator included; null where the system does not say'),
  generatorLateMs: z.number().nullable().optional().describe('how late the load generator was itself: p99 of each second, median of the seconds; null where nobody measured it, absent in older records'),
  why: z.string().nullable().optional().describe('why nothing was measured: its set-up failed; null, or absent in older records, where it was'),
});

const level = z.object({
  ratePerSecond: z.number(),
  length: z.enum(['short', 'long']),
  together: z.enum(['kept', 'failed', 'open', 'generator']).describe('by the intervals of all trials merged'),
  trials: z.array(trial),
  why: z.string().nullable().describe('generator: what it noticed about itself'),
  verdict: z
    .enum(['kept', 'failed', 'generator', 'open', 'superseded'])
    .optional()
    .describe('what the level came to: by the intervals, or where they cannot tell after the last trial by the majority; superseded: short trials that long ones at the same rate took the place of; absent in older records'),
});

const verification = z.object({
  ratePerSecond: z.number(),
  durationMs: z.number().describe('0: the time was over before it was held'),
  kept: z.boolean().nullable().describe('null: it could not be verified, and nothing is known'),
  figures: z.array(figure),
  why: z.string().nullable().optional().describe('why it could not be verified: what the load generator noticed about itself, or that the time was over'),
});

const limit = z.object({ id: z.string(), labels: z.record(z.string(), z.string()), operator: z.enum(['<=', '>=']), limit: z.number(), severity: z.enum(SEVERITIES) });

const options = z.object({
  fromPerSecond: z.number(),
  downToPerSecond: z.number().optional(),
  upToPerSecond: z.number(),
  resolution: z.number(),
  longestTrialMs: z.number().nullable().optional().describe('--trial; null: as the profile says'),
  target: z.string().nullable().optional().describe('--target; null: the one of the scenario'),
});

const outcome = z.discriminatedUnion('type', [
  z.object({ type: z.literal('found'), keptPerSecond: z.number(), failedPerSecond: z.number() }),
  z.object({ type: z.literal('failed-at-lowest'), ratePerSecond: z.number() }),
  z.object({ type: z.literal('kept-at-highest'), ratePerSecond: z.number() }),
  z.object({ type: z.literal('generator-limited'), keptPerSecond: z.number().nullable(), generatorPerSecond: z.number() }),
]);

export const capacityRecord = z.object({
  schemaVersion: z.literal(1),
  kind: z.literal('capacity'),
  run: z.object({
    id: z.string(),
    status: z.enum(['running', 'complete', 'interrupted', 'failed']),
    startedAt: z.string(),
    endedAt: z.string().nullable(),
    profile: z.string(),
    seed: z.number(),
    command: z.string(),
    readybench: z.string(),
  }),
  environment: runRecord.shape.environment,
  scenario: z.object({ name: z.string(), file: z.string(), sha256: z.string() }),
  workload: z.string(),
  workloadKind: z.string().optional().describe('http or job'),
  target: z.string().nullable(),
  options: options.describe('what the search was begun with, and goes on with'),
  limits: z.array(limit).optional().describe('that every rate is held against; absent in older records'),
  levels: z.array(level).describe('in the order in which they were tried'),
  outcome: outcome.nullable().describe('null while the search is not at its end'),
  outOfTime: z.boolean().optional().describe('the time of the profile ended the search before it was as close as asked for'),
  estimate: z.object({ ratePerSecond: z.number(), low: z.number(), high: z.number(), confidence: z.number() }).nullable(),
  verification: verification.nullable(),
  madeLess: z.object({ ratePerSecond: z.number(), madePerSecond: z.number() }).nullable().optional().describe('the highest rate kept, and what came out a second there, where that was clearly less; absent in older records'),
  gaveWay: z.object({ metric: z.string(), resource: z.enum(['machine', 'queue', 'errors', 'service', 'set-up', 'generator']), sentence: z.string() }).nullable(),
});

export type CapacityRecord = z.infer<typeof capacityRecord>;
export type CapacityLevel = z.infer<typeof level>;
export type CapacityTrial = z.infer<typeof trial>;
export type CapacityFigure = z.infer<typeof figure>;
export type CapacityVerification = z.infer<typeof verification>;

/** A stored search; null where there is no such file. Throws a BenchError (2) for a file that is something else. */
export async function readCapacity(file: string): Promise<CapacityRecord | null> {
  const there = await stat(file).then((found) => found.isFile(), () => false);
  return there ? readJson(file, capacityRecord, `it must be a ${CAPACITY_FILE} that bench capacity wrote`) : null;
}
