import { checksOfPacks } from '../../support/pack-checks.ts';

checksOfPacks([
  [
    'video-translation',
    ['auth', 'security-headers', 'rate-limit', 'idempotency', 'priority', 'retry', 'circuit-breaker', 'drain'],
    [
      'auth: without a credential it is answered 200', 'securityHeaders: there is no x-content-type-options', 'rateLimit: 30 requests at once, three times the limit of 10/s, and none was answered 429',
      'idempotency: the same submit with the same idempotency-key made two things', 'priority: of 4 jobs that waited when the one of high priority came, 4 began before it',
      'retry: while the dependency fails now and then, ', 'circuitBreaker: after 10 failures requests still take', 'shutdown: 5 of 5 requests under way were not answered',
    ],
  ],
  [
    'video-transcriber',
    // Probes that are slow while the workers are busy: test/integration/check/jobs.test.ts, with one probe instead of five.
    ['split', 'ready-probe', 'drain'],
    ['split: a file 4 times as long', 'ready: while submits are refused, /health/ready is still answered 200', 'shutdown: 5 of 5 requests under way were not answered'],
  ],
  ['video-generation', ['rate-limit', 'body-limit', 'security-headers', 'cors'], ['rateLimit: 30 requests', 'bodyLimit: a body', 'securityHeaders: there is no', 'cors: https']],
]);
