import type { Json } from './json-pointer.ts';

/** Values by name: `id` was captured from an answer, `data.email` comes from the iteration's row. */
export type Variables = Readonly<Record<string, Json>>;

/**
 * How a value is put in: as it is; into a path, where what a URL cannot hold is percent-encoded while `/`, `?` and `&` keep
 * their meaning; as a JSON value of its own type; inside a JSON string.
 */
export type Form = 'text' | 'path' | 'json' | 'json-text';

export interface Reference {
  ref: string;
  as: Form;
}

/** Text with places for values, as plain data; a plain string where it has none. */
export type Template = string | readonly (string | Reference)[];

/** encodeURI throws on half a character. */
const LONE_SURROGATE = /\p{Surrogate}/gu;

/** The text with every value put in. A name without a value is a mistake of the caller. */
export function fill(template: Template, variables: Variables): string {
  if (typeof template === 'string') return template;
  let text = '';
  for (const part of template) text += typeof part === 'string' ? part : shaped(variables[part.ref], part);
  return text;
}

/** A value as it is put in. */
export function shaped(value: Json | undefined, { ref, as }: Reference): string {
  if (value === undefined) throw new Error(`${ref} has no value`);
  if (as === 'json') return JSON.stringify(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (as === 'json-text') return JSON.stringify(text).slice(1, -1);
  return as === 'text' ? text : encodeURI(text.replaceAll(LONE_SURROGATE, '\uFFFD')).replaceAll('#', '%23');
}
