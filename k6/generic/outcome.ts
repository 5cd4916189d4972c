import type { RefinedResponse, ResponseType } from 'k6/http';
import type { ExpectationPlan, MatchPlan, RequestPlan } from '../../src/load/plan.ts';
import type { ErrorKind } from '../../src/load/result.ts';
import type { Json } from '../../src/load/json-pointer.ts';
import { atPointer, captured, fill, parsed, type Values } from './values.ts';

/** What an answer is: as expected, or why not. `why` takes few different values: it is a tag. */
export interface Outcome {
  kind: 'ok' | ErrorKind;
  why: string;
}

const OK: Outcome = { kind: 'ok', why: '' };

type Answer = RefinedResponse<ResponseType | undefined>;

/** Whether the body has to be kept. */
export function needsBody({ expect, capture }: RequestPlan): boolean {
  return expect.bodyIncludes !== null || expect.bodyMatches !== null || expect.maxBodyBytes !== null || expect.json.length > 0 || capture.some(({ from }) => from.type !== 'header');
}

/** Holds an answer against the plan; what it captures is then in `values`. */
export function outcomeOf(plan: RequestPlan, answer: Answer, origin: string, values: Values): Outcome {
  if (answer.status === 0) return { kind: transportKind(answer.error_code, answer.error), why: answer.error };
  const { status } = answer;
  const { expect } = plan;
  if (!accepted(expect, status)) return { kind: statusKind(status), why: `${status}` };
  const header = (name: string): string | undefined => headerOf(answer, name);
  const location = status >= 300 && status < 400 ? header('location') : undefined;
  if (location !== undefined && expect.statuses === null && leaves(location, origin)) return { kind: 'redirect', why: `${status} to another host: redirects are not followed` };
  const body = typeof answer.body === 'string' ? answer.body : '';
  return failedCheck(expect, status, body, header, values) ?? take(plan, status, body, header, values);
}

function failedCheck(expect: ExpectationPlan, status: number, body: string, header: (name: string) => string | undefined, values: Values): Outcome | null {
  const wrong = (what: string): Outcome => ({ kind: 'check', why: `${status}, ${what}` });
  if (expect.bodyIncludes !== null && body.indexOf(fill(expect.bodyIncludes, values)) === -1) return wrong('body without the text that was asked for');
  if (expect.maxBodyBytes !== null && longerThan(body, expect.maxBodyBytes)) return wrong(`body of more than ${expect.maxBodyBytes} bytes`);
  for (const { name, match } of expect.headers) {
    const value = header(name);
    if (!headerMatches(value, match, values)) return wrong(`header ${name} is not what was asked for`);
  }
  if (expect.bodyMatches !== null && !new RegExp(expect.bodyMatches).test(body)) return wrong(`body without a match of ${expect.bodyMatches}`);
  if (expect.json.length === 0) return null;
  const document = parsed(body);
  if (document === undefined) return wrong('the body is not JSON');
  for (const { pointer, match } of expect.json) {
    if (!jsonMatches(atPointer(document, pointer), match, values)) return wrong(`${pointer} is not what was asked for`);
  }
  return null;
}

function take({ capture }: RequestPlan, status: number, body: string, header: (name: string) => string | undefined, values: Values): Outcome {
  for (const each of capture) {
    const value = captured(each, body, header);
    if ('missing' in value) return { kind: 'capture', why: `${status}, ${value.missing}` };
    values[each.name] = value.found;
  }
  return OK;
}

function accepted({ statuses }: ExpectationPlan, status: number): boolean {
  if (statuses === null) return status >= 200 && status < 400;
  return statuses.codes.indexOf(status) !== -1 || statuses.classes.indexOf(Math.trunc(status / 100)) !== -1;
}

function statusKind(status: number): ErrorKind {
  if (status >= 500) return '5xx';
  if (status >= 400) return '4xx';
  return status >= 300 ? 'redirect' : 'check';
}

/** k6's error codes: 1050 and 1211 time-outs, 11xx DNS, 12xx TCP, 13xx TLS. */
function transportKind(code: number, error: string): ErrorKind {
  if (code === 1050 || code === 1211) return 'timeout';
  if (code >= 1100 && code < 1200) return 'dns';
  if (code === 1212) return 'refused';
  if (code === 1201 || code === 1220) return 'reset';
  if (code >= 1300 && code < 1400) return 'tls';
  return /EOF|reset by peer|broken pipe|closed/.test(error) ? 'reset' : 'other';
}

function headerOf(answer: Answer, name: string): string | undefined {
  for (const each of Object.keys(answer.headers)) if (each.toLowerCase() === name) return answer.headers[each];
  return undefined;
}

function leaves(location: string, origin: string): boolean {
  if (/^[a-z][a-z0-9+.-]*:/i.test(location)) return location.toLowerCase() !== origin.toLowerCase() && location.toLowerCase().indexOf(`${origin.toLowerCase()}/`) !== 0;
  return location.indexOf('//') === 0 && origin.split('//')[1] !== location.slice(2).split('/')[0];
}

function headerMatches(value: string | undefined, match: MatchPlan, values: Values): boolean {
  if (match.type === 'exists') return value !== undefined;
  if (match.type === 'absent') return value === undefined;
  if (value === undefined) return false;
  return match.type === 'equals' ? value === fill(match.to, values) : new RegExp(match.pattern).test(value);
}

function jsonMatches(value: Json | undefined, match: MatchPlan, values: Values): boolean {
  if (match.type === 'exists') return value !== undefined;
  if (match.type === 'absent') return value === undefined;
  if (value === undefined) return false;
  if (match.type === 'matches') return new RegExp(match.pattern).test(typeof value === 'string' ? value : JSON.stringify(value));
  return JSON.stringify(value) === JSON.stringify(JSON.parse(fill(match.to, values)));
}

/** Whether a text has more bytes than that as UTF-8. Counting them one by one takes k6 a second for some megabytes: what is ASCII is not counted so. */
export function longerThan(text: string, bytes: number): boolean {
  if (text.length > bytes) return true;
  if (3 * text.length <= bytes) return false;
  const others = text.replace(/[^\u0080-\uffff]+/g, '');
  return text.length - others.length + byteLength(others) > bytes;
}

function byteLength(text: string): number {
  let bytes = 0;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
