import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { BenchError } from '../../../src/errors.ts';
import { preflightTarget, type PreflightOptions } from '../../../src/target/preflight.ts';
import type { Target } from '../../../src/target/target.ts';

const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

async function listen(server: net.Server): Promise<number> {
  const sockets = new Set<net.Socket>();
  server.on('connection', (socket: net.Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.close();
    sockets.forEach((socket) => socket.destroy());
  });
  return (server.address() as AddressInfo).port;
}
const at = (baseUrl: string): Target => ({ baseUrl, label: baseUrl, headers: { 'x-key': 'k' }, addresses: [{ address: '127.0.0.1', family: 4 }] });
async function failure(baseUrl: string, options: PreflightOptions = {}): Promise<string> {
  const thrown: unknown = await preflightTarget(at(baseUrl), options).catch((error: unknown) => error);
  if (!(thrown instanceof BenchError)) throw new Error(`expected a BenchError, got ${JSON.stringify(thrown)}`);
  return `${thrown.exitCode}: ${thrown.message.replace(/:\d{4,5}\b/, ':PORT')}`;
}

describe('preflightTarget', () => {
  it('reaches whatever answers, and tells how', async () => {
    const server = http.createServer((request, response) => {
      response.setHeader('server', 'truth/1').writeHead(request.headers['x-key'] === 'k' && request.url === '/api/health' ? 503 : 200).end('x'.repeat(1e6));
    });
    const port = await listen(server);
    expect(await preflightTarget(at(`http://127.0.0.1:${port}/api`), { path: '/health' })).toEqual({ status: 503, httpVersion: '1.1', connectionClose: false, server: 'truth/1', address: '127.0.0.1' });
  });

  it('goes to the pinned address whatever the name means', async () => {
    const port = await listen(http.createServer((_, response) => response.end()));
    expect(await preflightTarget(at(`http://nowhere.invalid:${port}`))).toMatchObject({ status: 200, server: null });
  });

  it('notices a server that closes every connection', async () => {
    const port = await listen(http.createServer((_, response) => response.setHeader('connection', 'close').end()));
    expect(await preflightTarget(at(`http://127.0.0.1:${port}`))).toMatchObject({ connectionClose: true });
  });

  it('says what went wrong where nothing answers', async () => {
    const silent = await listen(net.createServer(() => undefined));
    const rude = await listen(net.createServer((socket) => socket.once('data', () => socket.destroy())));
    const foreign = await listen(net.createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')));
    const plain = await listen(http.createServer((_, response) => response.end()));
    const free = net.createServer();
    const port = await listen(free);
    await new Promise((resolve) => free.close(resolve));
    expect([
      await failure(`http://127.0.0.1:${port}`),
      await failure(`http://127.0.0.1:${silent}`, { timeoutMs: 100 }),
      await failure(`https://127.0.0.1:${silent}`, { timeoutMs: 100 }),
      await failure(`http://127.0.0.1:${rude}`),
      await failure(`http://127.0.0.1:${foreign}`),
      (await failure(`https://127.0.0.1:${plain}`)).replace(/\(.*\)/, '(…)'),
    ]).toMatchInlineSnapshot(`
      [
        "5: connection refused at http://127.0.0.1:PORT: is the service running?",
        "5: http://127.0.0.1:PORT took the request and did not answer within 0.1 s: is the service healthy?",
        "5: no TLS handshake with https://127.0.0.1:PORT within 0.1 s: does it speak https there?",
        "5: http://127.0.0.1:PORT closed the connection without an answer: is it really an HTTP service?",
        "5: http://127.0.0.1:PORT does not answer in HTTP (Parse Error: Expected HTTP/, RTSP/ or ICE/)",
        "5: no TLS at https://127.0.0.1:PORT (…): does it speak plain http there?",
      ]
    `);
  });

  it('ends with the run', async () => {
    const silent = await listen(net.createServer(() => undefined));
    expect(await failure(`http://127.0.0.1:${silent}`, { signal: AbortSignal.abort() })).toMatch(/^130: /);
  });

  const openssl = hasOpenssl();
  it.skipIf(!openssl)('verifies certificates unless told otherwise (needs openssl)', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'preflight-test-'));
    const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(folder, name)) as [string, string];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1', '-subj', '/CN=other.example', '-keyout', key, '-out', cert], { stdio: 'ignore' });
    const port = await listen(https.createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, response) => response.end()));
    rmSync(folder, { recursive: true });
    expect(await failure(`https://127.0.0.1:${port}`)).toMatchInlineSnapshot(`"5: the certificate of https://127.0.0.1:PORT does not verify (self-signed certificate)"`);
    expect(await preflightTarget(at(`https://127.0.0.1:${port}`), { insecure: true })).toMatchObject({ status: 200 });
    // Plain HTTP to a TLS port.
    expect(await failure(`http://127.0.0.1:${port}`)).toMatch(/^5: /);
  });
});

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
