import { z } from 'zod';
import { durationMs, name, needs, ratePerSecond, share } from '../../fields.ts';

/** A metric of k6, or its part with one tag: `http_req_duration{endpoint:health}`. */
const METRIC_KEY = /^[A-Za-z_]\w{0,127}(\{[A-Za-z_]\w*:[^{},=]+\})?$/;
const wantedKey = (issue: { input?: unknown }): string => needs('a metric of k6, or its part with one tag: http_req_duration or http_req_duration{endpoint:health}', issue.input);
const metricKey = z.string({ error: wantedKey }).regex(METRIC_KEY, { error: wantedKey });

const wantedTag = (issue: { input?: unknown }): string => needs('the name of a tag of k6', issue.input);
const tagName = z.string({ error: wantedTag }).regex(/^[A-Za-z_]\w*$/, { error: wantedTag });

const wantedVariable = (issue: { input?: unknown }): string => needs('the name of an environment variable', issue.input);
const variable = z.string({ error: wantedVariable }).regex(/^[A-Za-z_]\w*$/, { error: wantedVariable });

export const k6Limits = z
  .strictObject({
    p50: durationMs.optional().describe('trends: half of the samples, at most'),
    p90: durationMs.optional().describe('trends: 90 % of the samples, at most'),
    p95: durationMs.optional().describe('trends: 95 % of the samples, at most'),
    p99: durationMs.optional().describe('trends: 99 % of the samples, at most'),
    atMost: share.optional().describe('rates: the share that is true, at most; of http_req_failed the share that failed'),
    atLeast: share.optional().describe('rates: the share that is true, at least; of checks the share that passed'),
    perSecond: ratePerSecond.optional().describe('counters: counted a second, at least; of http_reqs the requests'),
  })
  .refine((limits) => Object.values(limits).some((each) => each !== undefined), { error: needs('at least one of p50, p90, p95, p99, atMost, atLeast, perSecond', {}) });

export const k6Spec = z.strictObject({
  script: z.string().min(1).describe('a k6 script in JavaScript or TypeScript, from the folder of the scenario file; k6 itself finds what it imports'),
  env: z.record(variable, z.string({ error: (issue) => needs('a text', issue.input) })).default({}).describe('environment of the script (__ENV); BASE_URL is the target where it is not set here'),
  warmup: durationMs.prefault('0s').describe('of its beginning, run and not counted'),
  duration: durationMs.prefault('30s').describe('about how long it runs, for the time left; how long it really runs is in the script'),
  tags: z.array(tagName).max(8).default([]).describe('tags whose values have figures of their own: [endpoint]'),
  metrics: z.array(metricKey).max(100).default([]).describe('what to record besides what sla names: custom trends, rates and counters of the script'),
});

export const k6Workload = z
  .strictObject({
    name: name.describe('unique in the scenario'),
    description: z.string().optional().describe('for people; shown in reports'),
    k6: k6Spec.describe('a hand-written k6 script, run by k6 and judged here'),
    sla: z.record(metricKey, k6Limits).default({}).describe("limits by metric of k6: { http_req_duration: { p95: 200ms }, 'http_req_duration{endpoint:health}': { p95: 50ms }, checks: { atLeast: 99% } }"),
  })
  .superRefine(({ sla }, context) => {
    for (const [key, limits] of Object.entries(sla)) {
      const known = KNOWN_TYPES[nameOf(key)];
      for (const [limit, value] of Object.entries(limits)) {
        const type = TYPE_OF_LIMIT[limit];
        if (value !== undefined && known !== undefined && type !== undefined && type !== known) context.addIssue({ code: 'custom', path: ['sla', key, limit], message: `does not go with ${nameOf(key)}, which is a ${known}: use ${LIMITS_OF[known]}` });
      }
    }
  });

type MetricType = 'trend' | 'rate' | 'counter';

/** Of k6's own metrics; what a script adds is known when it runs. */
export const KNOWN_TYPES: Readonly<Record<string, MetricType>> = {
  http_req_duration: 'trend',
  http_req_waiting: 'trend',
  http_req_blocked: 'trend',
  http_req_connecting: 'trend',
  http_req_tls_handshaking: 'trend',
  http_req_sending: 'trend',
  http_req_receiving: 'trend',
  iteration_duration: 'trend',
  http_req_failed: 'rate',
  checks: 'rate',
  http_reqs: 'counter',
  iterations: 'counter',
};

const TYPE_OF_LIMIT: Readonly<Record<string, MetricType>> = { p50: 'trend', p90: 'trend', p95: 'trend', p99: 'trend', atMost: 'rate', atLeast: 'rate', perSecond: 'counter' };
const LIMITS_OF: Readonly<Record<MetricType, string>> = { trend: 'p50, p90, p95 or p99', rate: 'atMost or atLeast', counter: 'perSecond' };

/** `http_req_duration{endpoint:health}` → `http_req_duration` */
export function nameOf(key: string): string {
  return key.split('{')[0] ?? key;
}

export type K6Workload = z.infer<typeof k6Workload>;
export type K6Spec = z.infer<typeof k6Spec>;
