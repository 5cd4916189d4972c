import { z } from 'zod';
import { bytes, count, durationMs, name, needs, ratePerSecond, share } from '../../fields.ts';
import type { Capture, Expectation, RequestSpec } from '../http/schema.ts';
import { capture, expectation, request, step } from '../http/schema/request.ts';

/** Ceilings: a typing error must not become a flood. */
export const JOB_CEILINGS = { jobs: 10_000, concurrency: 1_000, durationMs: 24 * 3_600_000 } as const;

const pointer = z.string().regex(/^(\/.*)?$/, { error: (issue) => needs('a JSON pointer, for example /status', issue.input) });
const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()], { error: (issue) => needs('a value, for example done', issue.input) });

const wantedCondition = (issue: { input?: unknown }): string => needs('a condition: { at: /status, is: done }, { at: /url, exists: true }, { at: /state, matches: "…" } or { httpStatus: 200 }, or a list of these', issue.input);
const one = z.union(
  [
    z.strictObject({ at: pointer.describe('JSON pointer into the answer'), is: z.union([scalar, z.array(scalar).min(1)]).describe('the value, or any of a list') }),
    z.strictObject({ at: pointer.describe('JSON pointer into the answer'), exists: z.boolean().describe('true: there is something, and not null; false: there is not') }),
    z.strictObject({ at: pointer.describe('JSON pointer into the answer'), matches: z.string().describe('regular expression that the value matches') }),
    z.strictObject({ httpStatus: z.union([count(100, 599), z.array(count(100, 599)).min(1)]).describe('status of the answer to the poll') }),
  ],
  { error: wantedCondition },
);
export const condition = z.union([one, z.array(one).min(1)], { error: wantedCondition });

export const until = z.strictObject({
  done: condition.describe('the job has ended well: `{ at: /status, is: done }`, `{ at: /url, exists: true }`, `{ at: /state, matches: "^fin" }` or `{ httpStatus: 200 }`; any of a list'),
  failed: condition.optional().describe('the job has failed; any of a list. Looked at before done'),
  error: pointer.optional().describe('JSON pointer to what a failed job says'),
});

const times = z.strictObject({
  queued: pointer.optional().describe('JSON pointer to when the job was taken in; with started: the time in the queue'),
  started: pointer.optional().describe('JSON pointer to when work on it began'),
  finished: pointer.optional().describe('JSON pointer to when it ended; with started: the processing time'),
});

const video = z.strictObject({
  duration: durationMs.optional().describe('how long it must run'),
  tolerance: durationMs.prefault('500ms').describe('by how much the duration may differ'),
  codec: z.string().optional().describe('of the video stream, as ffprobe names it: h264'),
  width: count(1, 16_384).optional().describe('in pixels'),
  height: count(1, 16_384).optional().describe('in pixels'),
});

const verify = z.strictObject({
  minBytes: bytes.prefault('1B').describe('the result has at least this size'),
  maxBytes: bytes.optional().describe('the result has at most this size'),
  video: video.optional().describe('the result is a whole video with these properties; read to its end with ffprobe'),
});

const exchange = z.strictObject({
  request: request.describe('what is sent'),
  expect: expectation.prefault({}).describe('what counts as a success'),
});

