import { createHash } from 'node:crypto';
import type { Workload } from '../workloads/schemas.ts';
import { isMap } from './patch.ts';

/**
 * What a scenario measures, as one sha256: its effective workloads as canonical JSON, without what only describes or judges
 * them. Two files with one identity may compare their figures; a changed limit, comment or target does not change it.
 */
export function identityOf(workloads: readonly Workload[]): string {
  const measured = workloads.map((workload) => Object.fromEntries(Object.entries(workload).flatMap(([key, value]): [string, unknown][] => (JUDGES.has(key) ? [] : [[key, withoutLimits(value)]]))));
  return createHash('sha256').update(canonicalJson(measured)).digest('hex');
}

/** What only describes or judges a workload. */
const JUDGES = new Set(['sla', 'description']);

/** The kind's own part without the limits of the requests in its lists: those of a mix, and the steps of a flow. */
function withoutLimits(kind: unknown): unknown {
  if (!isMap(kind)) return kind;
  const lists = { mix: bare(kind['mix']), flow: isMap(kind['flow']) ? { ...kind['flow'], steps: bare(kind['flow']['steps']) } : undefined };
  return { ...kind, ...Object.fromEntries(Object.entries(lists).filter(([, value]) => value !== undefined)) };
}

function bare(list: unknown): unknown {
  return Array.isArray(list) ? list.map((entry: unknown) => (isMap(entry) ? Object.fromEntries(Object.entries(entry).filter(([key]) => key !== 'sla')) : entry)) : undefined;
}

/** JSON with keys in order and nothing that is undefined: equal values have equal text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const pairs = Object.entries(value)
    .filter(([, each]) => each !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, each]: [string, unknown]) => `${JSON.stringify(key)}:${canonicalJson(each)}`);
  return `{${pairs.join(',')}}`;
}
