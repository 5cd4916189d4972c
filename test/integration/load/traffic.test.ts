import { fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, ftruncateSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../../src/errors.ts';
import { serve } from '../../support/http-server.ts';
import { startTruthServer } from '../../support/servers/start.ts';
import { figuresOf, folderWith, measureRound, prepare } from './workload.ts';

const SHORT = { model: 'open', rate: 100, duration: '200ms', warmup: '0ms' };

describe('data', () => {
  it('each iteration takes the next row, over threads and rounds', async () => {
    const seen: string[] = [];
    const { url } = await serve((request, response) => {
      seen.push(request.url ?? '');
      response.end('ok');
    });
    const scenarioDir = folderWith({ 'users.csv': `name,age\n${Array.from({ length: 60 }, (_, row) => `u${row},${row}`).join('\n')}\n` });
    const load = { model: 'open', rate: 100, duration: '200ms', warmup: '100ms', workers: 2 };
    const prepared = await prepare({ request: { path: '/${data.name}/${data.n}' }, data: { file: 'users.csv', generate: { n: { sequence: { from: 100 } } } }, load }, url, { scenarioDir });
    await prepared.runRound(0);
    await prepared.runRound(1);
    // 30 iterations a round, warm-up included, of which a busy machine leaves some out; the request of a single step has no label.
    const rows = seen.filter((path) => path.startsWith('/u'));
    const all = new Set(Array.from({ length: 60 }, (_, row) => `/u${row}/${row + 100}`));
    expect(rows.filter((path) => !all.delete(path))).toEqual([]);
    expect(rows.length).toBeGreaterThanOrEqual(40);
    expect(figuresOf(prepared).detail).toMatchObject({ requests: [{ labels: {}, sent: 40, completed: 40 }], iterations: [] });
  });

  it('made values are the same for the same seed, in headers and bodies too', async () => {
    const run = async (): Promise<string[]> => {
      const seen: string[] = [];
      const { url } = await serve((request, response) => {
        let body = '';
        request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
        request.on('end', () => {
          if (request.method === 'POST') seen.push(`${String(request.headers['x-id'])} ${body}`);
          response.end('ok');
        });
      });
      const generate = { id: 'uuid', n: { integer: [1, 6] }, kind: { choice: ['a', 'b', 3] } };
      await measureRound({ request: { method: 'POST', path: '/', headers: { 'x-id': '${data.id}' }, json: { n: '${data.n}', kind: '${data.kind}', text: 'is ${data.n}' } }, data: { generate }, load: SHORT }, url);
      return seen.sort();
    };
    const [first, second] = [await run(), await run()];
    expect(first).toEqual(second);
    expect(new Set(first).size).toBe(20);
    for (const line of first) expect(line).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12} \{"n":([1-6]),"kind":("a"|"b"|3),"text":"is \1"\}$/);
  });

  it('a file that cannot be used is refused before anything is sent, with its line', async () => {
    let requests = 0;
    const { url } = await serve((_request, response) => {
      requests += 1;
      response.end('ok');
    });
    const refused = async (name: string, text: string | null, path = '/${data.user}'): Promise<string> => {
      const scenarioDir = folderWith(text === null ? {} : { [name]: text });
      return prepare({ request: { path }, data: { file: name } }, url, { scenarioDir }).then(
        () => 'taken',
        (error: { exitCode: number; message: string }) => `${error.exitCode} ${error.message}`,
      );
    };
    expect(await refused('a.csv', 'user\na\n')).toBe('taken');
    const before = requests;
    expect(await refused('a.csv', null)).toMatch(/^2 shop: data file a\.csv cannot be read \(ENOENT/);
    expect(await refused('a.csv', '')).toBe('2 shop: data file a.csv:1: the file is empty');
    expect(await refused('a.csv', 'user,age\n')).toBe('2 shop: data file a.csv:2: there are no rows below the names of the columns');
    expect(await refused('a.csv', 'user,age\na,1\n\nb\nc,3\n')).toBe('2 shop: data file a.csv:4: has 1 values for 2 columns (user, age)');
    expect(await refused('a.csv', 'user\n"a\nb\n')).toBe('2 shop: data file a.csv:2: a quote is not closed');
    expect(await refused('a.csv', 'user name\na\n')).toBe('2 shop: data file a.csv:1: "user name" is no name for a column');
    expect(await refused('a.csv', 'user,user\na,b\n')).toBe('2 shop: data file a.csv:1: user is the name of two columns');
    expect(await refused('a.csv', 'name\na\n')).toBe('2 shop: request uses ${data.user}, but the data has name');
    expect(await refused('a.json', '')).toBe('2 shop: data file a.json:1: the file is empty');
    expect(await refused('a.json', '[]')).toBe('2 shop: data file a.json:1: there are no rows');
    expect(await refused('a.json', '{"user": 1}')).toBe('2 shop: data file a.json:1: is not a list');
    expect(await refused('a.json', '[\n  {"user": "a"},\n  {"user": "b", "age": 3}\n]')).toBe('2 shop: data file a.json:3: entry 2 has age, which the first one has not');
    expect(await refused('a.json', '[\n  {"user": "a"},\n  {}\n]')).toBe('2 shop: data file a.json:3: entry 2 has no user, which the first one has');
    expect(await refused('a.json', '[\n  {"user": "a"},\n  7\n]')).toBe('2 shop: data file a.json:3: entry 2 is not a map');
    expect(await refused('a.json', '[\n  {"user": "a"},\n  {"user" "b"}\n]')).toMatch(/^2 shop: data file a\.json:3: is not JSON/);
    expect(requests).toBe(before);
  });
});

