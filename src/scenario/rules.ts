import { METRICS } from '../record/metrics.ts';
import { formatMs } from '../units.ts';
import { CEILINGS, measuredMsOf, measuredSteps, type Expectation, type RequestSpec } from '../workloads/http/schema.ts';
import { checkRequests } from '../workloads/check/schema.ts';
import { jobRequests } from '../workloads/job/schema.ts';
import { KIND_NAMES, WORKLOAD_KINDS, kindOf, type Workload } from '../workloads/schemas.ts';
import { captureNames } from './interpolate.ts';
import type { Issue } from './issues.ts';
import { nearest, suggestion } from './nearest.ts';
import type { Outline } from './outline.ts';
import type { Path } from './problem.ts';
import { BUILT_IN_PROFILES } from './schema.ts';

/** What a rule found: an issue, and whether it stops the run. */
export interface Finding extends Issue {
  severity: 'error' | 'warning';
}

type WorkloadRule = (workload: Workload) => Finding[];
type ScenarioRule = (scenario: Outline, targetGiven: boolean) => Finding[];

const error = (path: Path, message: string, at: Issue['at'] = 'value'): Finding => ({ path, at, message, severity: 'error' });
const warning = (path: Path, message: string, at: Issue['at'] = 'value'): Finding => ({ path, at, message, severity: 'warning' });

/** Positions of the entries that stand in the list before. */
function repeated<T>(list: readonly T[]): { index: number; first: number; value: T }[] {
  return list.flatMap((value, index) => (list.indexOf(value) < index ? [{ index, first: list.indexOf(value), value }] : []));
}

// ---- rules of the scenario as a whole --------------------------------------------------------------------------------

const workloadNamesAreUnique: ScenarioRule = ({ workloads }) =>
  repeated(workloads.map(({ name }) => name))
    .filter(({ value }) => value !== undefined)
    .map(({ index, first, value }) => error(['workloads', index, 'name'], `${value} is the name of workloads[${first}] already: names are unique in a scenario`));

const profilesNameWorkloads: ScenarioRule = ({ workloads, profiles }) => {
  const names = workloads.flatMap(({ name }) => name ?? []);
  const unknown = (name: string): string => `no workload is named ${name}, ${suggestion(name, names)}`;
  return profiles.flatMap((profile) => [
    ...profile.only.flatMap((name, index) => (names.includes(name) ? [] : error(['profiles', profile.name, 'only', index], unknown(name)))),
    ...profile.patched.flatMap((name) => (names.includes(name) ? [] : error(['profiles', profile.name, 'workloads', name], unknown(name), 'key'))),
  ]);
};

const observeNamesWorkloads: ScenarioRule = ({ workloads, observed }) => {
  const names = workloads.flatMap(({ name }) => name ?? []);
  return observed.flatMap(({ path, name }) => (names.includes(name) ? [] : error(path, `no workload is named ${name}, ${suggestion(name, names)}`)));
};

const HOST_FIGURES = Object.keys(METRICS).filter((id) => id.startsWith('host.'));

/** What an item of the guide is decided by must be there: a reference to nothing would be 'not measured' for ever. */
const readinessNamesWhatIsThere: ScenarioRule = ({ workloads, series, deciding, watchesHost }) => {
  const names = workloads.flatMap(({ name }) => name ?? []);
  const wrong = (reference: string): string | undefined => {
    if (reference === 'baseline') return undefined;
    if (reference.startsWith('host.')) {
      if (!watchesHost) return 'needs host: what is watched on this machine';
      const id = reference.split('{')[0] ?? '';
      return HOST_FIGURES.includes(id) ? undefined : `there is no ${id}, ${suggestion(id, HOST_FIGURES)}`;
    }
    const [name = '', ...rest] = reference.split('/');
    const what = rest.join('/');
    const workload = workloads.find((each) => each.name === name);
    if (workload === undefined) return `no workload is named ${name}, ${suggestion(name, names)}`;
    const [, group = '', each = ''] = /^(check|observe|encoder)\.(.+)$/.exec(what) ?? [];
    if (group === 'check') return workload.checks.includes(each) ? undefined : `${name} does not check ${each}, ${suggestion(each, workload.checks)}`;
    if (group === 'observe') return series.includes(each) ? undefined : `observe has no series ${each}, ${suggestion(each, series)}`;
    if (group === 'encoder' || what === '') return undefined;
    const id = what.split('{')[0] ?? '';
    return id in METRICS ? undefined : `there is no metric ${id}, ${suggestion(id, Object.keys(METRICS))}`;
  };
  return deciding.flatMap(({ path, reference }) => {
    const message = wrong(reference);
    return message === undefined ? [] : [error(path, message)];
  });
};

