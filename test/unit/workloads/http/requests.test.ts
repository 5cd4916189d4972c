import { describe, expect, it } from 'vitest';
import { BenchError, EXIT } from '../../../../src/errors.ts';
import type { Target } from '../../../../src/target/target.ts';
import { http } from '../../../../src/workloads/http/http.ts';
import type { Variables } from '../../../../src/load/template.ts';
import { checkRequests, credentialsOf } from '../../../../src/workloads/http/check-requests.ts';
import { requestPlan } from '../../../../src/workloads/http/requests.ts';
import { httpWorkload, measuredSteps, type HttpSpec } from '../../../../src/workloads/http/schema.ts';

const target: Target = { baseUrl: 'https://api.example/v1', label: 'api', headers: { Authorization: 'Bearer s3', 'X-Team': 'a' }, addresses: [] };
const load = { model: 'open', rate: 50, duration: '15s', warmup: '3s' };
const parse = (part: object, sla: object = {}) => httpWorkload.parse({ name: 'health', http: { request: { path: '/health' }, load, ...part }, sla });

const plansOf = (spec: HttpSpec, known: Variables, later: string[] = []) =>
  measuredSteps(spec).map((step) => requestPlan(step, { target, files: new Map(), credentials: new Set(), names: { known, later: new Set(later) } }));

function problem(part: object): string {
  try {
    checkRequests(parse(part).http, 'health');
  } catch (error) {
    if (error instanceof BenchError && error.exitCode === EXIT.usage) return error.message;
    throw error;
  }
  return 'none';
}

describe('a request', () => {
  it('carries base path, headers of the target and its own over them, and captured values', () => {
    const { http: spec } = parse({ request: { method: 'POST', path: '/videos/${id}', headers: { 'X-Team': 'b', 'X-Id': '${id}' }, json: { id: '${id}' } }, expect: { status: [200, 404] } });
    expect(plansOf(spec, { id: 7 })).toEqual([{
      labels: {},
      method: 'POST',
      path: '/v1/videos/7',
      headers: { accept: '*/*', 'user-agent': 'readybench', 'content-type': 'application/json', authorization: 'Bearer s3', 'x-team': 'b', 'x-id': '7' },
      body: { type: 'text', text: '{"id":7}' },
      expect: { statuses: { codes: [200, 404], classes: [] }, bodyIncludes: null, bodyMatches: null, maxBodyBytes: null, json: [], headers: [] },
      capture: [],
      pauseMs: 0,
    }]);
  });

  it('keeps places for what each iteration brings, and marks what is a credential', () => {
    const steps = [
      { name: 'login', request: { method: 'POST', path: '/login', json: { user: '${data.user}', n: '${data.n}' } }, capture: { token: { json: '/token' }, id: { header: 'X-Id', regex: '(\\d+)' }, shown: { regex: 'x', secret: true } } },
      { name: 'read', request: { path: '/v/${id}', headers: { Authorization: 'Bearer ${token}' } }, expect: { json: { '/id': '${id}', '/a': 5, '/b': { exists: false } }, headers: { ETag: { matches: '^W' } } }, pause: '2s' },
    ];
    const { http: spec } = parse({ request: undefined, flow: { steps }, data: { generate: { user: 'uuid', n: { integer: [1, 2] } } } });
    const [login, read] = measuredSteps(spec).map((step) => requestPlan(step, { target, files: new Map(), credentials: credentialsOf(spec), names: { known: {}, later: new Set(['data.user', 'data.n', 'token', 'id']) } }));
    expect(login).toMatchObject({
      labels: { step: 'login' },
      body: { type: 'text', text: ['{"user":', { ref: 'data.user', as: 'json' }, ',"n":', { ref: 'data.n', as: 'json' }, '}'] },
      capture: [
        { name: 'token', secret: true, from: { type: 'json', pointer: '/token' } },
        { name: 'id', secret: false, from: { type: 'header', header: 'x-id', pattern: '(\\d+)' } },
        { name: 'shown', secret: true, from: { type: 'body', pattern: 'x' } },
      ],
    });
    expect(read).toMatchObject({
      labels: { step: 'read' },
      path: ['/v1/v/', { ref: 'id', as: 'path' }],
      headers: { authorization: ['Bearer ', { ref: 'token', as: 'text' }] },
      expect: {
        json: [{ pointer: '/id', match: { type: 'equals', to: [{ ref: 'id', as: 'json' }] } }, { pointer: '/a', match: { type: 'equals', to: '5' } }, { pointer: '/b', match: { type: 'absent' } }],
        headers: [{ name: 'etag', match: { type: 'matches', pattern: '^W' } }],
      },
      pauseMs: 2_000,
    });
  });

  it('expects a status class where one is written', () => {
    const { http: spec } = parse({ expect: { status: '2xx', bodyIncludes: 'ok', maxBodyBytes: '1kB' } });
    expect(plansOf(spec, {})[0]?.expect).toMatchObject({ statuses: { codes: [], classes: [2] }, bodyIncludes: 'ok', maxBodyBytes: 1_000 });
  });
});

