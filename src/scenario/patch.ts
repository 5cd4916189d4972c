/** Profiles change workloads by patches: this is what merging one means, for plain data before it is checked. */

type Map = Readonly<Record<string, unknown>>;

export const isMap = (value: unknown): value is Map => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Maps are merged key by key; lists and single values are replaced. A map whose `model` changes is replaced as a whole:
 * the fields of an open load mean nothing in a closed one.
 */
export function merge(base: unknown, patch: unknown): unknown {
  if (!isMap(base) || !isMap(patch)) return patch;
  if (patch['model'] !== undefined && patch['model'] !== base['model']) return patch;
  const merged = Object.entries(patch).map(([key, value]): [string, unknown] => [key, Object.hasOwn(base, key) ? merge(base[key], value) : value]);
  return { ...base, ...Object.fromEntries(merged) };
}
