import { KIND_NAMES, type KindName } from '../workloads/schemas.ts';
import { isMap } from './patch.ts';

/** What can be told of a scenario whatever else is wrong with it: for lists, selection by tag, and rules between its parts. */
export interface Outline {
  name: string | undefined;
  description: string | undefined;
  tags: string[];
  hasTarget: boolean;
  /** Workloads that observe names, with where. */
  observed: { path: (string | number)[]; name: string }[];
  /** Series that observe reads. */
  series: string[];
  /** What decides the items of the readiness guide, with where. */
  deciding: { path: (string | number)[]; reference: string }[];
  watchesHost: boolean;
  workloads: { name: string | undefined; kind: KindName | undefined; checks: string[] }[];
  profiles: { name: string; only: string[]; patched: string[] }[];
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const texts = (value: unknown): string[] => (Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : []);
const entries = (value: unknown): [string, unknown][] => (isMap(value) ? Object.entries(value) : []);

/** Reads plain data tolerantly; `undefined` where it is not even a map. */
export function outlineOf(plain: unknown): Outline | undefined {
  if (!isMap(plain)) return undefined;
  const workloads: unknown[] = Array.isArray(plain['workloads']) ? plain['workloads'] : [];
  return {
    name: text(plain['name']),
    description: text(plain['description']),
    tags: texts(plain['tags']),
    hasTarget: plain['target'] !== undefined && plain['target'] !== null,
    ...observedIn(plain['observe']),
    deciding: decidingIn(plain['readiness']),
    watchesHost: isMap(plain['host']),
    workloads: workloads.map((each) => ({
      name: isMap(each) ? text(each['name']) : undefined,
      kind: isMap(each) ? KIND_NAMES.find((kind) => kind in each) : undefined,
      checks: isMap(each) && isMap(each['check']) ? Object.keys(each['check']) : [],
    })),
    profiles: entries(plain['profiles']).map(([name, profile]) => ({
      name,
      only: isMap(profile) ? texts(profile['only']) : [],
      patched: isMap(profile) ? entries(profile['workloads']).map(([each]) => each) : [],
    })),
  };
}

function observedIn(observe: unknown): Pick<Outline, 'observed' | 'series'> {
  const named = (value: unknown, path: (string | number)[]): Outline['observed'] => texts(isMap(value) ? value['workloads'] : undefined).map((name, index) => ({ path: [...path, 'workloads', index], name }));
  const series: unknown[] = isMap(observe) && Array.isArray(observe['series']) ? observe['series'] : [];
  return {
    observed: [...named(observe, ['observe']), ...series.flatMap((each, index) => named(each, ['observe', 'series', index]))],
    series: series.flatMap((each) => (isMap(each) ? (text(each['name']) ?? []) : [])),
  };
}

function decidingIn(readiness: unknown): Outline['deciding'] {
  const items: unknown[] = isMap(readiness) && Array.isArray(readiness['items']) ? readiness['items'] : [];
  return items.flatMap((item, index) => {
    const by = isMap(item) ? item['by'] : undefined;
    const path = ['readiness', 'items', index, 'by'];
    return typeof by === 'string' ? [{ path, reference: by }] : texts(by).map((reference, at) => ({ path: [...path, at], reference }));
  });
}
