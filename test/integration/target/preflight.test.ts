import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { guardTarget } from '../../../src/target/guard.ts';
import { preflightTarget } from '../../../src/target/preflight.ts';
import { serve } from '../../support/http-server.ts';

const nobody = { allowTargets: [], confirmTarget: null };
const ask = async (url: string, timeoutMs = 2_000) => preflightTarget(await guardTarget(url, {}, nobody), { timeoutMs, insecureTls: false });

async function tcp(onSocket: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    onSocket(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
    sockets.forEach((socket) => socket.destroy());
    await closed;
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('preflightTarget', () => {
  it('takes any answer for reachable, and says whether connections are kept', async () => {
    const keeping = await serve((_request, response) => response.writeHead(500, { server: 'mine' }).end());
    expect(await ask(keeping.url)).toEqual({ status: 500, httpVersion: '1.1', connectionClose: false, server: 'mine' });
    const closing = await serve((_request, response) => response.writeHead(200, { connection: 'close' }).end());
    expect(await ask(closing.url)).toMatchObject({ status: 200, connectionClose: true });
  });

  it('says that the connection was refused', async () => {
    const server = await serve(() => undefined);
    await server.close();
    await expect(ask(server.url)).rejects.toMatchObject({ exitCode: 5, message: `connection refused at ${server.url}` });
  });

  it('does not wait for ever', async () => {
    const hanging = await tcp((socket) => void socket.on('error', () => undefined).resume());
    await expect(ask(`http://${hanging}`, 200)).rejects.toMatchObject({ exitCode: 5, message: expect.stringContaining('no answer') as string });
  });

  it('tells what is not HTTP, and what is not TLS', async () => {
    const other = await tcp((socket) => void socket.on('error', () => undefined).end('SSH-2.0-OpenSSH\r\n'));
    await expect(ask(`http://${other}`)).rejects.toMatchObject({ exitCode: 5, message: expect.stringContaining('does not speak HTTP') as string });
    const plain = await serve((_request, response) => response.end());
    await expect(ask(plain.url.replace('http:', 'https:'))).rejects.toMatchObject({ exitCode: 5, message: expect.stringContaining('TLS') as string });
  });
});