const patchedWorkloadsRun: ScenarioRule = ({ workloads, profiles }) =>
  profiles.flatMap(({ name, only, patched }) =>
    patched
      .filter((each) => only.length > 0 && !only.includes(each) && workloads.some((workload) => workload.name === each))
      .map((each) => warning(['profiles', name, 'workloads', each], `has no effect: only of this profile leaves ${each} out`, 'key')),
  );

const profileNamesAreMeant: ScenarioRule = ({ profiles }) =>
  profiles.flatMap(({ name }) => {
    const builtIn = Object.keys(BUILT_IN_PROFILES);
    const near = builtIn.includes(name) ? undefined : nearest(name, builtIn);
    return near === undefined ? [] : [warning(['profiles', name], `is a profile of its own: did you mean ${near}?`, 'key')];
  });

const targetWhereNeeded: ScenarioRule = ({ workloads, hasTarget }, targetGiven) => {
  const senders = workloads.flatMap(({ name, kind }, index) => (kind !== undefined && WORKLOAD_KINDS[kind].needsTarget ? [{ name, kind, index }] : []));
  const [first] = senders;
  if (hasTarget || targetGiven || first === undefined) return [];
  const names = senders.map(({ name, index }) => name ?? `workloads[${index}]`).join(', ');
  return [
    error(['workloads', first.index, first.kind], `${names} ${senders.length === 1 ? 'sends' : 'send'} requests, but the scenario has no target: add target: { baseUrl: embedded } or a URL, or run with --target URL`, 'key'),
  ];
};

const targetIsUsed: ScenarioRule = ({ workloads, hasTarget }) =>
  hasTarget && workloads.length > 0 && workloads.every(({ kind }) => kind !== undefined && !WORKLOAD_KINDS[kind].needsTarget)
    ? [warning(['target'], 'is not used: no workload sends requests', 'key')]
    : [];

// ---- rules of one workload -------------------------------------------------------------------------------------------

const percentileLimitsAscend: WorkloadRule = (workload) => {
  if ('job' in workload) return (['completion', 'queueWait', 'processing', 'submit', 'poll'] as const).flatMap((id) => ascending(['sla', id], workload.sla[id]));
  if (!('http' in workload)) return [];
  const { sla, http } = workload;
  const places: { path: Path; limits: Limits | undefined }[] = (['latency', 'service'] as const).flatMap((id) => [
    { path: ['sla', id], limits: sla[id] },
    ...(http.mix ?? []).map((entry, index) => ({ path: ['http', 'mix', index, 'sla', id], limits: entry.sla[id] })),
    ...(http.flow?.steps ?? []).map((each, index) => ({ path: ['http', 'flow', 'steps', index, 'sla', id], limits: each.sla[id] })),
  ]);
  return [...places, { path: ['sla', 'iteration', 'latency'], limits: sla.iteration?.latency }].flatMap(({ path, limits }) => ascending(path, limits));
};

function ascending(path: Path, limits: Limits = {}): Finding[] {
  const given = (['p50', 'p90', 'p95', 'p99'] as const).flatMap((quantile) => (limits[quantile] === undefined ? [] : [{ quantile, limit: limits[quantile] }]));
  return given.flatMap((upper, index) => {
    const lower = given[index - 1];
    if (lower === undefined || lower.limit <= upper.limit) return [];
    return [warning([...path, upper.quantile], `${formatMs(upper.limit)} is less than the ${formatMs(lower.limit)} of ${lower.quantile}: ${upper.quantile} is never below ${lower.quantile}, so the limit of ${lower.quantile} decides nothing`)];
  });
}

