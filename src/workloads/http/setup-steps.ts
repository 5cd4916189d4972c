import { Jar } from '../../load/cookies.ts';
import { headerValues } from '../../load/answer.ts';
import { exchangeOnce, type SingleExchange } from '../../load/exchange-once.ts';
import type { Json } from '../../load/json-pointer.ts';
import type { Cookie, RequestPlan } from '../../load/plan.ts';
import { Preparation, type PreparedRequest } from '../../load/prepared.ts';
import { fill, type Variables } from '../../load/template.ts';
import { requestPlan, targetPlan, type Surroundings } from './requests.ts';
import type { HttpSpec } from './schema.ts';

const SHOWN_CHARACTERS = 300;

export type SetUp = { type: 'ready'; variables: Variables; cookies: readonly Cookie[] } | { type: 'failed'; step: string; message: string };

export interface SetUpOptions extends Omit<Surroundings, 'names'> {
  timeoutMs: number;
  insecureTls: boolean;
  cookies: boolean;
  signal: AbortSignal;
  /** Told every value that must not be shown, as soon as it is known. */
  keepSecret: (value: string) => void;
}

/**
 * Sends the set-up steps of a round one after the other. A step that is not answered as expected, or whose answer lacks
 * a value to capture, ends the set-up: that is something the target did, so it is a result that says what was sent and
 * what came back, and not an exception.
 */
export async function runSetUp(steps: HttpSpec['setup'], options: SetUpOptions): Promise<SetUp> {
  const { insecureTls, timeoutMs, signal, keepSecret } = options;
  const target = targetPlan(options.target, insecureTls);
  const variables: Record<string, Json> = {};
  const jar = options.cookies ? new Jar(target.origin) : null;
  for (const step of steps) {
    const plan = requestPlan({ ...step, labels: {}, pauseMs: 0 }, { ...options, names: { known: variables, later: new Set() } });
    const request = new Preparation(plan, 0, { target, cookies: jar === null ? null : [], connection: 'keep-alive' }).with({}, jar);
    const exchange = await exchangeOnce(target, request, { timeoutMs, signal });
    const wrong = wrongWith(exchange, request, variables);
    for (const { name, secret } of plan.capture) if (secret && variables[name] !== undefined) keepSecret(textOf(variables[name]));
    if (exchange.type === 'answered' && jar !== null) for (const header of headerValues(exchange.answer, 'set-cookie')) jar.set(header, request.path, Date.now());
    for (const { value } of jar?.all ?? []) keepSecret(value);
    if (wrong !== null) return { type: 'failed', step: step.name, message: `${wrong}. ${transcript(plan, exchange)}` };
  }
  return { type: 'ready', variables, cookies: jar?.all ?? [] };
}

function wrongWith(exchange: SingleExchange, { verdict }: PreparedRequest, into: Record<string, Json>): string | null {
  if (exchange.type === 'failed') return `no answer (${exchange.kind}): ${exchange.reason}`;
  if (!verdict.accepts(exchange.answer.status)) return `unexpected status ${exchange.answer.status}`;
  return verdict.of(exchange.answer, {}, into)?.what ?? null;
}

function transcript({ method, path, body }: RequestPlan, exchange: SingleExchange): string {
  const sent = `Sent: ${method} ${fill(path, {})}${body.type === 'text' ? ` ${cut(fill(body.text, {}))}` : ''}.`;
  if (exchange.type === 'failed') return sent;
  const { status, receivedBytes, body: kept, snippet } = exchange.answer;
  const text = kept !== null && kept.length > 0 ? kept.toString('utf8') : snippet;
  return `${sent} Came back: ${status}${receivedBytes === 0 ? ' without a body' : text === '' ? ` with ${receivedBytes} bytes` : ` ${cut(text)}`}.`;
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function cut(text: string): string {
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}… (${text.length} characters)`;
}
