import { setTimeout as after } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { serve } from '../../support/http-server.ts';
import { measureRound } from './workload.ts';

const STEPS = [
  { name: 'submit', request: { method: 'POST', path: '/videos', json: { prompt: 'a boat' } }, expect: { status: 201 }, capture: { id: { json: '/video/id' }, next: { header: 'location', regex: '^/(.*)$' }, part: { regex: '"part":(\\d+)' } } },
  { name: 'status', request: { path: '/${next}?part=${part}' }, expect: { json: { '/id': '${id}', '/state': { matches: '^(queued|done)$' } }, headers: { 'x-state': { exists: true }, 'content-type': 'application/json' } } },
];

/** Answers the two steps rightly and counts what it sees. */
async function videoServer(change: { status?: object; delayMs?: number } = {}) {
  const seen = { submitted: 0, asked: new Map<string, number>() };
  const server = await serve((request, response) => {
    const answer = async (): Promise<void> => {
      if (change.delayMs !== undefined) await after(change.delayMs);
      if (request.method === 'POST') {
        seen.submitted += 1;
        const id = `v${seen.submitted}`;
        response.writeHead(201, { location: `/videos/${id}` }).end(JSON.stringify({ video: { id, part: 7 } }));
        return;
      }
      const url = request.url ?? '';
      // The preflight asks for the base URL.
      if (url !== '/') seen.asked.set(url, (seen.asked.get(url) ?? 0) + 1);
      const id = /^\/videos\/(\w+)/.exec(url)?.[1];
      response.writeHead(200, { 'content-type': 'application/json', 'x-state': 'ok' }).end(JSON.stringify({ id, state: 'queued', ...change.status }));
    };
    void answer();
  });
  return { ...server, seen };
}

const step = (name: string): { step: string } => ({ step: name });