type Limits = Partial<Record<'p50' | 'p90' | 'p95' | 'p99', number | undefined>>;

const closedLoadsHideStalls: WorkloadRule = (workload) =>
  'http' in workload && workload.http.load.model === 'closed' && workload.sla.latency !== undefined
    ? [warning(['sla', 'latency'], 'is measured under a closed load, which stops sending while the service stalls: use model: open for latencies that users would see', 'key')]
    : [];

const measurementFitsCeiling: WorkloadRule = (workload) => {
  if (!('http' in workload)) return [];
  const { load } = workload.http;
  const [duration, warmup] = [measuredMsOf(load), load.warmup];
  if (duration + warmup <= CEILINGS.durationMs) return [];
  return [error(['http', 'load', 'warmup'], `warm-up and duration come to ${formatMs(duration + warmup)}, above the ceiling of ${formatMs(CEILINGS.durationMs)}`)];
};

const timeoutsAreAboveZero: WorkloadRule = (workload) => {
  // Those of other kinds have bounds of their own.
  const [path, timeout]: [Path, number] = 'http' in workload ? [['http', 'load', 'timeout'], workload.http.load.timeout] : 'encode' in workload ? [['encode', 'timeout'], workload.encode.timeout] : [[], 1];
  return timeout > 0 ? [] : [error(path, 'must be above 0: nothing would be in time')];
};

const requestsHaveOneBody: WorkloadRule = (workload) =>
  requestsOf(workload).flatMap(({ path, request }) => {
    const [first, ...more] = (['json', 'body', 'bodyFile', 'multipart'] as const).filter((each) => request[each] !== undefined);
    return more.map((each) => error([...path, each], `stands beside ${first ?? ''}: a request has one body, keep one of the two`, 'key'));
  });

const stepNamesAreUnique: WorkloadRule = (workload) => {
  if ('job' in workload) return repeated(workload.job.setup.map(({ name }) => name)).map(({ index, first, value }) => error(['job', 'setup', index, 'name'], `${value} is the name of setup[${first}] already`));
  if (!('http' in workload)) return [];
  const { setup, flow } = workload.http;
  const steps = flow?.steps ?? [];
  return [
    ...repeated(setup.map(({ name }) => name)).map(({ index, first, value }) => error(['http', 'setup', index, 'name'], `${value} is the name of setup[${first}] already`)),
    ...repeated(steps.map(({ name }) => name)).map(({ index, first, value }) => error(['http', 'flow', 'steps', index, 'name'], `${value} is the name of steps[${first}] already`)),
  ];
};

const oneKindOfTraffic: WorkloadRule = (workload) => {
  if (!('http' in workload)) return [];
  const [first, ...more] = (['request', 'mix', 'flow'] as const).filter((each) => workload.http[each] !== undefined);
  return more.map((each) => error(['http', each], first === 'request' && each === 'mix' ? 'stands beside request: move that request into the mix' : `stands beside ${first ?? ''}: keep one of the two, or make the other a workload of its own`, 'key'));
};

const mixNamesAreUnique: WorkloadRule = (workload) =>
  'http' in workload
    ? repeated((workload.http.mix ?? []).map(({ name }) => name)).map(({ index, first, value }) => error(['http', 'mix', index, 'name'], `${value} is the name of mix[${first}] already`))
    : [];

const autocannonSendsOneRequest: WorkloadRule = (workload) => {
  if (!('http' in workload)) return [];
  const { load, mix, flow, data, cookies, connection, request } = workload.http;
  if (load.model !== 'closed' || load.engine === 'own') return [];
  const own = 'add engine: own to the closed load';
  return [
    ...(mix === undefined ? [] : [error(['http', 'mix'], `cannot be sent by autocannon: ${own}`, 'key')]),
    ...(flow === undefined ? [] : [error(['http', 'flow'], `cannot be sent by autocannon: ${own}`, 'key')]),
    ...(data === undefined ? [] : [error(['http', 'data'], `is not possible with autocannon, which sends always the same: ${own}`, 'key')]),
    ...(cookies === true ? [error(['http', 'cookies'], `are not possible with autocannon: ${own}`, 'key')] : []),
    ...(connection === 'new' ? [error(['http', 'connection'], `is not possible with autocannon: ${own}`)] : []),
    ...(['bodyFile', 'multipart'] as const).filter((each) => request?.[each] !== undefined).map((each) => error(['http', 'request', each], `cannot be sent by autocannon: ${own}`, 'key')),
    ...(load.thinkTime === 0 ? [] : [error(['http', 'load', 'thinkTime'], `is not possible with autocannon: ${own}`, 'key')]),
  ];
};

