import type { Json } from '../../load/json-pointer.ts';
import type { Variables } from '../../load/template.ts';
import { ask, type Asking, type Reply } from '../dialogue/ask.ts';
import type { Transcript } from '../dialogue/transcript.ts';
import type { Expectation, RequestSpec } from '../http/schema.ts';

/** What a check found: what does not hold, in sentences (none: it passes), what was sent and what came back. */
export interface Found {
  wrong: string[];
  /** Said where it passes. */
  right: string;
  evidence: Transcript[];
}

/** Sends requests of a check and remembers them as evidence. */
export class Talk {
  readonly asking: Asking;
  readonly #variables: Variables;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #timeoutMs: number;
  readonly #signal: AbortSignal;
  readonly evidence: Transcript[] = [];
  readonly wrong: string[] = [];

  constructor(asking: Asking, variables: Variables, { headers, timeoutMs, signal }: { headers: Readonly<Record<string, string>>; timeoutMs: number; signal: AbortSignal }) {
    this.asking = asking;
    this.#variables = variables;
    this.#headers = headers;
    this.#timeoutMs = timeoutMs;
    this.#signal = signal;
  }

  /** One request with the headers of the check. `bare`: without any credential, neither of the target nor of the check. */
  async send(request: Partial<RequestSpec> & { path: string }, { expect = {}, bare = false, more = {}, quiet = false }: { expect?: Expectation; bare?: boolean; more?: Variables; quiet?: boolean } = {}): Promise<Reply> {
    const asking = bare ? { ...this.asking, target: { ...this.asking.target, headers: {} } } : this.asking;
    const whole: RequestSpec = { method: 'GET', ...request, headers: { ...(bare ? {} : this.#headers), ...request.headers } };
    const reply = await ask({ request: whole, expect }, { ...this.#variables, ...more }, asking, { timeoutMs: this.#timeoutMs, signal: this.#signal });
    if (!quiet) this.evidence.push(reply.transcript);
    return reply;
  }

  /** Notes what does not hold. */
  needs(holds: boolean, sentence: string): void {
    if (!holds) this.wrong.push(sentence);
  }

  found(right: string): Found {
    return { wrong: this.wrong, right, evidence: this.evidence };
  }
}

export const statusOf = ({ exchange }: Reply): number => (exchange.type === 'answered' ? exchange.status : 0);
export const outcomeOf = ({ exchange }: Reply): string => (exchange.type === 'answered' ? String(exchange.status) : `no answer (${exchange.kind})`);
export const header = ({ exchange }: Reply, name: string): string | undefined => (exchange.type === 'answered' ? exchange.headers[name]?.join(', ') : undefined);
export const bodyOf = ({ exchange }: Reply): Buffer => (exchange.type === 'answered' ? exchange.body : Buffer.alloc(0));

/** The body as JSON; undefined for anything else. */
export function jsonOf(reply: Reply): Json | undefined {
  try {
    return JSON.parse(bodyOf(reply).toString('utf8')) as Json;
  } catch {
    return undefined;
  }
}
