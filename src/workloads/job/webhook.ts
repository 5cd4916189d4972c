import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BenchError, EXIT } from '../../errors.ts';
import type { Json } from '../../load/json-pointer.ts';
import type { JobSpec } from './schema.ts';

const MOST_BYTES = 1_000_000;

/** What a service said when it called back; `document` is undefined where its body was no JSON. */
export interface Callback {
  atMs: number;
  document: Json | undefined;
  text: string;
}

/** Listens for callbacks: each job has a URL of its own that nobody can guess. */
export class WebhookListener {
  readonly #server: Server;
  readonly #base: string;
  readonly #waiting = new Map<string, (callback: Callback) => void>();

  private constructor(server: Server, base: string) {
    this.#server = server;
    this.#base = base;
  }

  /** Throws a BenchError (2) where the port cannot be had. */
  static async open({ host, port, url }: NonNullable<JobSpec['webhook']>): Promise<WebhookListener> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, host, resolve);
    }).catch((error: unknown) => {
      throw new BenchError(EXIT.usage, `the webhook cannot listen on ${host}:${port} (${error instanceof Error && 'code' in error ? String(error.code) : String(error)})`, { hint: 'Choose another job.webhook.port; 0 takes any free one.', cause: error });
    });
    const own = `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`;
    const listener = new WebhookListener(server, (url ?? own).replace(/\/+$/, ''));
    server.on('request', (request, response) => {
      listener.#take(request).then(
        (known) => response.writeHead(known ? 204 : 404).end(),
        () => response.destroy(),
      );
    });
    return listener;
  }

  /** A URL for one job. Every callback goes to `onCallback` until `release`. */
  expect(onCallback: (callback: Callback) => void): { url: string; release: () => void } {
    const path = `/${randomBytes(16).toString('hex')}`;
    this.#waiting.set(path, onCallback);
    return { url: this.#base + path, release: () => void this.#waiting.delete(path) };
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #take(request: IncomingMessage): Promise<boolean> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes <= MOST_BYTES) chunks.push(chunk);
    }
    const path = new URL(request.url ?? '/', 'http://listener').pathname;
    const onCallback = this.#waiting.get(`/${path.split('/').at(-1) ?? ''}`);
    if (onCallback === undefined) return false;
    const text = Buffer.concat(chunks).toString('utf8');
    onCallback({ atMs: performance.now(), document: parsed(text), text });
    return true;
  }
}

/** JSON, or undefined for anything else. */
export function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