const iterationLimitsNeedAFlow: WorkloadRule = (workload) =>
  'http' in workload && workload.http.flow === undefined && workload.sla.iteration !== undefined
    ? [error(['sla', 'iteration'], 'has nothing to limit: iterations are those of a flow, limits of single requests stand in sla itself', 'key')]
    : [];

/** `${x}` in a request is filled by an earlier step, `${data.x}` from the row of its iteration; anywhere else nothing fills them. */
const referencesAreFilled: WorkloadRule = (workload) => {
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
};

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

function requestsOf(workload: Workload): RequestPlace[] {
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

const concurrencyLevelsDiffer: WorkloadRule = (workload) => {
  if (!('encode' in workload) || !Array.isArray(workload.encode.concurrency)) return [];
  return repeated(workload.encode.concurrency).map(({ index, value }) => error(['encode', 'concurrency', index], `${value} is listed twice: keep one`));
};

const concurrencyWithinJobs: WorkloadRule = (workload) => {
  if ('job' in workload) {
    const { concurrency = 1, jobs } = workload.job;
    return concurrency > jobs ? [warning(['job', 'concurrency'], `${concurrency} jobs at once need as many jobs: with jobs: ${jobs} no more than ${jobs} run`)] : [];
  }
  if (!('encode' in workload)) return [];
  const { concurrency, jobs } = workload.encode;
  const levels = (Array.isArray(concurrency) ? concurrency : [concurrency]).map((level, index) => ({ level, path: Array.isArray(concurrency) ? [index] : [] }));
  return levels.flatMap(({ level, path }) =>
    typeof level === 'number' && level > jobs ? [warning(['encode', 'concurrency', ...path], `${level} encodes at once need as many jobs: with jobs: ${jobs} no more than ${jobs} run`)] : [],
  );
};

export const SCENARIO_RULES: readonly ScenarioRule[] = [workloadNamesAreUnique, profilesNameWorkloads, observeNamesWorkloads, readinessNamesWhatIsThere, patchedWorkloadsRun, profileNamesAreMeant, targetWhereNeeded, targetIsUsed];

export const WORKLOAD_RULES: readonly WorkloadRule[] = [
  percentileLimitsAscend,
  oneKindOfTraffic,
  mixNamesAreUnique,
  autocannonSendsOneRequest,
  iterationLimitsNeedAFlow,
  closedLoadsHideStalls,
  measurementFitsCeiling,
  timeoutsAreAboveZero,
  requestsHaveOneBody,
  stepNamesAreUnique,
  referencesAreFilled,
  concurrencyLevelsDiffer,
  concurrencyWithinJobs,
];

/** Exactly one kind key in a workload as it is written: which one, or what is wrong. */
export function kindAsWritten(workload: Readonly<Record<string, unknown>>): { kind: (typeof KIND_NAMES)[number] } | { wrong: string } {
  const present = KIND_NAMES.filter((kind) => kind in workload);
  const [kind] = present;
  if (present.length === 1 && kind !== undefined) return { kind };
  if (present.length > 1) return { wrong: `has ${present.length} kinds, ${present.join(' and ')}: keep one, and make the other a workload of its own` };
  const meant = Object.keys(workload).flatMap((key) => {
    const near = nearest(key, KIND_NAMES);
    return near === undefined ? [] : [`: ${key} is none, did you mean ${near}?`];
  });
  return { wrong: `has no kind, needs exactly one of ${KIND_NAMES.join(', ')}${meant[0] ?? ''}` };
}
