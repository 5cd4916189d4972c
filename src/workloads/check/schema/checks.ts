import { z } from 'zod';
import { bytes, count, durationMs, needs, ratePerSecond } from '../../../fields.ts';
import { expectation, path, request } from '../../http/schema/request.ts';
import { pointer, question } from './jobs.ts';

const above0 = durationMs.pipe(z.number().min(1, { error: 'must be at least 1ms' }).max(3_600_000, { error: 'is above the ceiling of 1h' }));
const ratio = z.number({ error: (issue) => needs('a number above 1', issue.input) }).gt(1, { error: (issue) => needs('a number above 1', issue.input) });

/** A part of the target that other services or processes stand behind, made to fail and made well again. */
const dependency = question.extend({
  break: question.describe('makes it fail, as a fault injection of the target or of a proxy before the dependency does'),
  restore: question.describe('makes it well again; sent whatever happens'),
});

export const checks = {
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
    .strictObject({
      probes: z.array(z.strictObject({ path: path.describe('asked with GET'), expect: expectation.prefault({}).describe('status and shape') })).min(1).describe('health endpoints'),
      limit: durationMs.prefault('100ms').describe('median of 20 answers of each probe, at most'),
      busy: z
        .strictObject({ jobs: count(1, 1_000).describe('jobs (see job) that keep all workers busy, and some of them waiting'), limit: durationMs.prefault('200ms').describe('median of 20 answers of each probe meanwhile, at most') })
        .optional()
        .describe('the same again while the workers are saturated'),
    })
    .describe('status, shape and latency of the health endpoints, idle and under load'),
  ready: z
    .strictObject({ path: path.describe('the ready probe, asked with GET'), jobs: count(1, 10_000).default(300).describe('jobs (see job) that are submitted at most, until one is refused'), recovery: above0.prefault('10s').describe('ready again at most this long after the jobs were removed') })
    .describe('ready turns false while the service refuses work (429 or 503), and true again afterwards'),
  queueLimit: z.strictObject({ limit: count(1, 1_000).describe('jobs at work at once (MAX_CONCURRENT_JOBS); one more is submitted') }).describe('jobs beyond the limit wait, and every one is done in the end'),
  priority: z
    .strictObject({ high: request.describe('submits a job of high priority; job.submit those of normal priority'), behind: count(2, 100).default(4).describe('jobs of normal priority that wait when the one of high priority comes') })
    .describe('a job of high priority overtakes what waits'),
  split: z
    .strictObject({
      short: request.describe('submits a file that is not split'),
      long: request.describe('submits one that is so many times as long, and is split'),
      times: ratio.describe('how many times as long'),
      speedup: ratio.default(1.4).describe('the long one is done in times / speedup of what the short one takes, or less (the better of two)'),
    })
    .describe('a long file is processed in parts, in parallel'),
  idempotency: question
    .extend({ header: z.string().default('idempotency-key').describe('header that names the submit'), id: pointer.default('/id').describe('JSON pointer to what was made'), delete: question.optional().describe('removes what was made; ${id} is its id') })
    .describe('the same submit sent twice makes one thing, another key makes another'),
  retry: dependency.extend({ requests: count(3, 1_000).default(20).describe('sent one after the other while the dependency fails now and then') }).describe('a dependency that fails now and then does not show'),
  circuitBreaker: dependency
    .extend({
      opensAfter: count(1, 1_000).default(10).describe('failed requests after which it has opened'),
      fast: above0.prefault('50ms').describe('median of 5 refusals once it is open, at most'),
      recovery: above0.prefault('10s').describe('served again at most this long after the dependency is well'),
    })
    .describe('while a dependency is down requests are refused at once, and they are served again when it is back'),
  proxy: z
    .strictObject({
      path: path.describe('asked with GET, in turns through the front (the target) and straight at the back end'),
      backend: z.string().regex(/^(embedded|https?:\/\/[^\s/]+(\/.*)?)$/, { error: (issue) => needs('a URL on this machine or on the host of the target, or embedded', issue.input) }).default('embedded').describe('base URL of the back end; embedded: the one behind embedded-proxied'),
      limit: durationMs.prefault('20ms').describe('what the front adds to the median latency, at most'),
      requests: count(10, 10_000).default(50).describe('each way'),
    })
    .describe('what the front process adds to the latency of the back end'),
  shutdown: z
    .strictObject({
      pid: z.string().regex(/^\d+$/, { error: (issue) => needs('a process id, for example ${env.SERVICE_PID}', issue.input) }).optional().describe('of the service, on this machine; this, container or command'),
      container: z.string().regex(/^[\w][\w.-]*$/, { error: (issue) => needs('the name or id of a container', issue.input) }).optional().describe('that the service runs in; docker or podman on PATH tells it to stop'),
      command: z.string().min(1).optional().describe('starts an instance of its own for this check: embedded, or a command line (no shell) that listens at {port} or $PORT; the target is left alone'),
      ready: path.prefault('/health').describe('path of that instance that answers once it runs'),
      request: request.describe('what is under way while it stops; it should take a while'),
      inFlight: count(1, 100).default(5).describe('requests under way, and sent again as soon as they are answered'),
      within: above0.prefault('30s').describe('the service is gone after this'),
    })
    .describe('on SIGTERM under load requests under way are answered, new ones are refused, the service goes'),
};
