import { Preparation } from '../../load/prepared.ts';
import type { Json } from '../../load/json-pointer.ts';
import type { Variables } from '../../load/template.ts';
import type { Target } from '../../target/target.ts';
import { NO_FILES, type Files } from '../http/files.ts';
import { requestPlan, targetPlan } from '../http/requests.ts';
import type { Capture, Expectation, RequestSpec } from '../http/schema.ts';
import type { Client, Exchange, SendOptions } from './client.ts';
import { transcriptOf, type Transcript } from './transcript.ts';

/** One request of a scenario with what is expected of its answer. */
export interface Question {
  request: RequestSpec;
  expect?: Expectation;
  capture?: Capture;
}

/** What came of it. `wrong`: why the answer is none that was asked for, null where it is; `captured` is complete only then. */
export interface Reply {
  exchange: Exchange;
  wrong: string | null;
  captured: Record<string, Json>;
  transcript: Transcript;
}

export interface Asking {
  client: Client;
  target: Target;
  insecureTls: boolean;
  files?: Files;
  /** Captured values that are never shown. */
  credentials?: ReadonlySet<string>;
  keepSecret?: (value: string) => void;
}

/** Sends one request with the captured values put in, and holds the answer against what is expected. */
export async function ask({ request, expect = {}, capture = {} }: Question, variables: Variables, asking: Asking, options: SendOptions): Promise<Reply> {
  const { client, target, insecureTls, files = NO_FILES, credentials = new Set<string>() } = asking;
  const plan = requestPlan({ request, expect, capture, labels: {}, pauseMs: 0 }, { target, files, credentials, names: { known: variables, later: new Set() } });
  const prepared = new Preparation(plan, 0, { target: targetPlan(target, insecureTls), cookies: null, connection: 'keep-alive' }).with({}, null);
  const exchange = await client.send(prepared.options(), options);
  const transcript = transcriptOf(plan, exchange);
  const captured: Record<string, Json> = {};
  if (exchange.type === 'failed') return { exchange, wrong: `no answer (${exchange.kind}): ${exchange.reason}`, captured, transcript };
  const { body, receivedBytes, status } = exchange;
  const wrong = prepared.verdict.of(
    {
      status,
      receivedBytes,
      bodyMatched: prepared.needle === null || body.includes(prepared.needle),
      body,
      rawHeaders: Object.entries(exchange.headers).flatMap(([name, values]) => values.flatMap((value) => [Buffer.from(name), Buffer.from(value, 'latin1')])),
      snippet: body.subarray(0, 160).toString('utf8'),
    },
    {},
    captured,
  );
  for (const { name, secret } of plan.capture) {
    const value = captured[name];
    if (secret && value !== undefined) asking.keepSecret?.(typeof value === 'string' ? value : JSON.stringify(value));
  }
  return { exchange, wrong: wrong?.what ?? null, captured, transcript };
}

