import { z } from 'zod';
import { labels } from './common.ts';

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

export const httpSeries = z.object({
  kind: z.literal('http'),
  rounds: z.array(z.object({ round: z.number().int(), windows: z.array(httpWindow) })),
  spectrum: z.array(z.object({ labels, points: z.array(z.tuple([z.number(), z.number()])).describe('[quantile 0..1, latency ms]') })),
});

const errorGroup = z.object({
  kind: z.string().describe('timeout, refused, reset, dns, tls, 4xx, 5xx, check, capture, dropped, redirect, other'),
  count: z.number().int(),
  example: z.string(),
});

export const requestCounts = z.object({
  labels,
  sent: z.number().int(),
  completed: z.number().int(),
  failed: z.number().int(),
  statuses: z.record(z.string(), z.number().int()),
  errors: z.array(errorGroup),
});

export const generators = z
  .array(z.object({ round: z.number().int(), segment: z.number().int(), cpuMeanCores: z.number().nullable(), cpuMaxCores: z.number().nullable().describe('in its busiest second'), peakMemoryBytes: z.number().nullable() }))
  .describe('of each process of k6 on this machine, what it used; null where the system does not tell');

export const httpDetail = z.object({
  kind: z.literal('http'),
  model: z.enum(['open', 'closed']),
  engine: z.string().describe('which engine sent the load: readybench-open, readybench-closed, autocannon, k6'),
  requests: z.array(requestCounts),
  iterations: z.array(z.object({ labels, completed: z.number().int(), failed: z.number().int() })).optional().describe('of flows: all steps as expected, or ended early'),
  segments: generators.optional(),
});

export type HttpWindow = z.infer<typeof httpWindow>;
export type HttpSeries = z.infer<typeof httpSeries>;
export type ErrorGroup = z.infer<typeof errorGroup>;
export type RequestCounts = z.infer<typeof requestCounts>;
export type HttpDetail = z.infer<typeof httpDetail>;
