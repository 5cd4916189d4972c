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
  for (const secret of secrets) if (secret.length >= SHORTEST_SECRET) shown = shown.split(secret).join('[redacted]');
  shown = shown.replace(/"[^"]*"/g, '"…"').replace(/\bhttps?:\/\/[^\s"]+/g, 'URL').replace(/\d{4,}/g, '…').replace(/\s+/g, ' ').trim();
  return shown.length <= LONGEST ? shown : `${shown.slice(0, LONGEST)}…`;
}

/** The same of something that was thrown. */
export function exceptionOf(thrown: unknown, secrets: readonly string[]): string {
  return EXCEPTION + whyOf(String(thrown).replace(/^(?:Go)?Error: /, ''), secrets);
}
