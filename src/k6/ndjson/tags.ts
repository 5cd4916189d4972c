export type Tags = Readonly<Record<string, string>>;

/** The tags of a point, from the text that the reader hands on. */
export function tagsOf(text: string): Tags {
  // Metadata follows the tags in the same object.
  const parsed = JSON.parse(`{"tags":${Buffer.from(text, 'latin1').toString('utf8')}}`) as { tags: Record<string, unknown> };
  return Object.fromEntries(Object.entries(parsed.tags).map(([name, value]) => [name, String(value)]));
}

/** What is known of tags, worked out once for every different text; bounded, for tags that never repeat. */
export function remembered<T>(of: (tags: Tags) => T, limit = 20_000): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    if (known.size >= limit) known.clear();
    const made = of(tagsOf(text));
    known.set(text, made);
    return made;
  };
}
