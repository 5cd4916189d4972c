import { validateHeaderName, validateHeaderValue } from 'node:http';
import { BenchError, EXIT, reasonOf } from '../../errors.ts';
import type { ExpectationPlan, RequestPlan, TargetPlan } from '../../load/plan.ts';
import type { Target } from '../../target/target.ts';
import { measuredRequests, type Expectation, type HttpSpec, type RequestSpec } from './schema.ts';
import { fillJson, fillPath, fillText, referencesIn, type Variables } from './template.ts';

const DEFAULT_HEADERS = { accept: '*/*', 'user-agent': 'readybench' } as const;
/** The engine keeps these right by itself. */
const NOT_YOURS = ['connection', 'content-length', 'expect', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade'];

export function targetPlan(target: Target, insecureTls: boolean): TargetPlan {
  return { origin: new URL(target.baseUrl).origin, addresses: target.addresses, insecureTls };
}

/** A request of the scenario with captured values, base path and headers put in. Names of headers are in lower case. */
export function requestPlan(spec: RequestSpec, expect: Expectation, target: Target, variables: Variables, { labels = {}, weight = 1 }: Partial<Pick<RequestPlan, 'labels' | 'weight'>> = {}): RequestPlan {
  const basePath = new URL(target.baseUrl).pathname.replace(/\/$/, '');
  const own = Object.fromEntries(Object.entries(spec.headers).map(([name, value]) => [name.toLowerCase(), fillText(value, variables)]));
  const everywhere = Object.fromEntries(Object.entries(target.headers).map(([name, value]) => [name.toLowerCase(), value]));
  const json = spec.json === undefined ? null : JSON.stringify(fillJson(spec.json, variables));
  return {
    labels,
    weight,
    method: spec.method,
    path: basePath + fillPath(spec.path, variables),
    headers: { ...DEFAULT_HEADERS, ...(json === null ? {} : { 'content-type': 'application/json' }), ...everywhere, ...own },
    body: json ?? (spec.body === undefined ? null : fillText(spec.body, variables)),
    expect: expectationPlan(expect),
  };
}

export function expectationPlan({ status, bodyIncludes, maxBodyBytes }: Expectation): ExpectationPlan {
  const wanted = status === undefined ? null : Array.isArray(status) ? status : [status];
  return {
    statuses:
      wanted === null
        ? null
        : {
            codes: wanted.filter((each) => typeof each === 'number'),
            classes: wanted.filter((each) => typeof each === 'string').map((each) => Number(each[0])),
          },
    bodyIncludes: bodyIncludes ?? null,
    maxBodyBytes: maxBodyBytes ?? null,
  };
}

/** What can only be wrong with requests as a whole. Throws a BenchError (2). */
export function checkRequests(spec: HttpSpec, name: string): void {
  const known = new Set<string>();
  const check = (request: RequestSpec, where: string): void => {
    checkHeaders(request, `${name}: ${where}`);
    if (request.json !== undefined && request.body !== undefined) {
      throw new BenchError(EXIT.usage, `${name}: ${where} has both json and body`, { hint: 'Keep one of them.' });
    }
    const unknown = referencesOf(request).find((reference) => !known.has(reference));
    if (unknown === undefined) return;
    const captured = known.size === 0 ? 'nothing is captured before it' : `captured before it: ${[...known].join(', ')}`;
    throw new BenchError(EXIT.usage, `${name}: ${where} uses \${${unknown}}, but ${captured}`, {
      hint: `Capture it in a set-up step: capture: { ${unknown}: { json: /path/in/answer } }`,
    });
  };
  for (const step of spec.setup) {
    check(step.request, `set-up step ${step.name}`);
    Object.keys(step.capture).forEach((each) => known.add(each));
  }
  for (const { labels, request } of measuredRequests(spec)) check(request, labels['request'] === undefined ? 'request' : `request ${labels['request']}`);
}

function referencesOf({ path, headers, json, body }: RequestSpec): string[] {
  return [path, ...Object.values(headers), json ?? null, body ?? null].flatMap(referencesIn);
}

function checkHeaders({ headers }: RequestSpec, where: string): void {
  for (const [name, value] of Object.entries(headers)) {
    if (NOT_YOURS.includes(name.toLowerCase())) {
      throw new BenchError(EXIT.usage, `${where}: header ${name} cannot be set`, { hint: 'The load engine sets it itself; remove it.' });
    }
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch (error) {
      throw new BenchError(EXIT.usage, `${where}: header ${JSON.stringify(name)} cannot be sent: ${reasonOf(error)}`, { cause: error });
    }
  }
}
