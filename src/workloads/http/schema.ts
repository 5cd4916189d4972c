import { z } from 'zod';
import { count, durationMs, name, needs, ratePerSecond, share } from '../../fields.ts';
import { data } from './schema/data.ts';
import { expectation, pause, request, step } from './schema/request.ts';

/** Ceilings: a typing error must not become a flood. */
export const CEILINGS = { ratePerSecond: 100_000, connections: 10_000, durationMs: 24 * 3_600_000, bodyBytes: 5e9, dataBytes: 50e6, workers: 64 } as const;

const isMap = (input: unknown): input is Record<string, unknown> => typeof input === 'object' && input !== null && !Array.isArray(input);

const rate = ratePerSecond.pipe(z.number().max(CEILINGS.ratePerSecond, { error: `is above the ceiling of ${CEILINGS.ratePerSecond}/s` }));
const duration = durationMs.pipe(
  z.number().min(100, { error: 'must be at least 100ms' }).max(CEILINGS.durationMs, { error: 'is above the ceiling of 24h' }),
);

const arrivals = z.enum(['constant', 'poisson']).default('constant').describe('evenly spaced, or at random as independent users arrive');
const warmup = durationMs.prefault('1s').describe('sent before the measurement, not counted');
const maxInFlight = count(1, CEILINGS.connections).default(1_000).describe('requests, or iterations of a flow, under way at once; arrivals beyond it are dropped and counted as failures');
const timeout = durationMs.prefault('10s').describe('an answer later than this is a failed request; each step of a flow has its own');
const workers = count(1, CEILINGS.workers).default(1).describe('generator threads; they share the arrivals, for rates above what one core can send');
const stageDuration = duration.describe('of this stage');

