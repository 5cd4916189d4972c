/** JSON as it is parsed. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** The value a JSON pointer (RFC 6901: `/items/0/id`, `` for the whole) leads to; undefined where there is none. */
export function atPointer(document: Json, pointer: string): Json | undefined {
  if (pointer === '') return document;
  if (!pointer.startsWith('/')) return undefined;
  let current: Json | undefined = document;
  for (const token of pointer.slice(1).split('/')) {
    if (typeof current !== 'object' || current === null) return undefined;
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(current)) current = /^(0|[1-9]\d*)$/.test(key) ? current[Number(key)] : undefined;
    else current = Object.hasOwn(current, key) ? current[key] : undefined;
  }
  return current;
}
