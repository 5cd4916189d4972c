import { z } from 'zod';
import { checkWorkload } from './check/schema.ts';
import { encodeWorkload } from './encode/schema.ts';
import { httpWorkload } from './http/schema.ts';
import { jobWorkload } from './job/schema.ts';
import { k6Workload } from './k6/schema.ts';

/** Every kind of workload a scenario can hold, by the key that names it. A new kind is a folder with its schema and a line here. */
export const WORKLOAD_KINDS = {
  http: { schema: httpWorkload, needsTarget: true },
  job: { schema: jobWorkload, needsTarget: true },
  check: { schema: checkWorkload, needsTarget: true },
  encode: { schema: encodeWorkload, needsTarget: false },
  k6: { schema: k6Workload, needsTarget: true },
} as const;

export type KindName = keyof typeof WORKLOAD_KINDS;

export const KIND_NAMES = Object.keys(WORKLOAD_KINDS) as KindName[];

/** One workload of a scenario: exactly one kind. */
export const workload = z.union(Object.values(WORKLOAD_KINDS).map((kind) => kind.schema));

export type Workload = z.infer<typeof workload>;

/** Which kind a parsed workload is. */
export function kindOf(parsed: Workload): KindName {
  const kind = KIND_NAMES.find((each) => each in parsed);
  if (kind === undefined) throw new Error(`workload ${parsed.name} has no kind`);
  return kind;
}