describe('tokens and cookies', () => {
  it('a token captured once in the set-up is sent with every request, and kept secret', async () => {
    let logins = 0;
    const { url } = await serve((request, response) => {
      if (request.url === '/login') {
        logins += 1;
        response.end('{"token":"t0k3n-abcdef"}');
      } else if (request.url === '/private') response.writeHead(request.headers.authorization === 'Bearer t0k3n-abcdef' ? 200 : 401).end();
      else response.end();
    });
    const secrets: string[] = [];
    const setup = [{ name: 'login', request: { method: 'POST', path: '/login' }, capture: { token: { json: '/token' } } }];
    const { detail } = await measureRound({ setup, request: { path: '/private', headers: { authorization: 'Bearer ${token}' } }, load: SHORT }, url, { keepSecret: (value) => secrets.push(value) });
    expect(detail.requests).toMatchObject([{ completed: 20, failed: 0, statuses: { '200': 20 } }]);
    expect(logins).toBe(1);
    expect(secrets).toEqual(['t0k3n-abcdef']);
  });

  it('a token that a step of the flow captured is in no example', async () => {
    const { url } = await serve((request, response) => (request.url === '/login' ? response.end('{"token":"t0k3n-abcdef"}') : response.writeHead(403).end('no rights for t0k3n-abcdef')));
    const steps = [{ name: 'login', request: { path: '/login' }, capture: { token: { json: '/token' } } }, { name: 'read', request: { path: '/read', headers: { authorization: 'Bearer ${token}' } } }];
    const { detail } = await measureRound({ flow: { steps }, load: SHORT }, url);
    expect(detail.requests[1]?.errors).toEqual([{ kind: '4xx', count: 20, example: 'GET /read: 403 no rights for [redacted]' }]);
  });

  it('an iteration begins with the cookies of the set-up and keeps its own', async () => {
    const seen = new Map<string, number>();
    let carts = 0;
    const { url } = await serve((request, response) => {
      const key = `${request.url} ${String(request.headers.cookie).replace(/cart=\d+/, 'cart=N')}`;
      seen.set(key, (seen.get(key) ?? 0) + 1);
      if (request.url === '/login') response.setHeader('set-cookie', ['session=s1; Path=/; HttpOnly', 'other=x; Domain=other.example', 'old=1; Max-Age=0']);
      if (request.url === '/cart') response.setHeader('set-cookie', `cart=${(carts += 1)}; Path=/pay`);
      response.end('ok');
    });
    const setup = [{ name: 'login', request: { path: '/login' } }];
    const steps = ['/cart', '/pay', '/leave'].map((path) => ({ name: path.slice(1), request: { path } }));
    await measureRound({ setup, flow: { steps }, cookies: true, load: SHORT }, url);
    expect(Object.fromEntries(seen)).toMatchObject({ '/login undefined': 1, '/cart session=s1': 20, '/pay cart=N; session=s1': 20, '/leave session=s1': 20 });
  });
});

