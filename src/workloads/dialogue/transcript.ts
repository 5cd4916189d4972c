import type { RequestPlan } from '../../load/plan.ts';
import { fill } from '../../load/template.ts';
import { CREDENTIAL_HEADERS, REDACTED } from '../../record/redact.ts';
import type { Exchange } from './client.ts';

/** What was sent and what came back, in one line each, without credentials. */
export interface Transcript {
  sent: string;
  received: string;
}

const SHOWN_CHARACTERS = 240;
/** Of an answer: what people look at when something is wrong. */
const SHOWN_HEADERS = ['retry-after', 'content-type', 'content-encoding', 'location', 'connection', 'www-authenticate'];

export function transcriptOf({ method, path, headers, body }: Pick<RequestPlan, 'method' | 'path' | 'headers' | 'body'>, exchange: Exchange): Transcript {
  const credentials = Object.keys(headers).filter((name) => CREDENTIAL_HEADERS.includes(name));
  const withCredentials = credentials.map((name) => ` ${name}: ${REDACTED}`).join('');
  return { sent: `${method} ${fill(path, {})}${withCredentials}${body.type === 'text' ? ` ${cut(fill(body.text, {}))}` : body.type === 'none' ? '' : ` (${body.type})`}`, received: receivedOf(exchange) };
}

export function receivedOf(exchange: Exchange): string {
  if (exchange.type === 'failed') return `nothing (${exchange.kind}): ${exchange.reason}`;
  const headers = SHOWN_HEADERS.flatMap((name) => (exchange.headers[name] ?? []).map((value) => ` ${name}: ${value}`)).join('');
  const text = exchange.body.subarray(0, SHOWN_CHARACTERS * 4).toString('utf8');
  return `${exchange.status}${headers}${exchange.receivedBytes === 0 ? '' : isText(text) ? ` ${cut(text)}` : ` ${exchange.receivedBytes} bytes`}`;
}

/** As one sentence for a failure. */
export function told({ sent, received }: Transcript): string {
  return `Sent: ${sent}. Came back: ${received}`;
}

const isText = (text: string): boolean => text !== '' && !/[\u0000-\u0008\uFFFD]/.test(text);

export function cut(text: string): string {
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}… (${text.length} characters)`;
}
