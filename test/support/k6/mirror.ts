import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What one request was, as the server met it. */
export interface Seen {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

/** A server that keeps what it is sent, and answers by path: `/hang`, `/reset`, `/503` misbehave at each fifth request. */
export async function startMirror(): Promise<{ origin: string; seen: Map<string, Seen[]>; stop: () => void }> {
  const seen = new Map<string, Seen[]>();
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('error', () => undefined);
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const path = url.split('?')[0] ?? '';
      const own = seen.get(path) ?? [];
      seen.set(path, own);
      own.push({ method, url, headers, body: Buffer.concat(pieces) });
      const fifth = own.length % 5 === 0;
      switch (path) {
        case '/login':
          response.setHeader('set-cookie', 'sid=s1; Path=/');
          response.setHeader('location', '/flow/42?k=v');
          return response.end('token="abc123"');
        case '/json':
          return response.setHeader('content-type', 'application/json').end('{"id":7,"list":[{"a":"b"}],"text":"ü"}');
        case '/big':
          return response.end('x'.repeat(300_000));
        case '/503':
          if (fifth) response.statusCode = 503;
          return response.end('so');
        case '/reset':
          return fifth ? request.socket.resetAndDestroy() : response.end('ok');
        case '/hang':
          return fifth ? undefined : response.end('ok');
        case '/away':
          response.writeHead(302, { location: 'http://other.example/' });
          return response.end();
        default:
          return response.end('ok');
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, stop };
}