describe('connections', () => {
  it('new: one for each request, its time measured; keep-alive: few', async () => {
    const sockets = new Set<number | undefined>();
    const { url } = await serve((request, response) => {
      sockets.add(request.socket.remotePort);
      response.end('ok');
    });
    const fresh = await measureRound({ request: { path: '/' }, connection: 'new', load: SHORT }, url);
    // And one of the preflight.
    expect(sockets.size).toBe(21);
    expect(fresh.metric('connect.p50').n).toBe(20);
    expect(fresh.metric('firstByte.p50').n).toBe(20);
    expect(fresh.ids).not.toContain('tls.p50');
    expect(fresh.detail.requests).toMatchObject([{ completed: 20, failed: 0 }]);
    sockets.clear();
    const kept = await measureRound({ request: { path: '/' }, load: { ...SHORT, warmup: '100ms' } }, url);
    expect(sockets.size).toBeLessThan(20);
    expect(kept.detail.requests).toMatchObject([{ completed: 20, failed: 0 }]);
  });

  it('a certificate that does not verify is refused with what to do; --insecure measures, handshakes too', async () => {
    const server = await startTruthServer({ kind: 'fixed', ms: 1, tls: true });
    try {
      const part = { request: { path: '/' }, connection: 'new', load: SHORT };
      await expect(prepare(part, server.origin)).rejects.toMatchObject({
        exitCode: EXIT.unreachable,
        message: expect.stringContaining('does not verify') as string,
        hint: expect.stringContaining('--insecure') as string,
      });
      const { detail, metric } = await measureRound(part, server.origin, { insecureTls: true });
      expect(detail.requests).toMatchObject([{ completed: 20, failed: 0 }]);
      expect(metric('tls.p50').n).toBe(20);
      expect(metric('connect.p50').n).toBe(20);
    } finally {
      await server.stop();
    }
  });

  it.each(['autocannon', 'own', 'open'])('a redirect to another host is a failure, one on the same host is not followed (%s)', async (engine) => {
    let followed = 0;
    const { url } = await serve((request, response) => {
      if (request.url === '/there') followed += 1;
      response.writeHead(302, { location: request.url === '/away' ? 'https://elsewhere.example/login' : '/there' }).end();
    });
    const load = engine === 'open' ? SHORT : { model: 'closed', engine, connections: 2, duration: '200ms', warmup: '0ms' };
    const away = await measureRound({ request: { path: '/away' }, load }, url);
    expect(away.detail.requests[0]).toMatchObject({ completed: 0, errors: [{ kind: 'redirect', example: 'GET /away: 302 to https://elsewhere.example/login, another host: redirects are not followed' }] });
    const asked = await measureRound({ request: { path: '/away' }, expect: { status: 302 }, load }, url);
    expect(asked.detail.requests[0]?.failed).toBe(0);
    const here = await measureRound({ request: { path: '/here' }, load }, url);
    expect(here.detail.requests[0]?.failed).toBe(0);
    const not = await measureRound({ request: { path: '/here' }, expect: { status: 200 }, load }, url);
    expect(not.detail.requests[0]).toMatchObject({ completed: 0, errors: [{ kind: 'redirect', example: 'GET /here: 302 to /there' }] });
    expect(followed).toBe(0);
  });
});

