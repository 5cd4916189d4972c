import { hostOf, isLoopback, literal } from './addresses.ts';

/** Base URLs of a service that a run starts for itself: by itself, and behind a front process. */
export const EMBEDDED = 'embedded';
export const EMBEDDED_PROXIED = 'embedded-proxied';

export const isEmbedded = (baseUrl: string): boolean => baseUrl === EMBEDDED || baseUrl === EMBEDDED_PROXIED;

/** What was given for a URL, as it may be shown: without what looks like a user and a password, also where it is none because of a slip. */
export function shownUrl(text: string): string {
  if (URL.canParse(text)) {
    const { username, password } = new URL(text);
    if (username === '' && password === '' && /^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return text;
  }
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/).*@|^[^@]*:.*@/is, (_all, scheme: string | undefined) => `${scheme ?? ''}[redacted]@`);
}

/**
 * True where a target is on this machine by what is written: a service of the run's own, localhost, a loopback address, or null, no service at all.
 * False for the text of a record that is no URL, because secrets were taken out of it.
 */
export function isThisMachine(baseUrl: string | null): boolean {
  if (baseUrl === null || isEmbedded(baseUrl)) return true;
  if (!URL.canParse(baseUrl)) return false;
  const host = hostOf(new URL(baseUrl));
  const address = literal(host);
  return host === 'localhost' || (address !== null && isLoopback(address));
}