const webhook = z.strictObject({
  port: count(0, 65_535).default(0).describe('of the listener on this machine; 0 takes any free one'),
  host: z.string().default('127.0.0.1').describe('address the listener is bound to'),
  url: z.string().regex(/^https?:\/\//, { error: (issue) => needs('an http(s) URL under which the service reaches the listener', issue.input) }).optional().describe('how the service reaches the listener, where that is not host and port'),
});

const above0 = durationMs.pipe(z.number().min(1, { error: 'must be at least 1ms' }).max(JOB_CEILINGS.durationMs, { error: 'is above the ceiling of 24h' }));

export const jobSpec = z.strictObject({
  setup: z.array(step).default([]).describe('sent once before each round, for a token; captured values can be used in all requests'),
  submit: exchange.extend({ capture: capture.default({}).describe('variables filled from the answer, such as the id of the job') }).describe('starts a job'),
  poll: exchange.optional().describe('asks for the state of a job; this or webhook'),
  webhook: webhook.optional().describe('the service calls back when a job ends, at the URL that ${webhook} stands for in the submit'),
  until: until.describe('how the state of a job shows in the answer to a poll (or in the body of a callback)'),
  times: times.prefault({}).describe('where the state of a job holds its times (ISO 8601, or Unix time in s or ms): queue wait and processing time by the service\'s own clock'),
  jobs: count(1, JOB_CEILINGS.jobs).default(1).describe('in each round'),
  concurrency: count(1, JOB_CEILINGS.concurrency).optional().describe('jobs under way at once: the next is submitted when one has ended; this or rate; without both 1'),
  rate: ratePerSecond.optional().describe('jobs submitted per second, whether or not earlier ones have ended'),
  arrivals: z.enum(['constant', 'poisson']).default('constant').describe('of a rate: evenly spaced, or at random as independent users arrive'),
  warmup: durationMs.pipe(z.number().max(JOB_CEILINGS.durationMs, { error: 'is above the ceiling of 24h' })).optional().describe('of a rate: jobs due in this time at the beginning are submitted and removed like the others, and not counted, so that the queue is as it is under this rate'),
  pollInterval: above0.prefault('250ms').describe('between the answer to a poll and the next; a completion is seen at most this and one poll late'),
  timeout: above0.prefault('10m').describe('of a job, from its submit to its end; later counts as failed'),
  requestTimeout: above0.prefault('10s').describe('of each single request but the fetch'),
  giveUpAfter: above0.prefault('10s').describe('without an answer from the service: the job counts as failed, its service as gone'),
  fetch: exchange.extend({ verify: verify.prefault({}).describe('what the result must be') }).optional().describe('gets the result of a finished job; a job whose result is wrong has failed'),
  delete: exchange.optional().describe('removes a job from the service, at its end and after an interrupt'),
});

const quantiles = z.strictObject({
  p50: durationMs.optional().describe('half of the jobs, at most'),
  p90: durationMs.optional().describe('90 % of the jobs, at most'),
  p95: durationMs.optional().describe('95 % of the jobs, at most'),
  p99: durationMs.optional().describe('99 % of the jobs, at most'),
});

const jobLimits = z.strictObject({
  completion: quantiles.optional().describe('from the (intended) submit to the answer that says done'),
  queueWait: quantiles.optional().describe('in the queue, by the times in the status'),
  processing: quantiles.optional().describe('at work, by the times in the status'),
  submit: quantiles.optional().describe('answer to the submit'),
  poll: quantiles.optional().describe('answers to the polls'),
  makespan: durationMs.optional().describe('from the first submit to the last completion of a round, at most'),
  videosPerHour: z.number({ error: (issue) => needs('a number above 0', issue.input) }).positive({ error: (issue) => needs('a number above 0', issue.input) }).optional().describe('finished jobs per hour, at least'),
  successRate: share.optional().describe('jobs that ended well, with the right result, at least'),
  timeoutRate: share.optional().describe('jobs that did not end in time, at most'),
});

export const jobSla = jobLimits.extend({
  warning: jobLimits.optional().describe('the same limits, whose breach is a warning'),
  info: jobLimits.optional().describe('the same limits, whose breach is shown and fails nothing'),
});

export const jobWorkload = z
  .strictObject({
    name: name.describe('unique in the scenario'),
    description: z.string().optional().describe('for people; shown in reports'),
    job: jobSpec.describe('jobs of the target from submit to result, measured'),
    sla: jobSla.prefault({}).describe('limits that decide pass or breach'),
  })
  .superRefine((workload, context) => {
    for (const { path, message } of contradictions(workload)) context.addIssue({ code: 'custom', path, message });
  });

/** What is right field by field and wrong together. */
function contradictions({ job, sla }: { job: JobSpec; sla: JobSla }): { path: string[]; message: string }[] {
  const found: { path: string[]; message: string }[] = [];
  const say = (path: string[], message: string): number => found.push({ path, message });
  if (job.poll === undefined && job.webhook === undefined) say(['job', 'poll'], needs('poll or webhook: how the end of a job is seen', undefined));
  if (job.poll !== undefined && job.webhook !== undefined) say(['job', 'webhook'], 'stands beside poll: keep one of the two');
  if (job.concurrency !== undefined && job.rate !== undefined) say(['job', 'rate'], 'stands beside concurrency: keep one of the two');
  if (job.warmup !== undefined && job.rate === undefined) say(['job', 'warmup'], 'belongs to a rate: add job.rate, or leave it out');
  if (job.warmup !== undefined && job.rate !== undefined && (job.warmup / 1_000) * job.rate >= job.jobs) say(['job', 'warmup'], `leaves nothing to count: all ${job.jobs} jobs are due within it`);
  if (job.webhook !== undefined && !JSON.stringify(job.submit.request).includes('${webhook}')) say(['job', 'submit', 'request'], 'must tell the service where to call back: put ${webhook} into it');
  for (const [path, limits] of [[['sla'], sla], [['sla', 'warning'], sla.warning ?? {}], [['sla', 'info'], sla.info ?? {}]] as const) {
    if (limits.queueWait !== undefined && (job.times.queued === undefined || job.times.started === undefined)) say([...path, 'queueWait'], 'needs job.times.queued and job.times.started: without them the wait is not measured');
    if (limits.processing !== undefined && (job.times.started === undefined || job.times.finished === undefined)) say([...path, 'processing'], 'needs job.times.started and job.times.finished: without them the processing time is not measured');
    if (limits.poll !== undefined && job.poll === undefined) say([...path, 'poll'], 'has nothing to limit: there are no polls with a webhook');
  }
  for (const [key, each] of [['done', job.until.done], ['failed', job.until.failed]] as const) {
    for (const pattern of [each ?? []].flat().flatMap((part) => ('matches' in part ? [part.matches] : []))) {
      const wrong = compileError(pattern);
      if (wrong !== null) say(['job', 'until', key], `is no regular expression: ${wrong}`);
    }
  }
  return found;
}

/** The requests of a job in the order in which they are first sent, with where they stand, from the workload's `job`. */
export function jobRequests({ setup, submit, poll, fetch, delete: remove }: JobSpec): { path: (string | number)[]; request: RequestSpec; expect: Expectation; capture: Capture }[] {
  const later = { poll, fetch, delete: remove };
  return [
    ...setup.map((each, index) => ({ path: ['setup', index], request: each.request, expect: each.expect, capture: each.capture })),
    { path: ['submit'], ...submit },
    ...Object.entries(later).flatMap(([key, each]) => (each === undefined ? [] : [{ path: [key], request: each.request, expect: each.expect, capture: {} }])),
  ];
}

function compileError(pattern: string): string | null {
  try {
    new RegExp(pattern);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

export type JobLimits = z.infer<typeof jobLimits>;
export type JobWorkload = z.infer<typeof jobWorkload>;
export type JobSpec = z.infer<typeof jobSpec>;
export type JobSla = z.infer<typeof jobSla>;
export type Condition = z.infer<typeof condition>;
export type Verify = z.infer<typeof verify>;