describe('bodies', () => {
  it('from a file, and as multipart with text and a file', async () => {
    const bodies: { type: string; text: string; length: string | undefined }[] = [];
    const { url } = await serve((request, response) => {
      let text = '';
      request.setEncoding('latin1').on('data', (chunk: string) => (text += chunk));
      request.on('end', () => {
        if (request.method === 'POST') bodies.push({ type: String(request.headers['content-type']), text, length: request.headers['content-length'] });
        response.end('{"ok":true}');
      });
    });
    const scenarioDir = folderWith({ 'clip.mp4': 'x'.repeat(2_000_000), 'small.txt': 'small' });
    const once = { model: 'open', rate: 10, duration: '100ms', warmup: '0ms' };
    const file = await measureRound({ request: { method: 'POST', path: '/', bodyFile: 'clip.mp4', headers: { 'content-type': 'video/mp4' } }, load: once }, url, { scenarioDir });
    expect(file.detail.requests).toMatchObject([{ completed: 1, failed: 0 }]);
    expect(bodies.map(({ type, text, length }) => [type, text.length, length])).toEqual([['video/mp4', 2_000_000, '2000000']]);
    bodies.length = 0;
    const multipart = [{ name: 'title', value: 'a "${data.n}"' }, { name: 'clip', file: 'small.txt', filename: 'a"b.mp4', contentType: 'video/mp4' }, { name: 'big', file: 'clip.mp4' }];
    await measureRound({ request: { method: 'POST', path: '/', multipart }, data: { generate: { n: { sequence: { from: 5 } } } }, load: once }, url, { scenarioDir });
    const boundary = /^multipart\/form-data; boundary=(readybench-\w+)$/.exec(bodies[0]?.type ?? '')?.[1] ?? 'none';
    const lines = ['--B', 'content-disposition: form-data; name="title"', '', 'a "5"', '--B', 'content-disposition: form-data; name="clip"; filename="a%22b.mp4"', 'content-type: video/mp4', '', 'small', '--B', 'content-disposition: form-data; name="big"; filename="clip.mp4"', 'content-type: application/octet-stream', '', 'x'.repeat(2_000_000), '--B--', ''];
    expect(bodies[0]?.text === lines.join('\r\n').replaceAll('--B', `--${boundary}`)).toBe(true);
    expect(bodies[0]?.length).toBe(String(bodies[0]?.text.length));
  });

  it('a file that is not there, or too large, is refused before anything is sent', async () => {
    const { url } = await serve((_request, response) => response.end('ok'));
    const scenarioDir = folderWith({ small: 'x' });
    const huge = openSync(join(scenarioDir, 'huge'), 'w');
    ftruncateSync(huge, 6e9);
    closeSync(huge);
    const post = (request: object) => prepare({ request: { method: 'POST', path: '/', ...request } }, url, { scenarioDir });
    await expect(post({ bodyFile: 'none' })).rejects.toMatchObject({ exitCode: EXIT.usage, message: expect.stringMatching(/^shop: request: the file none cannot be read \(ENOENT/) as string });
    await expect(post({ bodyFile: '.' })).rejects.toMatchObject({ exitCode: EXIT.usage, message: 'shop: request: . is no file' });
    await expect(post({ bodyFile: 'huge' })).rejects.toMatchObject({ exitCode: EXIT.usage, message: 'shop: request would send 6 GB, above the ceiling of 5 GB' });
    await expect(post({ multipart: [{ name: 'a', file: 'huge' }] })).rejects.toMatchObject({ exitCode: EXIT.usage });
  });

  it('an upload of 200 MB costs the generator no 200 MB of memory', async () => {
    let receivedBytes = 0;
    const { url } = await serve((request, response) => {
      request.on('data', (chunk: Buffer) => (receivedBytes += chunk.length));
      request.on('end', () => response.end('ok'));
    });
    const folder = folderWith({});
    const path = join(folder, 'clip.mp4');
    const file = openSync(path, 'w');
    ftruncateSync(file, 200_000_000);
    closeSync(file);
    const child = fork(fileURLToPath(new URL('upload-memory.js', import.meta.url)), [url, path]);
    const [{ before, peak, completed }] = (await once(child, 'message')) as [{ before: number; peak: number; completed: number }];
    expect(completed).toBe(1);
    expect(receivedBytes).toBeGreaterThan(200_000_000);
    expect(peak - before).toBeLessThan(80_000_000);
  });
});
