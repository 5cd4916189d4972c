import type { Json } from '../../load/json-pointer.ts';
import { shaped, type Form, type Reference, type Template, type Variables } from '../../load/template.ts';

/** `${id}` of a captured value, `${data.email}` of a row; `${env.X}` and `${secret.X}` were resolved when the scenario was loaded. */
const REFERENCE = /\$\{((?:data\.)?[A-Za-z_]\w*)\}/g;
const ONLY_REFERENCE = /^\$\{((?:data\.)?[A-Za-z_]\w*)\}$/;

/** Which references a text can hold: those whose value is known, and those that get one in every iteration. Others are plain text. */
export interface Names {
  known: Variables;
  later: ReadonlySet<string>;
}

/** Names of the values a text or a JSON value refers to. */
export function referencesIn(value: Json): string[] {
  if (typeof value === 'string') return [...value.matchAll(REFERENCE)].map(([, name]) => name ?? '');
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(referencesIn) : [];
}

/** A text with the known values put in, and places for the others. */
export function templateOf(text: string, form: Form, names: Names): Template {
  return joined(partsOf(text, form, names));
}

/** The same for a JSON value, as JSON text. A string that is nothing but a reference becomes the value itself: `"${n}"` can be 5. */
export function jsonTemplateOf(value: Json, names: Names): Template {
  return joined(jsonParts(value, names));
}

function jsonParts(value: Json, names: Names): (string | Reference)[] {
  if (typeof value === 'string') {
    const [, only] = ONLY_REFERENCE.exec(value) ?? [];
    if (only !== undefined && isName(only, names)) return [put(only, 'json', names)];
    return ['"', ...partsOf(value, 'json-text', names), '"'];
  }
  if (Array.isArray(value)) return ['[', ...value.flatMap((each, index) => [index === 0 ? '' : ',', ...jsonParts(each, names)]), ']'];
  if (typeof value !== 'object' || value === null) return [JSON.stringify(value)];
  return ['{', ...Object.entries(value).flatMap(([key, each], index) => [`${index === 0 ? '' : ','}${JSON.stringify(key)}:`, ...jsonParts(each, names)]), '}'];
}

function partsOf(text: string, form: Form, names: Names): (string | Reference)[] {
  const plain = (part: string): string => (form === 'json-text' ? JSON.stringify(part).slice(1, -1) : part);
  const parts: (string | Reference)[] = [];
  let end = 0;
  for (const match of text.matchAll(REFERENCE)) {
    const name = match[1] ?? '';
    if (!isName(name, names)) continue;
    parts.push(plain(text.slice(end, match.index)), put(name, form, names));
    end = match.index + match[0].length;
  }
  return [...parts, plain(text.slice(end))];
}

function isName(name: string, { known, later }: Names): boolean {
  return later.has(name) || Object.hasOwn(known, name);
}

function put(name: string, form: Form, { known, later }: Names): string | Reference {
  const reference = { ref: name, as: form };
  return later.has(name) ? reference : shaped(known[name], reference);
}

function joined(parts: readonly (string | Reference)[]): Template {
  const merged: (string | Reference)[] = [];
  for (const part of parts) {
    const last = merged.at(-1);
    if (typeof part !== 'string') merged.push(part);
    else if (typeof last === 'string') merged[merged.length - 1] = last + part;
    else if (part !== '') merged.push(part);
  }
  const [only = ''] = merged;
  return merged.length < 2 && typeof only === 'string' ? only : merged;
}
