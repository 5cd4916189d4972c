import { lookup } from 'node:dns/promises';
import { BenchError, EXIT, reasonOf } from '../errors.ts';
import type { LaunchedService } from '../service/launch.ts';
import { type Address, hostOf, literal } from './addresses.ts';
import { guard, type GuardRules } from './guard.ts';
import type { Target } from './target.ts';

/** A target with what it takes to let go of it. */
export interface ResolvedTarget extends Target {
  /** The service that was started for it; null where it was there already. */
  service: LaunchedService | null;
  /** Stops what was started. */
  close(): Promise<void>;
}

export interface ResolveOptions extends GuardRules {
  /** Starts the embedded service, for `baseUrl: embedded`; behind a front process for `embedded-proxied`. */
  launch: (how: 'plain' | 'proxied') => Promise<LaunchedService>;
  signal?: AbortSignal;
  /** All addresses of a name; tests put their own in. */
  resolveName?: (host: string) => Promise<readonly Address[]>;
}

export const EMBEDDED = 'embedded';
export const EMBEDDED_PROXIED = 'embedded-proxied';
const LOOKUP_LIMIT_MS = 5_000;

/**
 * Turns a scenario's target into addresses the guard let through, starting the embedded service where that is the target.
 * Throws a BenchError: 2 for a URL or a host that cannot be used, 5 for a name that does not resolve.
 */
export async function resolveTarget(spec: { baseUrl: string; headers: Readonly<Record<string, string>> }, options: ResolveOptions): Promise<ResolvedTarget> {
  if (spec.baseUrl === EMBEDDED || spec.baseUrl === EMBEDDED_PROXIED) {
    const service = await options.launch(spec.baseUrl === EMBEDDED ? 'plain' : 'proxied');
    const addresses = [{ address: '127.0.0.1', family: 4 } as const];
    const backend = service.backendUrl === undefined ? {} : { backendUrl: service.backendUrl };
    return { ...backend, baseUrl: service.baseUrl, label: spec.baseUrl, headers: spec.headers, addresses, service, close: () => service.stop() };
  }
  const url = parseBaseUrl(spec.baseUrl);
  const addresses = await addressesOf(hostOf(url), options);
  guard(url, addresses, options);
  const baseUrl = url.href.replace(/\/+$/, '');
  return { baseUrl, label: baseUrl, headers: spec.headers, addresses, service: null, close: () => Promise.resolve() };
}

/** A base URL is where paths are appended to: http or https, and nothing after the path. */
export function parseBaseUrl(text: string): URL {
  const wrong = (what: string, hint: string): BenchError => new BenchError(EXIT.usage, `target.baseUrl ${what}: got ${JSON.stringify(text)}`, { hint });
  const example = 'Write for example http://127.0.0.1:8080, https://api.example.com/v1, embedded or embedded-proxied.';
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw wrong('is not a URL', example);
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw wrong('must start with http:// or https://', example);
  if (url.username !== '' || url.password !== '') {
    const bare = new URL(url);
    bare.username = bare.password = '';
    throw new BenchError(EXIT.usage, `target.baseUrl must not hold credentials: got them for ${bare.href}`, {
      hint: 'Write them as a header: target.headers: { authorization: "Bearer ${secret.API_TOKEN}" }.',
    });
  }
  if (url.search !== '' || url.hash !== '') throw wrong('must end with the path', 'Put the query into the path of the requests.');
  return url;
}

/** All addresses of a host. Throws a BenchError (5) where it has none. */
export async function addressesOf(host: string, options: Pick<ResolveOptions, 'resolveName' | 'signal'>): Promise<readonly Address[]> {
  const itself = literal(host);
  if (itself !== null) return [itself];
  const resolveName = options.resolveName ?? allAddresses;
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  try {
    const found = await Promise.race([
      resolveName(host),
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`no answer within ${LOOKUP_LIMIT_MS / 1_000} s`)), LOOKUP_LIMIT_MS);
        onAbort = () => reject(new BenchError(EXIT.interrupted, 'interrupted while the target was looked up'));
        options.signal?.addEventListener('abort', onAbort, { once: true });
      }),
    ]);
    if (found.length === 0) throw new Error('no addresses');
    return found;
  } catch (error) {
    if (error instanceof BenchError) throw error;
    throw new BenchError(EXIT.unreachable, `host name ${host} does not resolve (${reasonOf(error)}): is it spelled right?`, {
      hint: 'Check target.baseUrl, the network and the name server.',
      cause: error,
    });
  } finally {
    clearTimeout(timer);
    if (onAbort !== undefined) options.signal?.removeEventListener('abort', onAbort);
  }
}

async function allAddresses(host: string): Promise<Address[]> {
  const found = await lookup(host, { all: true, verbatim: true });
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
}
