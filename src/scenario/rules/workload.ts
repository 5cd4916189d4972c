import { formatMs } from '../../units.ts';
import { CEILINGS, measuredMsOf } from '../../workloads/http/schema.ts';
import type { Workload } from '../../workloads/schemas.ts';
import type { Path } from '../problem.ts';
import { error, repeated, warning, type Finding } from './finding.ts';
import { referencesAreFilled, requestsOf } from './references.ts';

type WorkloadRule = (workload: Workload) => Finding[];

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