describe('what is wrong with requests as a whole', () => {
  const login = { name: 'login', request: { path: '/login' }, capture: { token: { json: '/token' } } };

  it('is found before anything is sent', () => {
    expect(problem({})).toBe('none');
    expect(problem({ setup: [login], request: { path: '/x', headers: { authorization: 'Bearer ${token}' } } })).toBe('none');
    expect(problem({ request: { path: '/x/${id}' } })).toBe('health: request uses ${id}, but nothing is captured before it');
    expect(problem({ setup: [login], request: { path: '/x', json: { a: ['${id}'] } } })).toBe('health: request uses ${id}, but captured before it: token');
    expect(problem({ setup: [{ ...login, request: { path: '/${token}' } }] })).toBe('health: set-up step login uses ${token}, but nothing is captured before it');
    expect(problem({ request: { path: '/x', json: {}, body: 'b' } })).toBe('health: request has both json and body');
    expect(problem({ request: { path: '/x', multipart: [{ name: 'a', value: 'b' }], headers: { 'Content-Type': 'x/y' } } })).toBe('health: request: the content-type of a multipart body cannot be set');
    expect(problem({ setup: [{ ...login, request: { path: '/${data.user}' } }], data: { generate: { user: 'uuid' } } })).toBe('health: set-up step login uses ${data.user}, but the set-up is sent once, not once for each row');
    expect(problem({ request: { path: '/${data.user}' } })).toBe('health: request uses ${data.user}, but the workload has no data');
    expect(problem({ request: undefined, flow: { steps: [{ name: 'a', request: { path: '/${id}' }, capture: { id: { json: '/id' } } }] } })).toBe('health: step a uses ${id}, but nothing is captured before it');
    expect(problem({ request: { path: '/x', headers: { 'Content-Length': '5' } } })).toBe('health: request: header Content-Length cannot be set');
    expect(problem({ request: { path: '/x', headers: { 'bad name': '5' } } })).toContain('"bad name" cannot be sent');
    expect(problem({ request: { path: '/x', headers: { a: 'b\r\nc: d' } } })).toContain('"a" cannot be sent');
  });
});

describe('the http workload', () => {
  it('knows its limits in the units of the metrics', () => {
    const sla = { latency: { p95: '100ms', p50: '20ms' }, service: { p99: '1s' }, errorRate: '1%', successRate: '99%', throughput: '45/s' };
    expect(http.limits(parse({}, sla)).map(({ id, operator, limit }) => `${id} ${operator} ${limit}`)).toEqual([
      'latency.p50 <= 20',
      'latency.p95 <= 100',
      'service.p99 <= 1000',
      'errors.rate <= 0.01',
      'success.rate >= 0.99',
      'throughput >= 45',
    ]);
  });

  it('knows the limits of each request of a mix', () => {
    const mix = [{ name: 'read', weight: 9, request: { path: '/a' }, sla: { latency: { p95: '50ms' } } }, { name: 'write', request: { method: 'POST', path: '/b' } }];
    const mixed = parse({ request: undefined, mix }, { errorRate: '1%' });
    expect(http.limits(mixed).map(({ id, labels, limit }) => ({ id, labels, limit }))).toEqual([
      { id: 'errors.rate', labels: {}, limit: 0.01 },
      { id: 'latency.p95', labels: { request: 'read' }, limit: 50 },
    ]);
    expect(http.readOnly(mixed)).toBe(false);
    expect(measuredSteps(mixed.http).map(({ labels, weight, request: { path } }) => ({ labels, weight, path }))).toEqual([
      { labels: { request: 'read' }, weight: 9, path: '/a' },
      { labels: { request: 'write' }, weight: 1, path: '/b' },
    ]);
  });

  it('knows the limits of the steps of a flow, and of the flow', () => {
    const steps = [{ name: 'submit', request: { method: 'POST', path: '/a' }, sla: { latency: { p95: '50ms' } } }, { name: 'read', request: { path: '/b' }, sla: { errorRate: '2%' } }];
    const flow = parse({ request: undefined, flow: { steps } }, { errorRate: '1%', iteration: { latency: { p95: '2s' }, errorRate: '3%', throughput: '5/s' } });
    expect(http.limits(flow).map(({ id, labels, operator, limit }) => `${id}${JSON.stringify(labels)} ${operator} ${limit}`)).toEqual([
      'errors.rate{} <= 0.01',
      'latency.p95{"step":"submit"} <= 50',
      'errors.rate{"step":"read"} <= 0.02',
      'iteration.p95{} <= 2000',
      'iteration.errors.rate{} <= 0.03',
      'iteration.throughput{} >= 5',
    ]);
  });

  it('knows whether it only reads, and how long a round takes', () => {
    const post = { name: 'submit', request: { method: 'POST', path: '/videos' } };
    expect(http.readOnly(parse({}))).toBe(true);
    expect(http.readOnly(parse({ setup: [post] }))).toBe(false);
    expect(http.readOnly(parse({ request: { method: 'DELETE', path: '/x' } }))).toBe(false);
    expect(http.needsTarget(parse({}))).toBe(true);
    expect(http.estimateRoundMs(parse({}))).toBeGreaterThan(18_000);
    expect(http.estimateRoundMs(parse({}))).toBeLessThan(20_000);
  });
});
