import { z } from 'zod';
import { scenario } from './schema.ts';
import { WORKLOAD_KINDS } from '../workloads/schemas.ts';

/** A JSON Schema, draft 7, as far as zod writes it. */
export interface JsonSchema {
  type?: string;
  title?: string;
  description?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  additionalProperties?: boolean | JsonSchema;
  propertyNames?: JsonSchema;
  definitions?: Record<string, JsonSchema>;
  $ref?: string;
  default?: unknown;
  examples?: unknown[];
  enum?: unknown[];
  const?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  minItems?: number;
  minLength?: number;
}

const ENVIRONMENT = '#/definitions/environment';
const JSON_REF = '#/definitions/json';

/**
 * The JSON Schema of scenario files, for editors (draft 7, which yaml-language-server reads). It takes every file the loader
 * takes; what depends on several fields at once, only the loader checks.
 */
export function scenarioJsonSchema(): JsonSchema {
  const { $schema, ...root } = plainJsonSchema();
  const patches = Object.values(WORKLOAD_KINDS).map((kind) => partial(toJsonSchema(kind.schema)));
  const profiles = root.properties?.['profiles']?.additionalProperties;
  const patched = typeof profiles === 'object' ? profiles.properties?.['workloads'] : undefined;
  if (patched === undefined) throw new Error('the schema of a scenario has no profiles.*.workloads');
  patched.additionalProperties = { anyOf: patches };
  return {
    $schema,
    title: 'readybench scenario',
    ...orEnvironment(root),
    definitions: { json: JSON_VALUE, environment: ENVIRONMENT_VALUE },
  } as JsonSchema;
}

/** The same before anything may come from the environment and before patches are spelt out: what the reference is written from. */
export const plainJsonSchema = (): JsonSchema & { $schema?: string } => toJsonSchema(scenario);

const ENVIRONMENT_VALUE: JsonSchema = {
  type: 'string',
  pattern: String.raw`\$\{env\.[A-Za-z_]\w*(:-[^{}]*)?\}`,
  description: 'a value of the environment: ${env.NAME} or ${env.NAME:-default}',
};

const JSON_VALUE: JsonSchema = { description: 'any JSON value' };

function toJsonSchema(schema: z.ZodType): JsonSchema & { $schema?: string } {
  const { definitions: _, ...whole } = tidy(z.toJSONSchema(schema, { target: 'draft-7', io: 'input' }) as JsonSchema);
  return whole;
}

const isSchema = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Applies a change to every schema inside a schema, innermost first. */
function deep(schema: JsonSchema, change: (schema: JsonSchema) => JsonSchema): JsonSchema {
  const copy: JsonSchema = { ...schema };
  const each = (inner: JsonSchema): JsonSchema => deep(inner, change);
  if (copy.properties) copy.properties = Object.fromEntries(Object.entries(copy.properties).map(([key, inner]) => [key, each(inner)]));
  if (isSchema(copy.items)) copy.items = each(copy.items);
  if (isSchema(copy.additionalProperties)) copy.additionalProperties = each(copy.additionalProperties);
  for (const key of ['anyOf', 'oneOf', 'allOf'] as const) {
    if (copy[key]) copy[key] = copy[key].map(each);
  }
  return change(copy);
}

/** Without what says nothing: defaults of {} and [], the bounds of safe integers. The one thing zod writes by reference is `z.json()`. */
const tidy = (schema: JsonSchema): JsonSchema =>
  deep(schema, (each) => {
    const copy = { ...each };
    if (copy.maximum === Number.MAX_SAFE_INTEGER) delete copy.maximum;
    if (copy.minimum === Number.MIN_SAFE_INTEGER) delete copy.minimum;
    if (typeof copy.default === 'object' && copy.default !== null && Object.keys(copy.default).length === 0) delete copy.default;
    if (copy.$ref !== undefined) copy.$ref = JSON_REF;
    return copy;
  });

/** A patch: nothing is required, nothing has a default, and a part may fit several branches. */
function partial(schema: JsonSchema): JsonSchema {
  const { $schema: _, ...whole } = schema as JsonSchema & { $schema?: string };
  const { name: __, ...properties } = whole.properties ?? {};
  return deep({ ...whole, properties }, (each) => {
    const { required: _required, default: _default, oneOf, ...rest } = each;
    return oneOf === undefined ? rest : { ...rest, anyOf: oneOf };
  });
}

/** Any single value may instead be taken from the environment, whatever text or number it then is. */
const orEnvironment = (schema: JsonSchema): JsonSchema =>
  deep(schema, (each) => {
    const free = each.type === 'string' && each.pattern === undefined && each.enum === undefined && each.const === undefined;
    const single = ['string', 'number', 'integer', 'boolean'].includes(each.type ?? '') && !free;
    const discriminator = each.const !== undefined;
    if (!single || discriminator) return each;
    const { title, description, default: fallback, examples, ...rest } = each;
    const about = Object.entries({ title, description, default: fallback, examples }).filter(([, value]) => value !== undefined);
    return { ...Object.fromEntries(about), anyOf: [rest, { $ref: ENVIRONMENT }] };
  });
