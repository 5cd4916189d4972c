import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/**
 * A service of jobs that does as it is told: `stateOf(n)` is what a poll of the n-th job answers (null: 404), and what it calls back
 * with where the submit names a `callback`.
 */
export async function jobServer(stateOf: (n: number) => object | null, { idOf = (n: number): number => n, onDelete = (_path: string): void => undefined } = {}): Promise<string> {
  let jobs = 0;
  const server = createServer((request, response) => {
    if (request.method === 'POST') {
      jobs += 1;
      const n = jobs;
      let text = '';
      request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      request.on('end', () => {
        response.writeHead(202).end(JSON.stringify({ id: idOf(n) }));
        const callback = text === '' ? undefined : (JSON.parse(text) as { callback?: string }).callback;
        if (callback !== undefined) void fetch(callback, { method: 'POST', body: JSON.stringify(stateOf(n)) });
      });
      return;
    }
    if (request.method === 'DELETE') {
      onDelete(request.url ?? '');
      response.writeHead(204).end();
      return;
    }
    const state = stateOf(Number(request.url?.split('/').at(-1)));
    response.writeHead(state === null ? 404 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(state));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
