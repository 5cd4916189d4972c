/** RFC 3339 → ms since 1970, with the fractions that Date.parse drops. NaN where it is none. */
export function timeMsOf(text: string): number {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)$/.exec(text);
  return match === null ? Number.NaN : Date.parse(`${match[1]}${match[3]}`) + Number(match[2] ?? 0) * 1_000;
}
