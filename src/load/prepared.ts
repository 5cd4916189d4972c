import type { Dispatcher } from 'undici';
import { BodySource, type Body } from './body.ts';
import type { Jar } from './cookies.ts';
import type { LoadPlan, RequestPlan } from './plan.ts';
import { fill, type Template, type Variables } from './template.ts';
import { Verdict } from './verdict.ts';

/** A request with everything worked out that one sending needs. */
export interface PreparedRequest {
  plan: RequestPlan;
  /** Its place among all steps of the load: where its figures go. */
  index: number;
  verdict: Verdict;
  /** For checks that name a value. */
  variables: Variables;
  /** The text the body must hold. */
  needle: Buffer | null;
  path: string;
  /** As it is dispatched; a body that is streamed is opened anew for each sending. */
  options(): Dispatcher.DispatchOptions;
}

const NO_VARIABLES: Variables = {};

/** How requests of one step come to be. */
export class Preparation {
  readonly #plan: RequestPlan;
  /** Its place among all steps of the load. */
  readonly index: number;
  readonly #verdict: Verdict;
  readonly #bodies: BodySource;
  readonly #newConnection: boolean;
  readonly #constant: PreparedRequest | null;

  constructor(plan: RequestPlan, index: number, load: Pick<LoadPlan, 'target' | 'cookies' | 'connection'>) {
    this.#plan = plan;
    this.index = index;
    this.#verdict = new Verdict(plan, load.target.origin, load.cookies !== null);
    this.#bodies = new BodySource(plan.body);
    this.#newConnection = load.connection === 'new';
    this.#constant = templatesOf(plan).every((template) => typeof template === 'string') ? this.#prepare(NO_VARIABLES, null) : null;
  }

  /** The request where every sending is the same; null where values or cookies make a difference. */
  get constant(): PreparedRequest | null {
    return this.#constant;
  }

  with(variables: Variables, jar: Jar | null): PreparedRequest {
    return jar === null && this.#constant !== null ? this.#constant : this.#prepare(variables, jar);
  }

  #prepare(variables: Variables, jar: Jar | null): PreparedRequest {
    const { method, headers, expect } = this.#plan;
    const path = fill(this.#plan.path, variables);
    const flat: string[] = [];
    const cookie = jar?.header(path, Date.now()) ?? null;
    let cookieSent = cookie === null;
    for (const [name, template] of Object.entries(headers)) {
      const own = fill(template, variables);
      const joined = name === 'cookie' && cookie !== null ? `${own}; ${cookie}` : own;
      cookieSent ||= name === 'cookie';
      flat.push(name, joined);
    }
    if (!cookieSent && cookie !== null) flat.push('cookie', cookie);
    const body = this.#bodies.of(variables);
    if (body.type === 'stream') flat.push('content-length', String(body.length));
    const reset = this.#newConnection ? { reset: true } : {};
    return {
      plan: this.#plan,
      index: this.index,
      verdict: this.#verdict,
      variables,
      needle: expect.bodyIncludes === null ? null : Buffer.from(fill(expect.bodyIncludes, variables)),
      path,
      options: optionsOf({ path, method, headers: flat, ...reset }, body),
    };
  }
}

function optionsOf(common: Dispatcher.DispatchOptions, body: Body): () => Dispatcher.DispatchOptions {
  if (body.type === 'stream') return () => ({ ...common, body: body.open() });
  const options = { ...common, body: body.bytes };
  return () => options;
}

function templatesOf({ path, headers, body, expect }: RequestPlan): Template[] {
  const inBody = body.type === 'text' ? [body.text] : body.type === 'multipart' ? body.parts.flatMap(({ content }) => (content.type === 'value' ? [content.text] : [])) : [];
  const inChecks = [...expect.json, ...expect.headers].flatMap(({ match }) => (match.type === 'equals' ? [match.to] : []));
  return [path, ...Object.values(headers), ...inBody, ...(expect.bodyIncludes === null ? [] : [expect.bodyIncludes]), ...inChecks];
}
