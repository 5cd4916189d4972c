import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFront, type RunningFront } from '../../../src/service/front.ts';

describe('the front process', () => {
  const seen: { method: string | undefined; url: string | undefined; forwarded: unknown; connection: string | undefined; body: string }[] = [];
  const back = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      seen.push({ method: request.method, url: request.url, forwarded: request.headers['x-forwarded-for'], connection: request.headers.connection, body });
      if (request.url === '/cut') return void response.writeHead(200, { 'content-length': 10 }).write('abc', () => response.destroy());
      if (request.url === '/slow') return void setTimeout(() => response.end('late'), 200);
      response.writeHead(201, { 'x-own': 'yes', 'content-type': 'text/plain' }).end(`got ${body}`);
    });
  });
  let front: RunningFront;
  const options = { host: '127.0.0.1', port: 0, drainMs: 2_000, bodyLimit: 1_000, delayMs: 0 };
  beforeAll(async () => {
    await new Promise<void>((resolve) => back.listen(0, '127.0.0.1', resolve));
    front = await startFront({ ...options, backend: `http://127.0.0.1:${(back.address() as AddressInfo).port}` });
  });
  afterAll(async () => {
    await front.stop();
    back.closeAllConnections();
    back.close();
  });

  it('hands requests and answers on, with who asked', async () => {
    const answer = await fetch(`${front.baseUrl}/videos?x=1`, { method: 'POST', body: 'hello' });
    expect([answer.status, answer.headers.get('x-own'), await answer.text()]).toEqual([201, 'yes', 'got hello']);
    expect(seen.at(-1)).toMatchObject({ method: 'POST', url: '/videos?x=1', forwarded: '127.0.0.1', connection: 'keep-alive', body: 'hello' });
  });

  it('hands an answer that is cut off on as one that is cut off', async () => {
    const answer = await fetch(`${front.baseUrl}/cut`);
    await expect(answer.text()).rejects.toThrow();
    expect((await fetch(`${front.baseUrl}/`)).status).toBe(201);
  });

  it('refuses a body that is too long, and goes on', async () => {
    const before = seen.length;
    expect((await fetch(front.baseUrl, { method: 'POST', body: 'x'.repeat(200_000) })).status).toBe(413);
    expect((await fetch(`${front.baseUrl}/`)).status).toBe(201);
    expect(seen.length).toBe(before + 1);
  });

  it('answers 502 where there is no back end', async () => {
    const lonely = await startFront({ ...options, backend: 'http://127.0.0.1:1' });
    expect((await fetch(lonely.baseUrl)).status).toBe(502);
    await lonely.stop();
  });

  it('lets what is under way finish when it is stopped, and takes nothing new', async () => {
    const own = await startFront({ ...options, backend: `http://127.0.0.1:${(back.address() as AddressInfo).port}` });
    const before = seen.length;
    const late = fetch(`${own.baseUrl}/slow`).then((answer) => answer.text());
    await expect.poll(() => seen.length).toBe(before + 1);
    const stopped = own.stop();
    expect(await late).toBe('late');
    await stopped;
    await new Promise<void>((resolve) => connect(Number(new URL(own.baseUrl).port), '127.0.0.1').once('error', () => resolve()));
  });
});
