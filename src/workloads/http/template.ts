import type { Json } from './json-pointer.ts';

/** Captured values by name. */
export type Variables = Readonly<Record<string, Json>>;

/** `${id}`; names with a dot (`${env.X}`, `${secret.X}`) were resolved when the scenario was loaded. */
const REFERENCE = /\$\{([A-Za-z_]\w*)\}/g;
/** encodeURI throws on half a character. */
const LONE_SURROGATE = /\p{Surrogate}/gu;
const ONLY_REFERENCE = /^\$\{([A-Za-z_]\w*)\}$/;

/** Names of the variables a text or a JSON value refers to. */
export function referencesIn(value: Json): string[] {
  if (typeof value === 'string') return [...value.matchAll(REFERENCE)].map(([, name]) => name ?? '');
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(referencesIn) : [];
}

/** Puts captured values into a text; anything that is not text as JSON. */
export function fillText(text: string, variables: Variables): string {
  return text.replaceAll(REFERENCE, (reference, name: string) => {
    const value = variables[name];
    if (value === undefined) return reference;
    return typeof value === 'string' ? value : JSON.stringify(value);
  });
}

/** The same for a path: what a URL cannot hold is percent-encoded, `/`, `?` and `&` in a captured value keep their meaning. */
export function fillPath(path: string, variables: Variables): string {
  return path.replaceAll(REFERENCE, (reference, name: string) => {
    const value = variables[name];
    if (value === undefined) return reference;
    return encodeURI((typeof value === 'string' ? value : JSON.stringify(value)).replaceAll(LONE_SURROGATE, '\uFFFD')).replaceAll('#', '%23');
  });
}

/** The same inside a JSON value. A string that is nothing but a reference becomes the captured value itself: `"${n}"` can be 5. */
export function fillJson(value: Json, variables: Variables): Json {
  if (typeof value === 'string') {
    const [, only] = ONLY_REFERENCE.exec(value) ?? [];
    return (only === undefined ? undefined : variables[only]) ?? fillText(value, variables);
  }
  if (Array.isArray(value)) return value.map((each) => fillJson(each, variables));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fillJson(each, variables)]));
}
