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

const openLoad = z.strictObject({
  model: z.literal('open').describe('requests start at their due time whether or not earlier ones have been answered'),
  rate: rate.describe('requests started per second'),
  arrivals: z.enum(['constant', 'poisson']).default('constant').describe('evenly spaced, or at random as independent users arrive'),
  duration: duration.describe('of the measurement, in each round'),
  warmup: durationMs.prefault('1s').describe('sent before the measurement, not counted'),
  maxInFlight: count(1, CEILINGS.connections).default(1_000).describe('arrivals beyond it are dropped and counted as failures'),
  timeout: durationMs.prefault('10s').describe('an answer later than this is a failed request'),
});

const closedLoad = z.strictObject({
  model: z.literal('closed').describe('each connection sends its next request when the last one was answered: saturation, not user-facing latency'),
  connections: count(1, CEILINGS.connections).describe('requests in flight at any time'),
  duration: duration.describe('of the measurement, in each round'),
  warmup: durationMs.prefault('1s').describe('sent before the measurement, not counted'),
  timeout: durationMs.prefault('10s').describe('an answer later than this is a failed request'),
});

export const load = z.discriminatedUnion('model', [openLoad, closedLoad], {
  error: (issue) => (isMap(issue.input) ? needs('open (with a rate) or closed (with connections)', issue.input['model']) : needs('a map with model: open or model: closed', issue.input)),
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

export const httpSpec = z.strictObject({
  setup: z.array(step).default([]).describe('sent once before each round; captured values can be used in the request'),
  request: request.describe('the request that is measured'),
  expect: expectation.prefault({}).describe('what counts as a success'),
  load: load.describe('how requests are sent'),
});

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
export type OpenLoad = z.infer<typeof openLoad>;
export type ClosedLoad = z.infer<typeof closedLoad>;