describe('flows', () => {
  it.each([{ workers: 1 }, { workers: 2 }])('steps follow one another with what was captured, each with its own figures ($workers threads)', async ({ workers }) => {
    const { url, seen } = await videoServer();
    const { metric, detail } = await measureRound({ flow: { steps: STEPS }, load: { model: 'open', rate: 100, duration: '500ms', warmup: '100ms', workers } }, url);
    expect(detail.requests.map(({ labels, sent, completed, failed, errors }) => ({ labels, sent, completed, failed, errors }))).toEqual([
      { labels: step('submit'), sent: 50, completed: 50, failed: 0, errors: [] },
      { labels: step('status'), sent: 50, completed: 50, failed: 0, errors: [] },
    ]);
    expect(detail.iterations).toEqual([{ labels: {}, completed: 50, failed: 0 }]);
    // Every iteration asked for its own video, once: those of the warm-up too.
    expect(seen.submitted).toBe(60);
    expect(seen.asked.size).toBe(60);
    expect(new Set(seen.asked.values())).toEqual(new Set([1]));
    expect(seen.asked.get('/videos/v1?part=7')).toBe(1);
    expect(metric('iteration.p50').n).toBe(50);
    expect(metric('iteration.errors.rate')).toMatchObject({ value: 0, n: 50 });
    expect(metric('latency.p50', step('status')).n).toBe(50);
  });

  it('closed loop on our own engine: each user its next iteration when the last one is over', async () => {
    const { url, seen } = await videoServer({ delayMs: 5 });
    const { metric, detail } = await measureRound({ flow: { steps: STEPS }, load: { model: 'closed', engine: 'own', connections: 3, duration: '500ms', warmup: '0ms' } }, url);
    const [submit, status] = detail.requests;
    expect(submit?.completed).toBe(status?.completed);
    expect(detail.iterations?.[0]?.completed).toBe(submit?.completed);
    expect(seen.submitted).toBe(submit?.sent);
    expect(metric('iteration.p50').value).toBeGreaterThanOrEqual(10);
  });

  it('a pause counts for the iteration and for no step', async () => {
    const { url } = await videoServer({ delayMs: 5 });
    const paused = STEPS.map((each) => ({ ...each, pause: '200ms' }));
    const { metric } = await measureRound({ flow: { steps: paused } }, url);
    // The last step's pause is not waited for. No truth can be undercut; how far above it is the machine's doing.
    expect(metric('iteration.p50').value).toBeGreaterThanOrEqual(209);
    expect(metric('iteration.p50').value).toBeLessThan(400);
    expect(metric('latency.p50', step('status')).value).toBeGreaterThanOrEqual(4);
    expect(metric('latency.p50', step('status')).value).toBeLessThan(150);
  });

  it.each([
    [{ ...STEPS[0], capture: { id: { json: '/nothing' } } }, 'capture', 'POST /videos: 201, capture id found nothing at /nothing'],
    [{ ...STEPS[0], capture: { id: { header: 'x-none' } } }, 'capture', 'POST /videos: 201, capture id found no header x-none'],
    [{ ...STEPS[0], capture: { id: { regex: 'id=(\\d+)' } } }, 'capture', 'POST /videos: 201, capture id found no match of id=(\\d+) in the body'],
    [{ ...STEPS[0], expect: { json: { '/video/part': 8 } } }, 'check', 'POST /videos: 201, /video/part must be 8: got 7'],
    [{ ...STEPS[0], expect: { json: { '/video/error': { exists: true } } } }, 'check', 'POST /videos: 201, /video/error must be there: there is nothing'],
    [{ ...STEPS[0], expect: { json: { '/video/part': { exists: false } } } }, 'check', 'POST /videos: 201, /video/part must not be there: got 7'],
    [{ ...STEPS[0], expect: { headers: { location: { matches: '^/jobs/' } } } }, 'check', /^POST \/videos: 201, header location must match \^\/jobs\/: got "\/videos\/v\d+"$/],
    [{ ...STEPS[0], expect: { bodyMatches: 'error' } }, 'check', /^POST \/videos: 201, body of \d+ bytes without a match of error$/],
    [{ ...STEPS[0], expect: { bodyIncludes: 'error' } }, 'check', /^POST \/videos: 201, body of \d+ bytes without "error"$/],
    [{ ...STEPS[0], expect: { status: 200 } }, 'check', /^POST \/videos: 201 \{"video"/],
  ])('a step that fails is counted with an example and ends its iteration: %o', async (first, kind, example) => {
    const { url, seen } = await videoServer();
    const { detail, metric } = await measureRound({ flow: { steps: [first, { name: 'after', request: { path: '/after' } }] }, load: { model: 'open', rate: 100, duration: '200ms', warmup: '0ms' } }, url);
    const [submit, status] = detail.requests;
    expect(submit).toMatchObject({ sent: 20, completed: 0, failed: 20, errors: [{ kind, count: 20 }] });
    expect(submit?.errors[0]?.example).toEqual(typeof example === 'string' ? example : expect.stringMatching(example));
    expect(status).toMatchObject({ sent: 0, completed: 0, failed: 0 });
    expect(seen.asked.size).toBe(0);
    expect(detail.iterations).toEqual([{ labels: {}, completed: 0, failed: 20 }]);
    expect(metric('iteration.errors.rate')).toMatchObject({ value: 1, n: 20 });
  });

  it('a step that is not answered in time: censored in the step and in the iteration', async () => {
    const { url } = await serve((request, response) => {
      if (request.url !== '/hangs') response.end('ok');
    });
    const steps = [{ name: 'first', request: { path: '/first' } }, { name: 'hangs', request: { path: '/hangs' } }];
    const { detail, metric } = await measureRound({ flow: { steps }, load: { model: 'open', rate: 50, duration: '400ms', warmup: '0ms', timeout: '300ms' } }, url);
    expect(detail.requests).toMatchObject([{ completed: 20, failed: 0 }, { completed: 0, failed: 20, errors: [{ kind: 'timeout', example: 'GET /hangs: no answer within 300 ms' }] }]);
    expect(metric('latency.p50', step('hangs'))).toMatchObject({ value: expect.closeTo(300, 0) as number, n: 20 });
    expect(metric('iteration.p50').value).toBeGreaterThanOrEqual(299.9);
    expect(metric('iteration.p50').n).toBe(20);
  });

  it('the in-flight limit counts iterations, those that pause too', async () => {
    const { url } = await serve((_request, response) => response.end('ok'));
    const steps = [{ name: 'first', request: { path: '/first' }, pause: '10s' }, { name: 'second', request: { path: '/second' } }];
    const load = { model: 'open', rate: 50, duration: '400ms', warmup: '0ms', maxInFlight: 5, timeout: '1s' };
    // The five that pause are waited for: shorten that by a pause of a second.
    const { detail, metric } = await measureRound({ flow: { steps: steps.map((each) => ('pause' in each ? { ...each, pause: '1s' } : each)) }, load }, url);
    expect(detail.requests[0]).toMatchObject({ sent: 5, completed: 5, failed: 15, errors: [{ kind: 'dropped', count: 15, example: 'GET /first: not sent, 5 iterations were already in flight' }] });
    expect(detail.requests[1]).toMatchObject({ sent: 5, completed: 5, failed: 0 });
    expect(detail.iterations).toEqual([{ labels: {}, completed: 5, failed: 15 }]);
    expect(metric('iteration.errors.rate').value).toBe(0.75);
  });
});
