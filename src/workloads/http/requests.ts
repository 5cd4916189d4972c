import { createHash } from 'node:crypto';
import type { BodyPlan, CapturePlan, ExpectationPlan, MatchPlan, PartPlan, RequestPlan, TargetPlan } from '../../load/plan.ts';
import type { Target } from '../../target/target.ts';
import { fileName, type Files } from './files.ts';
import type { Capture, Expectation, MeasuredStep, RequestSpec } from './schema.ts';
import { jsonTemplateOf, templateOf, type Names } from './template.ts';

const DEFAULT_HEADERS = { accept: '*/*', 'user-agent': 'readybench' } as const;

export function targetPlan(target: Target, insecureTls: boolean): TargetPlan {
  return { origin: new URL(target.baseUrl).origin, addresses: target.addresses, insecureTls };
}

/** What the requests of a workload have in common. */
export interface Surroundings {
  target: Target;
  /** By name: what a request can refer to. */
  names: Names;
  files: Files;
  /** Captured values that are never shown, whether or not their capture says so. */
  credentials: ReadonlySet<string>;
}

export const NO_NAMES: Names = { known: {}, later: new Set() };

/** Base path, headers of the target and known values put in; names of headers in lower case. */
export function requestPlan({ request, expect, capture, labels, pauseMs }: Pick<MeasuredStep, 'request' | 'expect' | 'capture' | 'labels' | 'pauseMs'>, { target, names, files, credentials }: Surroundings): RequestPlan {
  const basePath = new URL(target.baseUrl).pathname.replace(/\/$/, '');
  const own = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), templateOf(value, 'text', names)]));
  const everywhere = Object.fromEntries(Object.entries(target.headers).map(([name, value]) => [name.toLowerCase(), value]));
  const body = bodyPlan(request, names, files);
  const type = body.type === 'multipart' ? `multipart/form-data; boundary=${body.boundary}` : body.type === 'file' ? 'application/octet-stream' : request.json === undefined ? null : 'application/json';
  return {
    labels,
    method: request.method,
    path: templateOf(basePath + request.path, 'path', names),
    headers: { ...DEFAULT_HEADERS, ...(type === null ? {} : { 'content-type': type }), ...everywhere, ...own },
    body,
    expect: expectationPlan(expect, names),
    capture: capturePlans(capture, credentials),
    pauseMs,
  };
}

function bodyPlan({ json, body, bodyFile, multipart }: RequestSpec, names: Names, files: Files): BodyPlan {
  if (json !== undefined) return { type: 'text', text: jsonTemplateOf(json, names) };
  if (body !== undefined) return { type: 'text', text: templateOf(body, 'text', names) };
  if (bodyFile !== undefined) return { type: 'file', ...found(files, bodyFile) };
  if (multipart === undefined) return { type: 'none' };
  const parts = multipart.map(({ name, file, value, filename, contentType }): PartPlan => ({
    name,
    filename: filename ?? (file === undefined ? null : fileName(file)),
    contentType: contentType ?? (file === undefined ? null : 'application/octet-stream'),
    content: file === undefined ? { type: 'value', text: templateOf(value ?? '', 'text', names) } : { type: 'file', ...found(files, file) },
  }));
  // Of what is sent, so that the same scenario sends the same bytes; too long to occur in them by chance.
  const boundary = `readybench-${createHash('sha256').update(JSON.stringify(multipart)).digest('hex').slice(0, 32)}`;
  return { type: 'multipart', boundary, parts };
}

function found(files: Files, name: string): { path: string; bytes: number } {
  const file = files.get(name);
  if (file === undefined) throw new Error(`${name} was not looked for`);
  return file;
}

export function expectationPlan({ status, bodyIncludes, bodyMatches, maxBodyBytes, json, headers }: Expectation, names: Names = NO_NAMES): ExpectationPlan {
  const wanted = status === undefined ? null : Array.isArray(status) ? status : [status];
  return {
    statuses:
      wanted === null
        ? null
        : {
            codes: wanted.filter((each) => typeof each === 'number'),
            classes: wanted.filter((each) => typeof each === 'string').map((each) => Number(each[0])),
          },
    bodyIncludes: bodyIncludes === undefined ? null : templateOf(bodyIncludes, 'text', names),
    bodyMatches: bodyMatches ?? null,
    maxBodyBytes: maxBodyBytes ?? null,
    json: Object.entries(json ?? {}).map(([pointer, match]) => ({ pointer, match: matchPlan(match, (value) => ({ type: 'equals', to: jsonTemplateOf(value, names) })) })),
    headers: Object.entries(headers ?? {}).map(([name, match]) => ({ name: name.toLowerCase(), match: matchPlan(match, (value) => ({ type: 'equals', to: templateOf(value, 'text', names) })) })),
  };
}

function matchPlan<T extends string | number | boolean | null>(match: T | { exists: boolean } | { matches: string }, equals: (value: T) => MatchPlan): MatchPlan {
  if (typeof match !== 'object' || match === null) return equals(match);
  if ('exists' in match) return { type: match.exists ? 'exists' : 'absent' };
  return { type: 'matches', pattern: match.matches };
}

function capturePlans(captures: Capture, credentials: ReadonlySet<string>): CapturePlan[] {
  return Object.entries(captures).map(([name, from]) => ({
    name,
    secret: from.secret ?? credentials.has(name),
    from:
      'json' in from
        ? { type: 'json', pointer: from.json }
        : 'header' in from
          ? { type: 'header', header: from.header.toLowerCase(), pattern: from.regex ?? null }
          : { type: 'body', pattern: from.regex },
  }));
}


