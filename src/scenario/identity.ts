import { createHash } from 'node:crypto';
import type { Workload } from '../workloads/schemas.ts';

/**
 * What a scenario measures, as one sha256: its effective workloads as canonical JSON, without what only describes or judges
 * them. Two files with one identity may compare their figures; a changed limit, comment or target does not change it.
 */
export function identityOf(workloads: readonly Workload[]): string {
  const measured = workloads.map((workload) => Object.fromEntries(Object.entries(workload).filter(([key]) => key !== 'sla' && key !== 'description')));
  return createHash('sha256').update(canonicalJson(measured)).digest('hex');
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
