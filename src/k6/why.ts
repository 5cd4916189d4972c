/** What the `why` of a point begins with where the script itself threw: neither an answer of the target nor its silence. */
export const EXCEPTION = 'exception: ';

const LONGEST = 160;
/** Shorter ones would blank half of every text. */
const SHORTEST_SECRET = 4;

/**
 * A text of k6 or of its JavaScript as a tag: one short line, without the secrets, and without what differs from request to request
 * (quoted texts, URLs, long numbers), for every different text is a series of its own.
 */
export function whyOf(text: string, secrets: readonly string[]): string {
  let shown = text;
  for (const form of secrets.filter(({ length }) => length >= SHORTEST_SECRET).flatMap(formsOf).sort((a, b) => b.length - a.length)) shown = shown.split(form).join('[redacted]');
  shown = shown.replace(/"[^"]*"/g, '"…"').replace(/\bhttps?:\/\/[^\s"]+/g, 'URL').replace(/\d{4,}/g, '…').replace(/\s+/g, ' ').trim();
  return shown.length <= LONGEST ? shown : `${shown.slice(0, LONGEST)}…`;
}

/** A secret as it is, inside JSON (of JSON too), and in URLs: a part, a form, a path. The longest goes first, for one can be in another. */
function formsOf(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  // To encode half a character throws.
  const whole = Array.from(secret, (char) => ((char.codePointAt(0) ?? 0) >> 11 === 0x1b ? '\uFFFD' : char)).join('');
  const part = encodeURIComponent(whole);
  const path = encodeURI(whole).split('#').join('%23');
  const urls = [part, part.split('%20').join('+'), path];
  return [secret, json, JSON.stringify(json).slice(1, -1), ...urls, ...urls.map((url) => url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()))];
}

/** The same of something that was thrown. */
export function exceptionOf(thrown: unknown, secrets: readonly string[]): string {
  return EXCEPTION + whyOf(String(thrown).replace(/^(?:Go)?Error: /, ''), secrets);
}
