import { isDeepStrictEqual } from 'node:util';
import { reasonOf } from '../errors.ts';
import { headerOf, KEPT_BODY_BYTES, type Answer } from './answer.ts';
import { redirectsAway, statusAccepted, statusErrorKind } from './failures.ts';
import { atPointer, type Json } from './json-pointer.ts';
import type { CapturePlan, ExpectationPlan, MatchPlan, RequestPlan } from './plan.ts';
import type { ErrorKind } from './result.ts';
import { fill, type Variables } from './template.ts';

/** Why an answer is none that was asked for; `what` follows the request in an example. */
export interface Wrong {
  kind: ErrorKind;
  what: string;
}

const SHOWN_CHARACTERS = 120;

/** What the answers to a request are held against and what is taken from them, worked out once as far as it can be. */
export class Verdict {
  readonly #expect: ExpectationPlan;
  readonly #capture: readonly CapturePlan[];
  readonly #origin: string;
  readonly #patterns = new Map<string, RegExp>();
  /** Nothing but status and length is looked at: the body is dropped as it arrives. */
  readonly keepsBody: boolean;
  readonly keepsHeaders: boolean;

  /** @param cookies whether the answers' cookies are wanted too */
  constructor({ expect, capture }: RequestPlan, origin: string, cookies: boolean) {
    this.#expect = expect;
    this.#capture = capture;
    this.#origin = origin;
    this.keepsBody = expect.json.length > 0 || expect.bodyMatches !== null || capture.some(({ from }) => from.type !== 'header');
    this.keepsHeaders = cookies || expect.headers.length > 0 || capture.some(({ from }) => from.type === 'header');
  }

  accepts(status: number): boolean {
    return statusAccepted(status, this.#expect);
  }

  /** Null for the answer that was asked for; what it yields is then in `into`. */
  of(answer: Answer, variables: Variables, into: Record<string, Json> | null): Wrong | null {
    let document: Parsed | null = null;
    const json = (): Parsed => (document ??= parsed(answer.body ?? Buffer.alloc(0)));
    return this.#wrongWith(answer, variables, json) ?? this.#take(answer, into, json);
  }

  #wrongWith(answer: Answer, variables: Variables, parse: () => Parsed): Wrong | null {
    const { status, receivedBytes } = answer;
    const { bodyIncludes, bodyMatches, maxBodyBytes, json, headers, statuses } = this.#expect;
    const location = status >= 300 && status < 400 ? headerOf(answer, 'location') : undefined;
    if (!this.accepts(status)) {
      const arrow = location === undefined ? '' : ` to ${location}`;
      return { kind: statusErrorKind(status), what: `${status}${arrow}${answer.snippet === '' ? '' : ` ${answer.snippet}`}` };
    }
    if (location !== undefined && statuses === null && redirectsAway(location, this.#origin)) {
      return { kind: 'redirect', what: `${status} to ${location}, another host: redirects are not followed` };
    }
    const wrong = (what: string): Wrong => ({ kind: 'check', what: `${status}, ${what}` });
    if (!answer.bodyMatched) return wrong(`body of ${receivedBytes} bytes without ${JSON.stringify(bodyIncludes === null ? '' : fill(bodyIncludes, variables))}`);
    if (maxBodyBytes !== null && receivedBytes > maxBodyBytes) return wrong(`body of ${receivedBytes} bytes, more than ${maxBodyBytes}`);
    for (const { name, match } of headers) {
      const value = headerOf(answer, name);
      if (!this.#headerMatches(value, match, variables)) return wrong(`header ${name} ${wanted(match, variables)}: ${value === undefined ? 'there is none' : `got ${cut(JSON.stringify(value))}`}`);
    }
    if (!this.keepsBody) return null;
    if (answer.body === null) return wrong(tooLong(receivedBytes));
    if (bodyMatches !== null && !this.#pattern(bodyMatches).test(answer.body.toString('utf8'))) return wrong(`body of ${receivedBytes} bytes without a match of ${bodyMatches}`);
    if (json.length === 0) return null;
    const document = parse();
    if ('error' in document) return wrong(`the body is not JSON: ${document.error}`);
    for (const { pointer, match } of json) {
      const value = atPointer(document.value, pointer);
      if (!this.#jsonMatches(value, match, variables)) return wrong(`${pointer} ${wanted(match, variables)}: ${value === undefined ? 'there is nothing' : `got ${cut(JSON.stringify(value))}`}`);
    }
    return null;
  }

  #take(answer: Answer, into: Record<string, Json> | null, parse: () => Parsed): Wrong | null {
    if (this.#capture.length === 0 || into === null) return null;
    const wrong = (what: string): Wrong => ({ kind: 'capture', what: `${answer.status}, ${what}` });
    if (answer.body === null && this.keepsBody) return wrong(tooLong(answer.receivedBytes));
    for (const { name, from } of this.#capture) {
      if (from.type === 'json') {
        const document = parse();
        if ('error' in document) return wrong(`nothing can be captured, the body is not JSON: ${document.error}`);
        const value = atPointer(document.value, from.pointer);
        if (value === undefined) return wrong(`capture ${name} found nothing at ${from.pointer}`);
        into[name] = value;
        continue;
      }
      const text = from.type === 'header' ? headerOf(answer, from.header) : (answer.body?.toString('utf8') ?? '');
      const where = from.type === 'header' ? `header ${from.header}` : 'the body';
      if (text === undefined) return wrong(`capture ${name} found no ${where}`);
      const value = from.pattern === null ? text : firstMatch(this.#pattern(from.pattern), text);
      if (value === undefined) return wrong(`capture ${name} found no match of ${from.pattern ?? ''} in ${where}`);
      into[name] = value;
    }
    return null;
  }

  #headerMatches(value: string | undefined, match: MatchPlan, variables: Variables): boolean {
    if (match.type === 'exists') return value !== undefined;
    if (match.type === 'absent') return value === undefined;
    if (value === undefined) return false;
    return match.type === 'equals' ? value === fill(match.to, variables) : this.#pattern(match.pattern).test(value);
  }

  #jsonMatches(value: Json | undefined, match: MatchPlan, variables: Variables): boolean {
    if (match.type === 'exists') return value !== undefined;
    if (match.type === 'absent') return value === undefined;
    if (value === undefined) return false;
    if (match.type === 'equals') return isDeepStrictEqual(value, JSON.parse(fill(match.to, variables)));
    return this.#pattern(match.pattern).test(typeof value === 'string' ? value : JSON.stringify(value));
  }

  #pattern(source: string): RegExp {
    const known = this.#patterns.get(source) ?? new RegExp(source);
    this.#patterns.set(source, known);
    return known;
  }
}

function wanted(match: MatchPlan, variables: Variables): string {
  switch (match.type) {
    case 'exists':
      return 'must be there';
    case 'absent':
      return 'must not be there';
    case 'equals':
      return `must be ${cut(fill(match.to, variables))}`;
    case 'matches':
      return `must match ${match.pattern}`;
  }
}

type Parsed = { value: Json } | { error: string };

function parsed(body: Buffer): Parsed {
  try {
    return { value: JSON.parse(body.toString('utf8')) as Json };
  } catch (error) {
    return { error: reasonOf(error) };
  }
}

function firstMatch(pattern: RegExp, text: string): string | undefined {
  const match = pattern.exec(text);
  return match === null ? undefined : (match[1] ?? match[0]);
}

function tooLong(bytes: number): string {
  return `body of ${bytes} bytes: more than ${KEPT_BODY_BYTES} are not looked into`;
}

function cut(text: string): string {
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}…`;
}
