import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { buildConnector, Pool, type Dispatcher } from 'undici';
import { reasonOf } from '../../errors.ts';
import { errorKindOf } from '../../load/failures.ts';
import type { ErrorKind } from '../../load/result.ts';
import { pinnedLookup, type Target } from '../../target/target.ts';
import { formatMs } from '../../units.ts';
import { UNSENDABLE } from './path.ts';

/** What one request came to. Times are ms; `startedMs` is on the clock of `performance.now`. */
export type Exchange = { startedMs: number; durationMs: number } & (
  | {
      type: 'answered';
      status: number;
      /** Names in lower case, values in the order they came. */
      headers: Readonly<Record<string, readonly string[]>>;
      /** The beginning of the body; empty where it went to a file. */
      body: Buffer;
      receivedBytes: number;
    }
  | { type: 'failed'; kind: ErrorKind; reason: string }
);

export type Answered = Extract<Exchange, { type: 'answered' }>;

export interface SendOptions {
  timeoutMs: number;
  signal?: AbortSignal;
  /** Where the body of a 2xx goes, as it arrives; without it the body is kept up to `KEPT_BYTES`. */
  file?: string;
}

/** Longer bodies are counted and not kept. */
export const KEPT_BYTES = 10_000_000;

export interface ClientOptions {
  insecureTls: boolean;
  /** Connections at once. */
  connections: number;
}

/**
 * Requests outside the load engine, whose answers are looked at one by one: jobs and checks. Keep-alive connections to the guarded
 * addresses only; redirects are not followed. What goes wrong with an exchange is a value.
 */
export class Client {
  readonly #pool: Pool;

  constructor(target: Target, { insecureTls, connections }: ClientOptions) {
    const connect = buildConnector({ lookup: pinnedLookup(target), rejectUnauthorized: !insecureTls, allowH2: false });
    this.#pool = new Pool(new URL(target.baseUrl).origin, { connect, connections, pipelining: 1, allowH2: false, headersTimeout: 0, bodyTimeout: 0 });
  }

  async send(options: Dispatcher.DispatchOptions, { timeoutMs, signal, file }: SendOptions): Promise<Exchange> {
    const startedMs = performance.now();
    const deadline = AbortSignal.timeout(Math.max(1, Math.ceil(timeoutMs)));
    const took = (): { startedMs: number; durationMs: number } => ({ startedMs, durationMs: performance.now() - startedMs });
    // The pool would wait for an answer to a request that it refused to send.
    if (UNSENDABLE.test(options.path)) return { type: 'failed', ...took(), kind: 'other', reason: 'the path holds a space or another character that must be percent-encoded' };
    try {
      const answer = await this.#pool.request({ ...options, path: options.path, signal: signal === undefined ? deadline : AbortSignal.any([deadline, signal]) });
      const good = answer.statusCode >= 200 && answer.statusCode < 300;
      const read = file !== undefined && good ? await toFile(answer.body, file) : await kept(answer.body);
      return { type: 'answered', ...took(), status: answer.statusCode, headers: lists(answer.headers), ...read };
    } catch (error) {
      if (deadline.aborted) return { type: 'failed', ...took(), kind: 'timeout', reason: `no complete answer within ${formatMs(timeoutMs)}` };
      if (signal?.aborted === true) return { type: 'failed', ...took(), kind: 'other', reason: 'interrupted' };
      return { type: 'failed', ...took(), kind: errorKindOf(error), reason: reasonOf(error) };
    }
  }

  /** Closes every connection at once. */
  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}

async function kept(body: AsyncIterable<Buffer>): Promise<{ body: Buffer; receivedBytes: number }> {
  const chunks: Buffer[] = [];
  let receivedBytes = 0;
  for await (const chunk of body) {
    if (receivedBytes < KEPT_BYTES) chunks.push(chunk.subarray(0, KEPT_BYTES - receivedBytes));
    receivedBytes += chunk.length;
  }
  return { body: Buffer.concat(chunks), receivedBytes };
}

async function toFile(body: AsyncIterable<Buffer>, file: string): Promise<{ body: Buffer; receivedBytes: number }> {
  const out = createWriteStream(file);
  await pipeline(body, out);
  return { body: Buffer.alloc(0), receivedBytes: out.bytesWritten };
}

function lists(headers: Record<string, string | string[] | undefined>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name.toLowerCase(), [value].flat()]])));
}
