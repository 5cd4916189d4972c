import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { BenchError, EXIT, reasonOf } from '../errors.ts';
import { runRecord, SCHEMA_VERSION, type RunRecord } from './schema.ts';

const SHOWN_ISSUES = 5;

/** Reads a JSON file against its schema. Throws a BenchError (2) that names the file and the fields that are wrong. */
export async function readJson<T>(file: string, schema: z.ZodType<T>, hint: string): Promise<T> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new BenchError(EXIT.usage, `${file} cannot be read: ${reasonOf(error)}`, { hint, cause: error });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new BenchError(EXIT.usage, `${file} is not JSON: ${reasonOf(error)}`, { hint });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new BenchError(EXIT.usage, `${file} is not what it should be:\n  ${wrongFields(parsed.error)}`, { hint });
}

/** The first fields that a schema refused, one a line. */
export function wrongFields(error: z.ZodError): string {
  const issues = error.issues.map((issue) => `${issue.path.map(String).join('.') || '(whole file)'}: ${issue.message}`);
  const more = issues.length > SHOWN_ISSUES ? `\n  and ${issues.length - SHOWN_ISSUES} more` : '';
  return `${issues.slice(0, SHOWN_ISSUES).join('\n  ')}${more}`;
}

/** Reads and checks a run record. */
export function readRecord(file: string): Promise<RunRecord> {
  return readJson(file, runRecord, `it must be a result.json that bench wrote (schema version ${SCHEMA_VERSION}); bench schema result prints the schema`);
}
