import { SharedArray } from 'k6/data';
import type { BodyPlan } from '../../src/load/plan.ts';
import type { Json } from '../../src/load/json-pointer.ts';
import type { K6Plan } from '../../src/k6/plan.ts';
import type { Values } from './values.ts';

export const plan = JSON.parse(open('./plan.json')) as Omit<K6Plan, 'rows'>;

/** Rows of data by workload, once in a process: what is opened within a SharedArray is not kept by every virtual user. */
export const rows: Record<string, readonly Record<string, Json>[]> = {};
for (const { workload, load } of plan.parts) {
  if (load.data !== null) rows[workload] ??= new SharedArray(`rows of ${workload}`, () => [...((JSON.parse(open('./rows.json')) as K6Plan['rows'])[workload] ?? [])]);
}

export const files: Record<string, ArrayBuffer> = {};
for (const { load, setup } of plan.parts) for (const step of [...setup, ...load.flows.flatMap(({ steps }) => steps)]) for (const path of filesOf(step.body)) files[path] ??= open(path, 'b');

export function secrets(): Values {
  const values: Values = {};
  for (const name of plan.secrets) values[`secret.${name}`] = __ENV[name] ?? '';
  return values;
}

function filesOf(body: BodyPlan): string[] {
  if (body.type === 'file') return [body.path];
  return body.type === 'multipart' ? body.parts.flatMap(({ content }) => (content.type === 'file' ? [content.path] : [])) : [];
}
