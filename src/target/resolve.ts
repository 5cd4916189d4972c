import { lookup } from 'node:dns/promises';
import { BenchError, EXIT, reasonOf } from '../errors.ts';
import type { LaunchedService } from '../service/launch.ts';
import { type Address, hostOf, literal } from '../addresses.ts';
import { EMBEDDED, isEmbedded } from '../base-url.ts';
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

const LOOKUP_LIMIT_MS = 5_000;

/**
 * Turns a scenario's target into addresses the guard let through, starting the embedded service where that is the target.
 * `spec.baseUrl` is one that scenario/values.ts let through. Throws a BenchError: 2 for a host that the guard stops, 5 for a name that does not resolve.
 */
export async function resolveTarget(spec: { baseUrl: string; headers: Readonly<Record<string, string>> }, options: ResolveOptions): Promise<ResolvedTarget> {
  const { baseUrl, headers } = spec;
  if (isEmbedded(baseUrl)) {
    const service = await options.launch(baseUrl === EMBEDDED ? 'plain' : 'proxied');
    const addresses = [{ address: '127.0.0.1', family: 4 } as const];
    const backend = service.backendUrl === undefined ? {} : { backendUrl: service.backendUrl };
    return { ...backend, baseUrl: service.baseUrl, label: baseUrl, headers, addresses, service, close: () => service.stop() };
  }
  const url = new URL(baseUrl);
  const addresses = await addressesOf(hostOf(url), options);
  guard(url, addresses, options);
  return { baseUrl, label: baseUrl, headers, addresses, service: null, close: () => Promise.resolve() };
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
