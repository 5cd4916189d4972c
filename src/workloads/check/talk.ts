import type { Json } from '../../load/json-pointer.ts';
import type { Variables } from '../../load/template.ts';
import { ask, type Asking, type Reply } from '../dialogue/ask.ts';
import type { Transcript } from '../dialogue/transcript.ts';
import type { ToolResolver } from '../../host/tools.ts';
import type { Target } from '../../target/target.ts';
import { Client } from '../dialogue/client.ts';
import type { Capture, Expectation, RequestSpec } from '../http/schema.ts';
import type { CheckName, CheckSpec, Spec } from './schema.ts';

/** What a check found, or why it could not look. */
export type Found =
  | {
      type: 'found';
      /** What does not hold, in sentences; none: it passes. */
      wrong: string[];
      /** Said where it passes. */
      right: string;
      /** What was sent and what came back. */
      evidence: Transcript[];
    }
  | { type: 'not-measured'; cause: string; reason: string; remedy: string };

/** What a check runs with, beside its own part of the scenario. */
export interface CheckContext {
  spec: CheckSpec;
  tools: ToolResolver;
  /** Commands are run here. */
  cwd: string;
  signal: AbortSignal;
}

export type Check<Name extends CheckName> = (spec: Spec<Name>, talk: Talk, context: CheckContext) => Promise<Found>;

/** For what an interrupt must not keep from happening: a dependency made well again, a job removed. */
const LAST_CALL_MS = 5_000;

export interface TalkOptions {
  headers: Readonly<Record<string, string>>;
  timeoutMs: number;
  signal: AbortSignal;
}

export interface Sending {
  expect?: Expectation;
  capture?: Capture;
  /** Without any credential, neither of the target nor of the check. */
  bare?: boolean;
  more?: Variables;
  /** Not kept as evidence. */
  quiet?: boolean;
  /** Sent after an interrupt too. */
  whatever?: boolean;
}

/** Of a check at once. */
export const CONNECTIONS = 100;

/** Sends requests of a check and remembers them as evidence. */
export class Talk {
  readonly asking: Asking;
  readonly variables: Variables;
  readonly #options: TalkOptions;
  readonly evidence: Transcript[] = [];
  readonly wrong: string[] = [];

  constructor(asking: Asking, variables: Variables, options: TalkOptions) {
    this.asking = asking;
    this.variables = variables;
    this.#options = options;
  }

  /** One request with the headers of the check. */
  async send(request: Partial<RequestSpec> & { path: string }, { expect = {}, capture = {}, bare = false, more = {}, quiet = false, whatever = false }: Sending = {}): Promise<Reply> {
    const { headers, timeoutMs, signal } = this.#options;
    const asking = bare ? { ...this.asking, target: { ...this.asking.target, headers: {} } } : this.asking;
    const whole: RequestSpec = { method: 'GET', ...request, headers: { ...(bare ? {} : headers), ...request.headers } };
    const until = whatever ? { timeoutMs: Math.min(timeoutMs, LAST_CALL_MS) } : { timeoutMs, signal };
    const reply = await ask({ request: whole, expect, capture }, { ...this.variables, ...more }, asking, until);
    if (!quiet) this.evidence.push(reply.transcript);
    return reply;
  }

  /** The same with another server; what it says becomes evidence of this check. `close` its connections in the end. */
  at(target: Target): { send: Talk['send']; close: () => Promise<void> } {
    const client = new Client(target, { insecureTls: this.asking.insecureTls, connections: CONNECTIONS });
    const other = new Talk({ ...this.asking, client, target }, this.variables, this.#options);
    const send: Talk['send'] = async (request, sending = {}) => {
      const reply = await other.send(request, { ...sending, quiet: true });
      if (sending.quiet !== true) this.evidence.push(reply.transcript);
      return reply;
    };
    return { send, close: () => client.close() };
  }

  /** Notes what does not hold. */
  needs(holds: boolean, sentence: string): void {
    if (!holds) this.wrong.push(sentence);
  }

  found(right: string): Found {
    return { type: 'found', wrong: this.wrong, right, evidence: this.evidence };
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
