import { checksOfPacks } from '../../support/pack-checks.ts';

checksOfPacks([
  [
    'data-platform',
    ['compression', 'pagination', 'cors', 'body-limit', 'retry', 'circuit-breaker'],
    ['compression: gzip and br are accepted', 'pagination: a page of 1 has 2 entries', 'cors: https://not-allowed.example is let in', 'bodyLimit: a body of 131 kB', 'retry: while', 'circuitBreaker: after'],
  ],
  ['web-app', ['rate-limit', 'body-limit', 'security-headers', 'cors', 'auth', 'drain'], ['rateLimit: 30 requests', 'bodyLimit: a body', 'securityHeaders: there is no', 'cors: https', 'auth: without', 'shutdown: 5 of 5', 'proxy: the front adds']],
]);