const openLoad = z.strictObject({
  model: z.literal('open').describe('requests (or iterations of a flow) start at their due time whether or not earlier ones have been answered'),
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
  model: z.literal('closed').describe('each connection sends its next request (or starts its next iteration) when the last one is over: saturation, not user-facing latency'),
  connections: count(1, CEILINGS.connections).describe('requests in flight at any time'),
  duration: duration.describe('of the measurement, in each round'),
  thinkTime: durationMs.prefault('0ms').describe('between an answer and the next request of that connection; needs engine: own'),
  engine: z.enum(['autocannon', 'own']).default('autocannon').describe('autocannon: the highest throughput, one request, always the same, no reconnects; own: think time, mixes, flows, data, targets that close connections'),
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

const requestLimits = z.strictObject({
  latency: quantiles.optional().describe('from the intended start of each request'),
  service: quantiles.optional().describe('from the moment each request was really sent'),
  errorRate: share.optional().describe('failed requests, at most'),
  successRate: share.optional().describe('successful requests, at least'),
  throughput: ratePerSecond.optional().describe('successful responses a second, at least'),
});

const requestSla = requestLimits.extend({
  warning: requestLimits.optional().describe('the same limits, whose breach is a warning'),
  info: requestLimits.optional().describe('the same limits, whose breach is shown and fails nothing'),
});

const httpLimits = requestLimits.extend({
  iteration: z
    .strictObject({
      latency: quantiles.optional().describe('from the arrival to the end of the last step, pauses included'),
      errorRate: share.optional().describe('iterations that a failed step ended, at most'),
      throughput: ratePerSecond.optional().describe('completed iterations a second, at least'),
    })
    .optional()
    .describe('limits of a flow as a whole'),
});

export const httpSla = httpLimits.extend({
  warning: httpLimits.optional().describe('the same limits, whose breach is a warning'),
  info: httpLimits.optional().describe('the same limits, whose breach is shown and fails nothing'),
});

/** One step of a flow. */
const flowStep = step.extend({
  pause: pause.optional().describe('before the next step'),
  sla: requestSla.prefault({}).describe('limits of this step; they replace those of the workload'),
});

const flow = z.strictObject({
  steps: z.array(flowStep).min(1, { error: 'needs at least one step' }).describe('sent one after the other; a step that fails ends the iteration'),
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
  sla: requestSla.prefault({}).describe('limits of this request; they replace those of the workload'),
});

export const httpSpec = z
  .strictObject({
    setup: z.array(step).default([]).describe('sent once before each round, for a token or an id; captured values can be used in all requests'),
    request: request.optional().describe('the request that is measured; this, mix or flow'),
    expect: expectation.prefault({}).describe('what counts as a success of `request`'),
    mix: z.array(mixEntry).min(2, { error: 'needs at least two requests: use request for one' }).optional().describe('several requests, sent in turns drawn by weight, each with metrics of its own; limits of the workload hold for each'),
    flow: flow.optional().describe('what a user does, step by step; limits of the workload hold for each step'),
    data: data.optional().describe('values for ${data.x}: each iteration takes the next row'),
    cookies: z.boolean().optional().describe('true: cookies that are set are sent again, each iteration with a jar of its own that begins with those of the set-up'),
    connection: z.enum(['keep-alive', 'new']).optional().describe('new: a connection of its own for every request, as from clients that come once'),
    load: load.describe('how requests are sent'),
  })
  // `when`: a missing request is told along with whatever else is wrong.
  .refine((spec) => spec.request !== undefined || spec.mix !== undefined || spec.flow !== undefined, { path: ['request'], error: needs('a map (lines of key: value), or mix or flow in its place', undefined), when: ({ value }) => isMap(value) });

export const httpWorkload = z.strictObject({
  name: name.describe('unique in the scenario'),
  description: z.string().optional().describe('for people; shown in reports'),
  http: httpSpec.describe('requests to the target, measured'),
  sla: httpSla.prefault({}).describe('limits that decide pass or breach'),
});

export type HttpWorkload = z.infer<typeof httpWorkload>;
export type HttpSpec = z.infer<typeof httpSpec>;
export type RequestSpec = z.infer<typeof request>;
/** All requests of a workload. */
export type Requests = Pick<HttpSpec, 'setup' | 'request' | 'expect' | 'mix' | 'flow'>;
export type Expectation = z.infer<typeof expectation>;
export type Load = z.infer<typeof load>;
export type Sla = z.infer<typeof requestSla>;
export type Limits = z.infer<typeof httpLimits>;
export type Capture = z.infer<typeof step>['capture'];
export type DataSpec = z.infer<typeof data>;

/** A request that is measured, whichever way it is written. */
export interface MeasuredStep {
  labels: Record<string, string>;
  weight: number;
  request: RequestSpec;
  expect: Expectation;
  capture: Capture;
  pauseMs: number;
  /** Where it stands, from the workload's `http`. */
  path: (string | number)[];
  /** What messages call it. */
  where: string;
}

/** The requests that are measured: one, those of the mix, or the steps of the flow in their order. */
export function measuredSteps({ request, expect, mix, flow }: Requests): MeasuredStep[] {
  const plain = { capture: {}, pauseMs: 0, weight: 1 };
  return [
    ...(request === undefined ? [] : [{ ...plain, labels: {}, request, expect, path: ['request'], where: 'request' }]),
    ...(mix ?? []).map((entry, index) => ({ ...plain, labels: { request: entry.name }, weight: entry.weight, request: entry.request, expect: entry.expect, path: ['mix', index, 'request'], where: `request ${entry.name}` })),
    ...(flow?.steps ?? []).map((each, index) => ({ ...plain, labels: { step: each.name }, request: each.request, expect: each.expect, capture: each.capture, pauseMs: each.pause ?? 0, path: ['flow', 'steps', index, 'request'], where: `step ${each.name}` })),
  ];
}

/** Length of the measurement in ms. */
export function measuredMsOf(spec: Load): number {
  return spec.model === 'staged' ? spec.stages.reduce((total, each) => total + each.duration, 0) : spec.duration;
}

export type StagedLoad = z.infer<typeof stagedLoad>;
export type OpenLoad = z.infer<typeof openLoad>;
export type ClosedLoad = z.infer<typeof closedLoad>;
