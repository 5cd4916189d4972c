import { BenchError, EXIT } from '../../errors.ts';
import type { Form, Reference, Template } from '../../load/template.ts';

/** Stands for a secret while a scenario is read whose secrets are known elsewhere only. */
export function placeholderOf(name: string): string {
  return `readybench:secret:${name}:0f4c`;
}

const PLACEHOLDER = /readybench:secret:([A-Za-z_]\w*):0f4c/g;

/**
 * The same plan with references in place of the placeholders: k6 puts the values in from its environment. Only templates can
 * hold one: paths, header values, bodies and what checks compare with.
 */
export function withSecretReferences<T>(plan: T): T {
  const walked = walk(plan, 'text') as T;
  const left = [...JSON.stringify(walked).matchAll(PLACEHOLDER)].map(([, name]) => name);
  if (left.length === 0) return walked;
  throw new BenchError(EXIT.usage, `secret ${left[0]} is used where k6 cannot put it in`, { hint: 'Secrets can stand in paths, header values and bodies of requests.' });
}

function walk(value: unknown, form: Form): unknown {
  if (typeof value === 'string') return value.includes('readybench:secret:') ? template(value, form) : value;
  if (Array.isArray(value)) {
    const parts: unknown[] = value.map((each) => walk(each, form));
    // A template within a template: its parts are those of the outer one.
    return parts.some((each, index) => Array.isArray(each) && typeof value[index] === 'string') ? parts.flat() : parts;
  }
  if (typeof value !== 'object' || value === null) return value;
  const isJson = 'headers' in value && /json/.test(JSON.stringify((value.headers as Record<string, unknown>)['content-type'] ?? ''));
  return Object.fromEntries(Object.entries(value).map(([key, each]: [string, unknown]) => [key, walk(each, key === 'path' ? 'path' : key === 'body' && isJson ? 'json-text' : form)]));
}

function template(text: string, form: Form): Template {
  const parts: (string | Reference)[] = [];
  let end = 0;
  for (const match of text.matchAll(PLACEHOLDER)) {
    if (match.index > end) parts.push(text.slice(end, match.index));
    parts.push({ ref: `secret.${match[1]}`, as: form });
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push(text.slice(end));
  return parts;
}
