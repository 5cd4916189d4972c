import { KIND_NAMES } from '../workloads/schemas.ts';
import { nearest } from './nearest.ts';

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
