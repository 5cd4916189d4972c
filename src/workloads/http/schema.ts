import { z } from 'zod';
import { bytes, count, durationMs, name, ratePerSecond, share } from '../../fields.ts';

/** Ceilings: a typing error must not become a flood. */
export const CEILINGS = { ratePerSecond: 100_000, connections: 10_000, durationMs: 24 * 3_600_000, bodyBytes: 5e9, workers: 64 } as const;

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

const headers = z.record(z.string(), z.string()).describe('header names and values; ${secret.X} for credentials');

export const request = z.strictObject({
  method: z.enum(METHODS).default('GET'),
  path: z
    .string()
    .regex(/^\//, { error: (issue) => `must start with /, for example /health: got ${JSON.stringify(issue.input)}` })
    .describe('path and query, appended to the base URL; ${var} is replaced by captured values'),
  headers: headers.default({}),
  json: z.json().optional().describe('body, sent as application/json'),
  body: z.string().optional().describe('body, sent as it is'),
});

export const expectation = z.strictObject({
  status: z
    .union([count(100, 599), z.array(count(100, 599)).min(1), z.string().regex(/^[1-5]xx$/)])
    .optional()
    .describe('200, [200, 404] or 2xx; without it every 2xx and 3xx is a success'),
  bodyIncludes: z.string().optional(),
  maxBodyBytes: bytes.optional(),
});

export const capture = z.record(z.string().regex(/^[A-Za-z_]\w*$/), z.strictObject({ json: z.string().describe('JSON pointer, for example /id') }));

export const step = z.strictObject({ name, request, expect: expectation.prefault({}), capture: capture.default({}) });

const rate = ratePerSecond.pipe(z.number().max(CEILINGS.ratePerSecond, { error: `is above the ceiling of ${CEILINGS.ratePerSecond}/s` }));
const duration = durationMs.pipe(
  z.number().min(100, { error: 'must be at least 100ms' }).max(CEILINGS.durationMs, { error: 'is above the ceiling of 24h' }),
);

const openLoad = z.strictObject({
  model: z.literal('open').describe('requests start at their due time whether or not earlier ones have been answered'),
  rate,
  arrivals: z.enum(['constant', 'poisson']).default('constant'),
  duration,
  warmup: durationMs.default(1_000).describe('sent before the measurement, not counted'),
  maxInFlight: count(1, CEILINGS.connections).default(1_000).describe('arrivals beyond it are dropped and counted as failures'),
  timeout: durationMs.default(10_000),
});

const closedLoad = z.strictObject({
  model: z.literal('closed').describe('each connection sends its next request when the last one was answered: saturation, not user-facing latency'),
  connections: count(1, CEILINGS.connections),
  duration,
  warmup: durationMs.default(1_000),
  timeout: durationMs.default(10_000),
});

export const load = z.discriminatedUnion('model', [openLoad, closedLoad], { error: 'must be open (with a rate) or closed (with connections)' });

const quantiles = z.strictObject({ p50: durationMs.optional(), p90: durationMs.optional(), p95: durationMs.optional(), p99: durationMs.optional() });

export const httpSla = z.strictObject({
  latency: quantiles.optional().describe('from the intended start of each request'),
  service: quantiles.optional().describe('from the moment each request was really sent'),
  errorRate: share.optional(),
  successRate: share.optional(),
  throughput: ratePerSecond.optional().describe('successful responses a second, at least'),
});

export const httpSpec = z.strictObject({
  setup: z.array(step).default([]).describe('sent once before each round; captured values can be used in the request'),
  request,
  expect: expectation.prefault({}),
  load,
});

export const httpWorkload = z.strictObject({ name, description: z.string().optional(), http: httpSpec, sla: httpSla.prefault({}) });

export type HttpWorkload = z.infer<typeof httpWorkload>;
export type HttpSpec = z.infer<typeof httpSpec>;
export type RequestSpec = z.infer<typeof request>;
export type Expectation = z.infer<typeof expectation>;
export type Load = z.infer<typeof load>;
export type OpenLoad = z.infer<typeof openLoad>;
export type ClosedLoad = z.infer<typeof closedLoad>;
