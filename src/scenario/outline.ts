import { KIND_NAMES, type KindName } from '../workloads/schemas.ts';
import { isMap } from './patch.ts';

/** What can be told of a scenario whatever else is wrong with it: for lists, selection by tag, and rules between its parts. */
export interface Outline {
  name: string | undefined;
  description: string | undefined;
  tags: string[];
  hasTarget: boolean;
  /** Workloads that observe names. */
  observed: string[];
  workloads: { name: string | undefined; kind: KindName | undefined }[];
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
    observed: isMap(plain['observe']) ? texts(plain['observe']['workloads']) : [],
    workloads: workloads.map((each) => ({
      name: isMap(each) ? text(each['name']) : undefined,
      kind: isMap(each) ? KIND_NAMES.find((kind) => kind in each) : undefined,
    })),
    profiles: entries(plain['profiles']).map(([name, profile]) => ({
      name,
      only: isMap(profile) ? texts(profile['only']) : [],
      patched: isMap(profile) ? entries(profile['workloads']).map(([each]) => each) : [],
    })),
  };
}
