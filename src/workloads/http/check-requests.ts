import { validateHeaderName, validateHeaderValue } from 'node:http';
import { BenchError, EXIT, reasonOf } from '../../errors.ts';
import { CREDENTIAL_HEADERS } from '../../record/redact.ts';
import { measuredSteps, type Expectation, type RequestSpec, type Requests } from './schema.ts';
import { referencesIn } from './template.ts';

/** The engine keeps these right by itself. */
const NOT_YOURS = ['connection', 'content-length', 'expect', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade'];

/**
 * What can only be wrong with requests as a whole. Throws a BenchError (2).
 * @param columns names of the data each iteration takes; empty without data
 */
export function checkRequests(spec: Requests, name: string, columns: readonly string[] = []): void {
  const known = new Set<string>();
  const check = (request: RequestSpec, expect: Expectation, where: string, inLoad: boolean): void => {
    checkHeaders(request, `${name}: ${where}`);
    checkBodies(request, `${name}: ${where}`);
    for (const reference of referencesOf(request, expect)) {
      if (reference.startsWith('data.')) checkColumn(reference, inLoad ? columns : null, `${name}: ${where}`);
      else if (!known.has(reference)) throw nothingCaptured(reference, known, `${name}: ${where}`);
    }
  };
  for (const step of spec.setup) {
    check(step.request, step.expect, `set-up step ${step.name}`, false);
    Object.keys(step.capture).forEach((each) => known.add(each));
  }
  for (const { request, expect, where, capture } of measuredSteps(spec)) {
    check(request, expect, where, true);
    Object.keys(capture).forEach((each) => known.add(each));
  }
}

/** Captured values that some request sends as a credential. */
export function credentialsOf(spec: Requests): Set<string> {
  const requests = [...spec.setup, ...measuredSteps(spec)].map(({ request }) => request);
  return new Set(requests.flatMap(({ headers }) => Object.entries(headers).flatMap(([name, value]) => (CREDENTIAL_HEADERS.includes(name.toLowerCase()) ? referencesIn(value) : []))));
}

export function referencesOf({ path, headers, json, body, multipart = [] }: RequestSpec, expect: Expectation = {}): string[] {
  const matches = [...Object.values(expect.json ?? {}), ...Object.values(expect.headers ?? {}), expect.bodyIncludes ?? null].filter((match) => typeof match === 'string');
  return [path, ...Object.values(headers), json ?? null, body ?? null, ...multipart.map(({ value }) => value ?? null), ...matches].flatMap(referencesIn);
}

function nothingCaptured(reference: string, known: ReadonlySet<string>, where: string): BenchError {
  const captured = known.size === 0 ? 'nothing is captured before it' : `captured before it: ${[...known].join(', ')}`;
  return new BenchError(EXIT.usage, `${where} uses \${${reference}}, but ${captured}`, {
    hint: `Capture it in a step before: capture: { ${reference}: { json: /path/in/answer } }`,
  });
}

function checkColumn(reference: string, columns: readonly string[] | null, where: string): void {
  const column = reference.slice('data.'.length);
  if (columns === null) throw new BenchError(EXIT.usage, `${where} uses \${${reference}}, but the set-up is sent once, not once for each row`, { hint: 'Move it into the request, the mix or the flow.' });
  if (columns.includes(column)) return;
  const there = columns.length === 0 ? 'the workload has no data' : `the data has ${columns.join(', ')}`;
  throw new BenchError(EXIT.usage, `${where} uses \${${reference}}, but ${there}`, { hint: 'Correct the name, or add the column.' });
}

function checkBodies(request: RequestSpec, where: string): void {
  const bodies = (['json', 'body', 'bodyFile', 'multipart'] as const).filter((each) => request[each] !== undefined);
  if (bodies.length > 1) throw new BenchError(EXIT.usage, `${where} has both ${bodies.join(' and ')}`, { hint: 'Keep one of them.' });
  if (request.multipart !== undefined && Object.keys(request.headers).some((header) => header.toLowerCase() === 'content-type')) {
    throw new BenchError(EXIT.usage, `${where}: the content-type of a multipart body cannot be set`, { hint: 'The load engine sets it with the boundary it uses; remove it.' });
  }
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
