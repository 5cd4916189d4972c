import { z } from 'zod';
import { runRecord, SCHEMA_VERSION } from './schema.ts';

/** The JSON Schema (2020-12) of `result.json`: what `bench schema result` prints. */
export function resultJsonSchema(): Record<string, unknown> {
  const { $schema, ...body } = z.toJSONSchema(runRecord, { target: 'draft-2020-12', io: 'output' });
  return { $schema, title: `readybench run record, version ${SCHEMA_VERSION}`, ...body };
}
