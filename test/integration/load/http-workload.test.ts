import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { EXIT } from '../../../src/errors.ts';
import type { Progress, WorkloadContext } from '../../../src/workloads/contract.ts';
import { http } from '../../../src/workloads/http/http.ts';
import { httpWorkload } from '../../../src/workloads/http/schema.ts';

let close: () => Promise<void> = () => Promise.resolve();
afterEach(() => close());

async function serve(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    close = () => Promise.resolve();
  };
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function context(baseUrl: string, change: Partial<WorkloadContext> = {}): WorkloadContext {
  const never = (): Promise<never> => Promise.reject(new Error('no tool is needed'));
  return {
    name: 'status',
    rounds: 2,
    seed: 1,
    target: { baseUrl, label: baseUrl, headers: { 'x-key': 'k' }, addresses: [{ address: '127.0.0.1', family: 4 }] },
    scenarioDir: '.',
    workDir: '.',
    tools: { ffmpeg: never, ffprobe: never, k6: never, used: () => ({ ffmpeg: null, k6: null }) },
    signal: new AbortController().signal,
    insecureTls: false,
    keepSecret: () => undefined,
    progress: () => undefined,
    ...change,
  };
}

const open = { model: 'open', rate: 100, duration: '500ms', warmup: '100ms' };
const workload = (part: object) => httpWorkload.parse({ name: 'status', http: { request: { path: '/health' }, load: open, ...part } });
const setup = [{ name: 'submit', request: { method: 'POST', path: '/videos', json: { seconds: 5 } }, expect: { status: 201 }, capture: { id: { json: '/video/id' } } }];

describe('the http workload', () => {
  it('runs its set-up once a round and measures with what it captured', async () => {
    const seen = new Map<string, number>();
    let ids = 0;
    const baseUrl = await serve((request, response) => {
      const key = `${request.method} ${request.url} ${String(request.headers['x-key'])}`;
      seen.set(key, (seen.get(key) ?? 0) + 1);
      if (request.method !== 'POST') return response.end('{}');
      ids += 1;
      return response.writeHead(201).end(JSON.stringify({ video: { id: `v${ids}` } }));
    });
    const progress: Progress[] = [];
    const prepared = await http.prepare(workload({ setup, request: { path: '/videos/${id}' } }), context(`${baseUrl}/api`, { progress: (each) => progress.push(each) }));
    await prepared.runRound(0);
    await prepared.runRound(1);
    await prepared.close();
    const { metrics, detail, series, histograms } = prepared.measurement();
    expect(seen.get('POST /api/videos k')).toBe(2);
    // 50 measured, and 10 of the warm-up, of which a busy machine leaves some out.
    for (const path of ['/api/videos/v1', '/api/videos/v2']) {
      expect(seen.get(`GET ${path} k`)).toBeGreaterThanOrEqual(50);
      expect(seen.get(`GET ${path} k`)).toBeLessThanOrEqual(60);
    }
    // Where answers are slow for a moment more connections are opened, and what that took is measured as well.
    expect(metrics.map(({ id }) => id).filter((id) => !id.startsWith('connect.'))).toEqual([
      ...['p50', 'p90', 'p95', 'p99'].map((each) => `latency.${each}`),
      ...['p50', 'p90', 'p95', 'p99'].map((each) => `service.${each}`),
      ...['p50', 'p90', 'p95', 'p99'].map((each) => `firstByte.${each}`),
      ...['throughput', 'throughput.received', 'errors.rate', 'success.rate'],
    ]);
    expect(metrics.find(({ id }) => id === 'errors.rate')).toMatchObject({ value: 0, rounds: [0, 0], n: 100 });
    expect(detail).toMatchObject({ kind: 'http', model: 'open', requests: [{ sent: 100, completed: 100, failed: 0, statuses: { '200': 100 }, errors: [] }] });
    expect(series).toMatchObject({ kind: 'http', rounds: [{ round: 0 }, { round: 1 }] });
    expect(histograms.map(({ id }) => id).filter((id) => id !== 'connect')).toEqual(['latency', 'service', 'firstByte', 'latency', 'service', 'firstByte']);
    expect(new Set(progress.map(({ phase }) => phase))).toContain('measuring');
  });

  it.each([
    [{ status: 500, body: 'broken' }, 'unexpected status 500. Sent: POST /videos {"seconds":5}. Came back: 500 broken.'],
    [{ status: 201, body: '{"video":{}}' }, 'capture id found nothing at /video/id. Sent: POST /videos {"seconds":5}. Came back: 201 {"video":{}}.'],
    [{ status: 201, body: 'ok' }, 'nothing can be captured, the body is not JSON'],
  ])('a set-up that goes wrong is an invalid round that says what came back: %o', async ({ status, body }, message) => {
    const baseUrl = await serve((_request, response) => response.writeHead(status).end(body));
    const prepared = await http.prepare(workload({ setup }), context(baseUrl));
    await prepared.runRound(0);
    const { validity, metrics } = prepared.measurement();
    expect(validity.status).toBe('invalid');
    expect(validity.findings[0]?.message).toContain(message);
    expect(metrics).toEqual([]);
  });

  it('ends with exit code 5 where nobody answers, or where autocannon could not measure', async () => {
    const gone = await serve(() => undefined);
    await close();
    await expect(http.prepare(workload({}), context(gone))).rejects.toMatchObject({ name: 'BenchError', exitCode: EXIT.unreachable });

    const closing = await serve((_request, response) => response.setHeader('connection', 'close').end('ok'));
    const closed = { load: { model: 'closed', connections: 2, duration: '500ms' } };
    await expect(http.prepare(workload(closed), context(closing))).rejects.toMatchObject({ exitCode: EXIT.unreachable, hint: 'Enable keep-alive on the target, or use engine: own or model: open.' });
    await expect(http.prepare(workload({}), context(closing))).resolves.toBeDefined();
  });

  it('saturates with a closed loop', async () => {
    const baseUrl = await serve((_request, response) => response.end('ok'));
    const prepared = await http.prepare(workload({ load: { model: 'closed', connections: 2, duration: '500ms', warmup: '100ms' } }), context(baseUrl));
    await prepared.runRound(0);
    const { metrics, detail, validity } = prepared.measurement();
    expect(detail).toMatchObject({ model: 'closed', engine: 'autocannon' });
    expect(validity.status).not.toBe('invalid');
    expect(metrics.find(({ id }) => id === 'throughput')?.value).toBeGreaterThan(50);
  });

  it('keeps what was measured before an interrupt, and starts nothing after it', async () => {
    const baseUrl = await serve((_request, response) => response.end('ok'));
    const stop = new AbortController();
    const progress = ({ phase, done }: Progress): void => {
      if (phase === 'measuring' && done > 0.01) stop.abort();
    };
    const prepared = await http.prepare(workload({ load: { ...open, duration: '60s' } }), context(baseUrl, { signal: stop.signal, progress }));
    await prepared.runRound(0);
    await prepared.runRound(1);
    const { metrics, series } = prepared.measurement();
    expect(metrics.find(({ id }) => id === 'latency.p50')?.n).toBeGreaterThan(10);
    expect(series).toMatchObject({ rounds: [{ round: 0 }] });
  });
});
