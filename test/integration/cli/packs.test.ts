import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { project } from '../../support/bench.ts';

/** Each pack, the defects that its checks are there for, and what the run says of each. */
const PACKS: [string, string[], string[]][] = [
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
    'data-platform',
    ['compression', 'pagination', 'cors', 'body-limit', 'retry', 'circuit-breaker'],
    ['compression: gzip and br are accepted', 'pagination: a page of 1 has 2 entries', 'cors: https://not-allowed.example is let in', 'bodyLimit: a body of 131 kB', 'retry: while', 'circuitBreaker: after'],
  ],
  [
    'video-transcriber',
    // Probes that are slow while the workers are busy: test/integration/check/jobs.test.ts, with one probe instead of five.
    ['split', 'ready-probe', 'drain'],
    ['split: a file 4 times as long', 'ready: while submits are refused, /health/ready is still answered 200', 'shutdown: 5 of 5 requests under way were not answered'],
  ],
  ['video-generation', ['rate-limit', 'body-limit', 'security-headers', 'cors'], ['rateLimit: 30 requests', 'bodyLimit: a body', 'securityHeaders: there is no', 'cors: https']],
  ['web-app', ['rate-limit', 'body-limit', 'security-headers', 'cors', 'auth', 'drain'], ['rateLimit: 30 requests', 'bodyLimit: a body', 'securityHeaders: there is no', 'cors: https', 'auth: without', 'shutdown: 5 of 5', 'proxy: the front adds']],
];

it.each(PACKS)('the checks of %s pass on the embedded service, and each names the defect that is switched on', async (pack, off, sentences) => {
  const { bench, dir } = await project();
  const args = ['run', fileURLToPath(new URL(`../../../scenarios/${pack}`, import.meta.url)), '--profile', 'checks', '--no-compare', '--no-control'];
  const faults = [...off.map((guard) => `off=${guard}`), 'front-latency=60ms'].join(',');
  const [good, bad] = await Promise.all([bench(args), bench([...args, '--out', `${dir}/bad`], { READYBENCH_FAULTS: faults })]);
  expect({ pack, code: good.code, said: good.code === 0 ? '' : good.stdout }).toEqual({ pack, code: 0, said: '' });
  expect(bad.code).toBe(1);
  const said = bad.stdout.replaceAll(/\s+/g, ' ');
  expect(sentences.filter((sentence) => !said.includes(sentence))).toEqual([]);
});
