import { Agent, request } from 'undici';
import { reasonOf } from '../errors.ts';
import { pinnedLookup, type Target } from '../target/target.ts';
import { formatBytes, formatMs } from '../units.ts';

/** An answer, or in one sentence why there is none. */
export type Answer = { ok: true; status: number; contentType: string; text: string } | { ok: false; problem: string };

/** More than any service shows: a stream without an end must not fill the memory. */
export const MOST_BYTES = 32_000_000;

export interface SourceOptions {
  headers: Readonly<Record<string, string>>;
  timeoutMs: number;
  insecureTls: boolean;
}

/** Something that is asked over HTTP during a run: only at the addresses that were let through, one request at a time, no redirect followed. */
export class Source {
  readonly #agent: Agent;
  readonly #url: string;
  readonly #options: SourceOptions;

  constructor(target: Target, path: string, options: SourceOptions) {
    this.#url = target.baseUrl + path;
    this.#options = options;
    this.#agent = new Agent({ connect: { lookup: pinnedLookup(target), rejectUnauthorized: !options.insecureTls }, connections: 1, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 });
  }

  get url(): string {
    return this.#url;
  }

  /** Asks once: GET, or POST of a form. What goes wrong is a value. */
  async ask(form: Readonly<Record<string, string>> | null, signal: AbortSignal): Promise<Answer> {
    const { headers, timeoutMs } = this.#options;
    const deadline = AbortSignal.timeout(timeoutMs);
    try {
      const answer = await request(this.#url, {
        dispatcher: this.#agent,
        signal: AbortSignal.any([deadline, signal]),
        headers: { accept: 'text/plain;version=0.0.4, */*;q=0.1', ...headers, ...(form === null ? {} : { 'content-type': 'application/x-www-form-urlencoded' }) },
        ...(form === null ? {} : { method: 'POST' as const, body: new URLSearchParams({ ...form }).toString() }),
      });
      const text = await textOf(answer.body);
      if (text === null) return { ok: false, problem: `${this.#url} answers more than ${formatBytes(MOST_BYTES)}` };
      return { ok: true, status: answer.statusCode, contentType: [answer.headers['content-type'] ?? ''].flat()[0] ?? '', text };
    } catch (error) {
      if (signal.aborted) return { ok: false, problem: `${this.#url} had not answered when the measurement was over` };
      if (deadline.aborted) return { ok: false, problem: `${this.#url} does not answer within ${formatMs(timeoutMs)}` };
      return { ok: false, problem: `${this.#url} cannot be read: ${reasonOf(error)}` };
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

/** The whole body; null where it is longer than anything that makes sense. */
async function textOf(body: AsyncIterable<Uint8Array> & { destroy(): unknown }): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let received = 0;
  for await (const chunk of body) {
    received += chunk.length;
    if (received > MOST_BYTES) {
      body.destroy();
      return null;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
