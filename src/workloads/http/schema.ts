import { z } from 'zod';
import { bytes, count, durationMs, name, needs, ratePerSecond, share } from '../../fields.ts';

/** Ceilings: a typing error must not become a flood. */
export const CEILINGS = { ratePerSecond: 100_000, connections: 10_000, durationMs: 24 * 3_600_000, bodyBytes: 5e9, workers: 64 } as const;

const isMap = (input: unknown): input is Record<string, unknown> => typeof input === 'object' && input !== null && !Array.isArray(input);

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

const headers = z.record(z.string(), z.string()).describe('header names and values; ${secret.X} for credentials');

export const request = z.strictObject({
  method: z.enum(METHODS).default('GET').describe('HTTP method'),
  path: z
    .string({ error: (issue) => needs('a path that starts with /, for example /health', issue.input) })
    .regex(/^\//, { error: (issue) => needs('a path that starts with /, for example /health', issue.input) })
    .describe('path and query, appended to the base URL; ${var} is replaced by captured values'),
  headers: headers.default({}),
  json: z.json().optional().describe('body, sent as application/json'),
  body: z.string().optional().describe('body, sent as it is'),
});

const wantedStatus = (issue: { input?: unknown }): string => needs('a status (200), a list of them ([200, 404]) or a class (2xx)', issue.input);

export const expectation = z.strictObject({
  status: z
    .union([count(100, 599), z.array(count(100, 599)).min(1), z.string().regex(/^[1-5]xx$/, { error: wantedStatus })], { error: wantedStatus })
    .optional()
    .describe('200, [200, 404] or 2xx; without it every 2xx and 3xx is a success'),
  bodyIncludes: z.string().optional().describe('text that the body must hold'),
  maxBodyBytes: bytes.optional().describe('largest body that counts as a success'),
});

export const capture = z.record(z.string().regex(/^[A-Za-z_]\w*$/), z.strictObject({ json: z.string().describe('JSON pointer, for example /id') }));

export const step = z.strictObject({
  name: name.describe('unique in its workload; labels the metrics of this step'),
  request: request.describe('what is sent'),
  expect: expectation.prefault({}).describe('what counts as a success'),
  capture: capture.default({}).describe('variables filled from the answer, for later requests to use as ${var}'),
});

const rate = ratePerSecond.pipe(z.number().max(CEILINGS.ratePerSecond, { error: `is above the ceiling of ${CEILINGS.ratePerSecond}/s` }));
const duration = durationMs.pipe(
  z.number().min(100, { error: 'must be at least 100ms' }).max(CEILINGS.durationMs, { error: 'is above the ceiling of 24h' }),
);

const arrivals = z.enum(['constant', 'poisson']).default('constant').describe('evenly spaced, or at random as independent users arrive');
const warmup = durationMs.prefault('1s').describe('sent before the measurement, not counted');
const maxInFlight = count(1, CEILINGS.connections).default(1_000).describe('arrivals beyond it are dropped and counted as failures');
const timeout = durationMs.prefault('10s').describe('an answer later than this is a failed request');
const workers = count(1, CEILINGS.workers).default(1).describe('generator threads; they share the arrivals, for rates above what one core can send');
const stageDuration = duration.describe('of this stage');

const openLoad = z.strictObject({
  model: z.literal('open').describe('requests start at their due time whether or not earlier ones have been answered'),
  rate: rate.describe('requests started per second'),
  arrivals,
  duration: duration.describe('of the measurement, in each round'),
  warmup,
  maxInFlight,
  workers,
  timeout,
});

const stageRate = z.union([z.strictObject({ rate: rate.describe('requests started per second, from the first moment of this stage'), duration: stageDuration }), z.strictObject({ rampTo: rate.describe('rate at the end of this stage, reached evenly from that of the stage before it'), duration: stageDuration })], {
  error: (issue) => needs('a stage: rate or rampTo, and duration', issue.input),
});

const stagedLoad = z
  .strictObject({
    model: z.literal('staged').describe('as open, at a rate that changes: ramps, steps, spikes, long soaks, up to where the service breaks'),
    rate: rate.describe('of the warm-up, and where the first ramp begins'),
    stages: z.array(stageRate).min(1, { error: 'needs at least one stage' }).describe('one after the other; together they are the measurement'),
    arrivals,
    warmup,
    maxInFlight,
    workers,
    timeout,
  })
  .describe('requests start at their due time, at a rate that changes');

const closedLoad = z.strictObject({
  model: z.literal('closed').describe('each connection sends its next request when the last one was answered: saturation, not user-facing latency'),
  connections: count(1, CEILINGS.connections).describe('requests in flight at any time'),
  duration: duration.describe('of the measurement, in each round'),
  thinkTime: durationMs.prefault('0ms').describe('between an answer and the next request of that connection; needs engine: own'),
  engine: z.enum(['autocannon', 'own']).default('autocannon').describe('autocannon: the highest throughput, one request, no reconnects; own: think time, mixes, targets that close connections'),
  warmup,
  timeout,
});

export const load = z.discriminatedUnion('model', [openLoad, stagedLoad, closedLoad], {
  error: (issue) => (isMap(issue.input) ? needs('open (with a rate), staged (with stages) or closed (with connections)', issue.input['model']) : needs('a map with model: open, model: staged or model: closed', issue.input)),
});

const quantiles = z.strictObject({
  p50: durationMs.optional().describe('half of the requests, at most'),
  p90: durationMs.optional().describe('90 % of the requests, at most'),
  p95: durationMs.optional().describe('95 % of the requests, at most'),
  p99: durationMs.optional().describe('99 % of the requests, at most'),
});

export const httpSla = z.strictObject({
  latency: quantiles.optional().describe('from the intended start of each request'),
  service: quantiles.optional().describe('from the moment each request was really sent'),
  errorRate: share.optional().describe('failed requests, at most'),
  successRate: share.optional().describe('successful requests, at least'),
  throughput: ratePerSecond.optional().describe('successful responses a second, at least'),
});

/** One of several requests that are sent by weight. */
export const mixEntry = z.strictObject({
  name: name.describe('unique in its workload; the label `request` of its metrics'),
  weight: z
    .number({ error: (issue) => needs('a number above 0', issue.input) })
    .positive({ error: (issue) => needs('a number above 0', issue.input) })
    .default(1)
    .describe('how often it is sent, relative to the others'),
  request: request.describe('what is sent'),
  expect: expectation.prefault({}).describe('what counts as a success'),
  sla: httpSla.prefault({}).describe('limits of this request; they replace those of the workload'),
});

export const httpSpec = z
  .strictObject({
    setup: z.array(step).default([]).describe('sent once before each round; captured values can be used in the request'),
    request: request.optional().describe('the request that is measured; this or mix'),
    expect: expectation.prefault({}).describe('what counts as a success of `request`'),
    mix: z.array(mixEntry).min(2, { error: 'needs at least two requests: use request for one' }).optional().describe('several requests, sent in turns drawn by weight, each with metrics of its own; limits of the workload hold for each'),
    load: load.describe('how requests are sent'),
  })
  // `when`: a missing request is told along with whatever else is wrong.
  .refine((spec) => spec.request !== undefined || spec.mix !== undefined, { path: ['request'], error: needs('a map (lines of key: value), or mix in its place', undefined), when: ({ value }) => isMap(value) });

export const httpWorkload = z.strictObject({
  name: name.describe('unique in the scenario'),
  description: z.string().optional().describe('for people; shown in reports'),
  http: httpSpec.describe('requests to the target, measured'),
  sla: httpSla.prefault({}).describe('limits that decide pass or breach'),
});

export type HttpWorkload = z.infer<typeof httpWorkload>;
export type HttpSpec = z.infer<typeof httpSpec>;
export type RequestSpec = z.infer<typeof request>;
export type Expectation = z.infer<typeof expectation>;
export type Load = z.infer<typeof load>;
/** The requests that are measured, whichever way they are written. */
export function measuredRequests({ request, expect, mix }: HttpSpec): { labels: Record<string, string>; weight: number; request: RequestSpec; expect: Expectation }[] {
  const single = request === undefined ? [] : [{ labels: {}, weight: 1, request, expect }];
  return [...single, ...(mix ?? []).map((entry) => ({ labels: { request: entry.name }, weight: entry.weight, request: entry.request, expect: entry.expect }))];
}

/** Length of the measurement in ms. */
export function measuredMsOf(spec: Load): number {
  return spec.model === 'staged' ? spec.stages.reduce((total, each) => total + each.duration, 0) : spec.duration;
}

export type StagedLoad = z.infer<typeof stagedLoad>;
export type OpenLoad = z.infer<typeof openLoad>;
export type ClosedLoad = z.infer<typeof closedLoad>;
