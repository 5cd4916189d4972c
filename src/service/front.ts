import { createServer, request as send, Agent, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchError, EXIT, reasonOf } from '../errors.ts';

export interface FrontOptions {
  /** Base URL of the back end. */
  backend: string;
  host: string;
  port: number;
  /** How long a stop waits for requests in flight. */
  drainMs: number;
  /** A body that says it is longer is refused here, before it is on its way. */
  bodyLimit: number;
  /** An injected defect: what every request waits. */
  delayMs: number;
}

export interface RunningFront {
  baseUrl: string;
  /** Takes nothing new, lets requests in flight finish. */
  stop(): Promise<void>;
}

/** Of one connection alone, never handed on: RFC 9110, 7.6.1. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade']);

/**
 * A reverse proxy before the service, as a web server or a Next.js server is: every request goes on to the back end, bodies as they arrive.
 * Throws a BenchError (2) where the port cannot be had.
 */
export async function startFront({ backend, host, port, drainMs, bodyLimit, delayMs }: FrontOptions): Promise<RunningFront> {
  const { hostname, port: backPort } = new URL(backend);
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 64 });
  const server = createServer({ keepAliveTimeout: 72_000 }, (request, response) => {
    void (delayMs > 0 ? sleep(delayMs) : Promise.resolve()).then(() => forward(request, response));
  });

  const forward = (request: IncomingMessage, response: ServerResponse): void => {
    if (Number(request.headers['content-length'] ?? 0) > bodyLimit) {
      request.resume();
      answer(response, 413, 'Payload Too Large', 'the body is too long');
      return;
    }
    const headers = { ...endToEnd(request.headers), 'x-forwarded-for': [request.headers['x-forwarded-for'] ?? [], request.socket.remoteAddress ?? ''].flat().join(', ') };
    const onward = send({ agent, hostname, port: backPort, method: request.method, path: request.url, headers }, (reply) => {
      response.writeHead(reply.statusCode ?? 502, endToEnd(reply.headers));
      reply.pipe(response);
      reply.once('error', () => response.destroy());
    });
    onward.once('error', () => {
      if (response.headersSent) response.destroy();
      else answer(response, 502, 'Bad Gateway', 'the back end does not answer');
    });
    // Nobody waits for it any more.
    response.once('close', () => onward.destroy());
    request.pipe(onward);
  };

  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve)).catch((error: unknown) => {
    throw new BenchError(EXIT.usage, `the front process cannot listen on ${host}:${port}: ${reasonOf(error)}`, { hint: 'Choose another port; 0 takes any free one.', cause: error });
  });
  const stop = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    const idle = setInterval(() => server.closeIdleConnections(), 20);
    const limit = setTimeout(() => server.closeAllConnections(), drainMs);
    await closed;
    clearInterval(idle);
    clearTimeout(limit);
    agent.destroy();
  };
  return { baseUrl: `http://${host}:${(server.address() as AddressInfo).port}`, stop };
}

function answer(response: ServerResponse, statusCode: number, error: string, message: string): void {
  response.writeHead(statusCode, { 'content-type': 'application/json' }).end(JSON.stringify({ statusCode, error, message }));
}

function endToEnd(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  const named = String(headers.connection ?? '').toLowerCase().split(',').map((name) => name.trim());
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name) && !named.includes(name)));
}
