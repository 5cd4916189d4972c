import { checkRequests } from '../../workloads/check/schema.ts';
import { measuredSteps, type Expectation, type RequestSpec } from '../../workloads/http/schema.ts';
import { jobRequests } from '../../workloads/job/schema.ts';
import { kindOf, type Workload } from '../../workloads/schemas.ts';
import { captureNames } from '../interpolate.ts';
import type { Path } from '../problem.ts';
import { error, type Finding } from './finding.ts';

/** `${x}` in a request is filled by an earlier step, `${data.x}` from the row of its iteration; anywhere else nothing fills them. */
export function referencesAreFilled(workload: Workload): Finding[] {
  const places = requestsOf(workload);
  const inRequests = places.flatMap(({ path, request, expect, expectPath, ...there }) => [
    ...textsIn(request, path).flatMap((text) => referenceFindings(text, there)),
    ...textsIn(expect, expectPath).flatMap((text) => referenceFindings(text, there)),
  ]);
  const within = (path: Path): boolean => places.some((place) => [place.path, place.expectPath].some((own) => own.every((part, index) => part === path[index])));
  const elsewhere = textsIn(workload, [])
    .filter(({ path }) => path[0] === kindOf(workload) && !within(path) && !(path[0] === 'check' && FILLED_IN_CHECKS.test(path.join('.'))))
    .flatMap(({ path, text }) => captureNames(text).used.map((used) => error(path, `\${${used}} stands where no captured value is put in; an environment variable is written \${env.${used}}, the plain characters $\${${used}}`)));
  return [...inRequests, ...elsewhere];
}

/** Where a check puts in what its set-up captured, beside its requests. */
const FILLED_IN_CHECKS = /^check\.(headers\.|auth\.expired$)/;

function referenceFindings({ path, text }: { path: Path; text: string }, { captured, data }: Pick<RequestPlace, 'captured' | 'data'>): Finding[] {
  const { used, escaped } = captureNames(text);
  const there = captured.length === 0 ? 'captures nothing before it' : `captures ${captured.join(', ')} before it`;
  return [
    ...used.flatMap((each) => {
      if (each.startsWith('data.')) return data === 'here' ? [] : [error(path, `\${${each}} has no value: ${data === 'later' ? 'the set-up is sent once, not once for each row of data' : 'the workload has no data'}`)];
      return captured.includes(each) ? [] : [error(path, `\${${each}} has no value: setup ${there}; an environment variable is written \${env.${each}}, the plain characters $\${${each}}`)];
    }),
    ...escaped.filter((each) => captured.includes(each) || (each.startsWith('data.') && data === 'here')).map((each) => error(path, `$\${${each}} cannot be told from the captured ${each}: capture it under another name`)),
  ];
}

interface RequestPlace {
  path: Path;
  request: RequestSpec;
  expectPath: Path;
  expect: Expectation;
  /** Names that have a value when it is sent. */
  captured: string[];
  data: 'none' | 'here' | 'later';
}

/** Every request of a workload, in the order they are sent, with what has a value by then. */
export function requestsOf(workload: Workload): RequestPlace[] {
  const captured: string[] = [];
  const places: RequestPlace[] = [];
  if ('job' in workload) {
    captured.push('job', ...(workload.job.webhook === undefined ? [] : ['webhook']));
    for (const { path, request, expect, capture } of jobRequests(workload.job)) {
      places.push({ path: ['job', ...path, 'request'], request, expectPath: ['job', ...path, 'expect'], expect, captured: [...captured], data: 'none' });
      captured.push(...Object.keys(capture));
    }
  }
  if ('check' in workload) {
    for (const { path, request, expect, capture, given } of checkRequests(workload.check)) {
      places.push({ path, request, expectPath: [...path.slice(0, -1), 'expect'], expect, captured: [...captured, ...given], data: 'none' });
      captured.push(...Object.keys(capture));
    }
  }
  if (!('http' in workload)) return places;
  const { http } = workload;
  const add = (own: Path, { request, expect, capture }: Pick<RequestPlace, 'request' | 'expect'> & { capture: object }, data: RequestPlace['data']): void => {
    const path: Path = ['http', ...own];
    places.push({ path, request, expectPath: [...path.slice(0, -1), 'expect'], expect, captured: [...captured], data });
    captured.push(...Object.keys(capture));
  };
  http.setup.forEach((step, index) => add(['setup', index, 'request'], step, http.data === undefined ? 'none' : 'later'));
  measuredSteps(http).forEach((step) => add(step.path, step, http.data === undefined ? 'none' : 'here'));
  return places;
}

function textsIn(value: unknown, path: Path): { path: Path; text: string }[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]: [string, unknown]) => textsIn(each, [...path, Array.isArray(value) ? Number(key) : key]));
}
