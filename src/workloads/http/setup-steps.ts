import { reasonOf } from '../../errors.ts';
import { exchangeOnce, type SingleExchange } from '../../load/exchange-once.ts';
import { statusAccepted } from '../../load/failures.ts';
import type { RequestPlan } from '../../load/plan.ts';
import type { Target } from '../../target/target.ts';
import { atPointer, type Json } from './json-pointer.ts';
import { requestPlan, targetPlan } from './requests.ts';
import type { HttpSpec } from './schema.ts';
import type { Variables } from './template.ts';

const KEEP_BODY_BYTES = 10_000_000;
const SHOWN_CHARACTERS = 300;

export type SetUp = { type: 'ready'; variables: Variables } | { type: 'failed'; step: string; message: string };

export interface SetUpOptions {
  timeoutMs: number;
  insecureTls: boolean;
  signal: AbortSignal;
}

/**
 * Sends the set-up steps of a round one after the other. A step that is not answered as expected, or whose answer lacks
 * a value to capture, ends the set-up: that is something the target did, so it is a result that says what was sent and
 * what came back, and not an exception.
 */
export async function runSetUp(steps: HttpSpec['setup'], target: Target, options: SetUpOptions): Promise<SetUp> {
  const variables: Record<string, Json> = {};
  for (const step of steps) {
    const request = requestPlan(step.request, step.expect, target, variables);
    const exchange = await exchangeOnce(targetPlan(target, options.insecureTls), request, {
      timeoutMs: options.timeoutMs,
      keepBodyBytes: KEEP_BODY_BYTES,
      signal: options.signal,
    });
    const wrong = wrongWith(request, exchange) ?? capture(step.capture, exchange, variables);
    if (wrong !== null) return { type: 'failed', step: step.name, message: `${wrong}. ${transcript(request, exchange)}` };
  }
  return { type: 'ready', variables };
}

function wrongWith({ expect }: RequestPlan, exchange: SingleExchange): string | null {
  if (exchange.type === 'failed') return `no answer (${exchange.kind}): ${exchange.reason}`;
  if (!statusAccepted(exchange.status, expect)) return `unexpected status ${exchange.status}`;
  if (expect.bodyIncludes !== null && !exchange.body.includes(expect.bodyIncludes)) return `the body lacks ${JSON.stringify(expect.bodyIncludes)}`;
  if (expect.maxBodyBytes !== null && exchange.bodyBytes > expect.maxBodyBytes) return `the body has ${exchange.bodyBytes} bytes, more than ${expect.maxBodyBytes}`;
  return null;
}

function capture(wanted: HttpSpec['setup'][number]['capture'], exchange: SingleExchange, into: Record<string, Json>): string | null {
  const entries = Object.entries(wanted);
  if (entries.length === 0 || exchange.type === 'failed') return null;
  let document: Json;
  try {
    document = JSON.parse(exchange.body) as Json;
  } catch (error) {
    return `nothing can be captured, the body is not JSON: ${reasonOf(error)}`;
  }
  for (const [name, { json: pointer }] of entries) {
    const value = atPointer(document, pointer);
    if (value === undefined) return `capture ${name} found nothing at ${pointer}`;
    into[name] = value;
  }
  return null;
}

function transcript(request: RequestPlan, exchange: SingleExchange): string {
  const sent = `Sent: ${request.method} ${request.path}${request.body === null ? '' : ` ${cut(request.body)}`}.`;
  return exchange.type === 'failed' ? sent : `${sent} Came back: ${exchange.status}${exchange.body === '' ? ' without a body' : ` ${cut(exchange.body)}`}.`;
}

function cut(text: string): string {
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}… (${text.length} characters)`;
}
