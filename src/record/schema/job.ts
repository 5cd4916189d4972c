import { z } from 'zod';

/** One job, from its submit to its end. Times are ms since the round began unless they are lengths. */
const jobRun = z.object({
  round: z.number().int(),
  job: z.number().int(),
  lane: z.number().int().describe('a row of its own while it is under way, for drawing'),
  outcome: z
    .enum(['done', 'failed', 'timeout', 'rejected', 'wrong-result', 'lost', 'unreachable', 'unclear', 'duplicate', 'not-submitted', 'interrupted'])
    .describe('done: ended well with the right result; failed: the service says so; rejected: the submit was; lost: the service knows it no more; unclear: its state cannot be read; duplicate: the id of another job; interrupted ones are not counted'),
  submittedMs: z.number().describe('when it was due'),
  submitLateMs: z.number().nullable().optional().describe('how late this machine sent the submit; null at a concurrency, where nothing is due; absent in older records and of jobs that were not submitted'),
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

const underWay = z.object({
  round: z.number().int(),
  mean: z.number().describe('jobs under way from the first submit to the last end, warm-up included, counted as they began and ended'),
  spanMs: z.number(),
});

export const jobSeries = z.object({ kind: z.literal('job'), jobs: z.array(jobRun), underWay: z.array(underWay).optional().describe('absent in older records') });

export const jobDetail = z.object({
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

export type JobRun = z.infer<typeof jobRun>;
export type JobSeries = z.infer<typeof jobSeries>;
export type JobDetail = z.infer<typeof jobDetail>;
