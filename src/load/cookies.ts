import type { Cookie } from './plan.ts';

/** Cookies of one iteration, or of a set-up, for one host: what RFC 6265 asks of a client that talks to a single host. */
export class Jar {
  readonly #host: string;
  readonly #https: boolean;
  #cookies: Cookie[];

  constructor(origin: string, cookies: readonly Cookie[] = []) {
    const { hostname, protocol } = new URL(origin);
    this.#host = hostname.toLowerCase();
    this.#https = protocol === 'https:';
    this.#cookies = [...cookies];
  }

  get all(): readonly Cookie[] {
    return this.#cookies;
  }

  /** Takes a `set-cookie` header in; one for another host, or without a name, is ignored. */
  set(header: string, requestPath: string, nowMs: number): void {
    const cookie = parse(header, requestPath, this.#host, nowMs);
    if (cookie === null || (cookie.secure && !this.#https)) return;
    this.#cookies = this.#cookies.filter(({ name, path }) => name !== cookie.name || path !== cookie.path);
    if (cookie.expiresAtMs === null || cookie.expiresAtMs > nowMs) this.#cookies.push(cookie);
  }

  /** The `cookie` header for a path; null where there is none. Longer paths first, then by age. */
  header(requestPath: string, nowMs: number): string | null {
    const sent = this.#cookies.filter(({ path, secure, expiresAtMs }) => (this.#https || !secure) && (expiresAtMs === null || expiresAtMs > nowMs) && pathMatches(requestPath, path));
    if (sent.length === 0) return null;
    return sent.sort((a, b) => b.path.length - a.path.length).map(({ name, value }) => `${name}=${value}`).join('; ');
  }
}

function parse(header: string, requestPath: string, host: string, nowMs: number): Cookie | null {
  const [pair = '', ...attributes] = header.split(';');
  const equals = pair.indexOf('=');
  const name = pair.slice(0, Math.max(0, equals)).trim();
  if (equals === -1 || name === '') return null;
  const cookie: Cookie = { name, value: pair.slice(equals + 1).trim(), path: defaultPath(requestPath), secure: false, expiresAtMs: null };
  let byMaxAge = false;
  for (const attribute of attributes) {
    const at = attribute.indexOf('=');
    const key = (at === -1 ? attribute : attribute.slice(0, at)).trim().toLowerCase();
    const value = at === -1 ? '' : attribute.slice(at + 1).trim();
    if (key === 'secure') cookie.secure = true;
    if (key === 'path' && value.startsWith('/')) cookie.path = value;
    if (key === 'domain' && !domainMatches(host, value)) return null;
    if (key === 'max-age' && /^-?\d+$/.test(value)) {
      byMaxAge = true;
      cookie.expiresAtMs = nowMs + Number(value) * 1_000;
    }
    if (key === 'expires' && !byMaxAge && !Number.isNaN(Date.parse(value))) cookie.expiresAtMs = Date.parse(value);
  }
  return cookie;
}

/** RFC 6265, 5.1.4: up to, not including, the last slash. */
function defaultPath(requestPath: string): string {
  const [path = ''] = requestPath.split('?');
  const last = path.lastIndexOf('/');
  return path.startsWith('/') && last > 0 ? path.slice(0, last) : '/';
}

function pathMatches(requestPath: string, path: string): boolean {
  const [own = ''] = requestPath.split('?');
  return own === path || (own.startsWith(path) && (path.endsWith('/') || own[path.length] === '/'));
}

function domainMatches(host: string, attribute: string): boolean {
  const domain = attribute.replace(/^\./, '').toLowerCase();
  return domain === '' || host === domain || host.endsWith(`.${domain}`);
}
