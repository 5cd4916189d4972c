import { z } from 'zod';
import { bytes, count, durationMs, name, needs, ratePerSecond } from '../../fields.ts';
import type { Capture, Expectation, RequestSpec } from '../http/schema.ts';
import { expectation, request, step } from '../http/schema/request.ts';

const path = z.string().regex(/^\//, { error: (issue) => needs('a path that starts with /, for example /videos', issue.input) });
const pointer = z.string().regex(/^(\/.*)?$/, { error: (issue) => needs('a JSON pointer, for example /items', issue.input) });
const question = z.strictObject({ request: request.describe('what is sent'), expect: expectation.prefault({}).describe('what counts as a success') });

/** What a check may do to the target beyond ordinary requests. */
export const INTRUSIONS = ['shutdown'] as const;

const checks = {
  rateLimit: z
    .strictObject({
      path: path.describe('asked with GET'),
      limit: ratePerSecond.pipe(z.number().max(1_000, { error: 'is above the ceiling of 1000/s' })).describe('what one client may send; three times a second of it is sent at once'),
      recovery: durationMs.prefault('2s').describe('a request is let through again at most this long after the refusals, or after their Retry-After'),
    })
    .describe('beyond the limit 429 with Retry-After, and after it service again'),
  bodyLimit: z
    .strictObject({ path: path.describe('sent to with POST'), limit: bytes.pipe(z.number().max(100_000_000, { error: 'is above the ceiling of 100MB' })).describe('largest body that is taken; one twice as large is sent'), then: path.prefault('/').describe('asked afterwards: the service must go on answering') })
    .describe('a body beyond the limit is answered 413, and the service goes on'),
  auth: question
    .extend({ refused: z.array(count(400, 499)).min(1).default([401, 403]).describe('statuses that refuse'), expired: z.string().optional().describe('value of the authorization header with a token that has expired') })
    .describe('without a credential, with a wrong one and with an expired one: refused, and no data'),
  securityHeaders: z
    .strictObject({ path: path.describe('asked with GET'), require: z.array(z.string().min(1)).min(1).default(['x-content-type-options', 'content-security-policy', 'x-frame-options']).describe('headers that must be there; strict-transport-security too over https'), forbid: z.array(z.string().min(1)).default(['x-powered-by']).describe('headers that must not') })
    .describe('the headers that browsers are told to be careful by'),
  cors: z
    .strictObject({ path: path.describe('asked with OPTIONS, as browsers do'), allowed: z.string().describe('an origin that may call'), denied: z.string().default('https://not-allowed.example').describe('an origin that may not') })
    .describe('the allowed origin is let in, and no other'),
  compression: z.strictObject({ path: path.describe('asked with GET; its answer must be long enough to be worth it') }).describe('compressed for those who accept it, plain for the others, the same content'),
  pagination: z
    .strictObject({ path: path.describe('asked with GET'), limit: z.string().default('limit').describe('parameter for the size of a page'), offset: z.string().default('offset').describe('parameter for where it begins'), items: pointer.default('/items').describe('JSON pointer to the list'), most: count(1, 100_000).default(100).describe('no page is longer, whatever is asked for') })
    .describe('a page is as long as asked for, the next one is another, and none is endless'),
  health: z
    .strictObject({ probes: z.array(z.strictObject({ path: path.describe('asked with GET'), expect: expectation.prefault({}).describe('status and shape') })).min(1).describe('health endpoints'), limit: durationMs.prefault('100ms').describe('median of 20 answers of each probe, at most') })
    .describe('status, shape and latency of the health endpoints'),
  idempotency: question
    .extend({ header: z.string().default('idempotency-key').describe('header that names the submit'), id: pointer.default('/id').describe('JSON pointer to what was made'), delete: question.optional().describe('removes what was made; ${id} is its id') })
    .describe('the same submit sent twice makes one thing, another key makes another'),
  shutdown: z
    .strictObject({ pid: z.string().regex(/^\d+$/, { error: (issue) => needs('a process id, for example ${env.SERVICE_PID}', issue.input) }).describe('of the service, on this machine'), request: request.describe('what is under way while it stops'), inFlight: count(1, 100).default(5).describe('requests under way'), within: durationMs.prefault('30s').describe('the process is gone after this') })
    .describe('on SIGTERM requests under way are answered, new ones are refused, the process goes'),
};

const every = { ...Object.fromEntries(Object.entries(checks).map(([key, each]) => [key, each.optional()])) } as { [Key in keyof typeof checks]: z.ZodOptional<(typeof checks)[Key]> };

export const checkSpec = z.strictObject({
  setup: z.array(step).default([]).describe('sent once before the checks, for a token; captured values can be used in requests'),
  headers: z.record(z.string(), z.string()).default({}).describe('sent with every request beside those of the target; a captured token is written ${token}'),
  timeout: durationMs.pipe(z.number().min(1, { error: 'must be at least 1ms' })).prefault('10s').describe('of each request'),
  allow: z.array(z.enum(INTRUSIONS)).default([]).describe('checks that do harm run only where they are named here'),
  ...every,
});

export const CHECK_NAMES = Object.keys(checks) as (keyof typeof checks)[];
export type CheckName = keyof typeof checks;

export const checkWorkload = z
  .strictObject({
    name: name.describe('unique in the scenario'),
    description: z.string().optional().describe('for people; shown in reports'),
    check: checkSpec.describe('behaviour of the target, not its speed: each check says what was sent and what came back'),
  })
  .superRefine(({ check }, context) => {
    if (CHECK_NAMES.every((each) => check[each] === undefined)) context.addIssue({ code: 'custom', path: ['check'], message: `has nothing to check: name at least one of ${CHECK_NAMES.join(', ')}` });
    if (check.shutdown !== undefined && !check.allow.includes('shutdown')) context.addIssue({ code: 'custom', path: ['check', 'shutdown'], message: 'stops the service: write allow: [shutdown] beside it where that is meant' });
  });

/** The requests of the checks in the order in which they are first sent, with where they stand. `given`: names that have a value there alone. */
export function checkRequests({ setup, auth, idempotency, shutdown }: CheckSpec): { path: (string | number)[]; request: RequestSpec; expect: Expectation; capture: Capture; given: string[] }[] {
  const plain = { expect: {}, capture: {}, given: [] };
  return [
    ...setup.map((each, index) => ({ ...plain, path: ['check', 'setup', index, 'request'], request: each.request, expect: each.expect, capture: each.capture })),
    ...(auth === undefined ? [] : [{ ...plain, path: ['check', 'auth', 'request'], request: auth.request, expect: auth.expect }]),
    ...(idempotency === undefined ? [] : [{ ...plain, path: ['check', 'idempotency', 'request'], request: idempotency.request, expect: idempotency.expect }]),
    ...(idempotency?.delete === undefined ? [] : [{ ...plain, path: ['check', 'idempotency', 'delete', 'request'], request: idempotency.delete.request, expect: idempotency.delete.expect, given: ['id'] }]),
    ...(shutdown === undefined ? [] : [{ ...plain, path: ['check', 'shutdown', 'request'], request: shutdown.request }]),
  ];
}

export type CheckWorkload = z.infer<typeof checkWorkload>;
export type CheckSpec = z.infer<typeof checkSpec>;
export type Spec<Name extends CheckName> = NonNullable<CheckSpec[Name]>;
